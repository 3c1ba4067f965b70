"""What must be there for work to be done: database, migrations, Redis, and an outbox that moves."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from redis import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core import clock, redis_client
from app.core.unit_of_work import platform_session

_OLDEST_SECONDS = 300
_MIGRATIONS = Path(__file__).parents[2] / "migrations"


def failing() -> dict[str, str]:
    """Return what is down and how it shows; empty when all is well."""
    checks: dict[str, Callable[[], str | None]] = {"database": _database, "redis": _redis}
    found = {name: said for name, check in checks.items() if (said := check()) is not None}
    if "database" not in found:
        later: dict[str, Callable[[], str | None]] = {"migrations": _migrations, "outbox": _outbox}
        found |= {name: said for name, check in later.items() if (said := check()) is not None}
    return found


def _database() -> str | None:
    try:
        with platform_session() as current:
            is_read_only = current.scalar(text("SHOW transaction_read_only")) == "on"
    except SQLAlchemyError as error:
        return f"does not answer: {type(error).__name__}"
    return "takes no writes" if is_read_only else None


def _redis() -> str | None:
    try:
        redis_client.client().ping()
    except RedisError as error:
        return f"does not answer: {type(error).__name__}"
    return None


def _migrations() -> str | None:
    try:
        with platform_session() as current:
            found = current.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return "have never run"
    return None if found == _head() else f"stand at {found}, the code expects {_head()}"


def _outbox() -> str | None:
    with platform_session() as current:
        oldest = current.scalar(text("SELECT min(due_at) FROM due"))
    age = (clock.now() - oldest).total_seconds() if oldest is not None else 0
    return f"has waited for {int(age)} seconds" if age > _OLDEST_SECONDS else None


@cache
def _head() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()
