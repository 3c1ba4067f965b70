"""Answers that many ask for, ready as bytes: kept in Redis for a second, under an edition that every change renews.

Whoever reads takes the edition before the database is asked and keeps the answer under it; whoever changes something
renews the edition after the commit. So an answer from before the change is never found under the edition after it, and
a renewal that was lost, or a start that the clock has brought, shows a second later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from redis import RedisError

from app.core import cache, redis_client
from app.core.ids import token
from app.core.unit_of_work import after_commit

_LIFE_MILLISECONDS = 1_000
_EDITION_SECONDS = 60
_EDITION_BITS = 64

_log = structlog.get_logger(__name__)


def keys(business_id: UUID, kind: str, name: str) -> tuple[str, str]:
    """Return where Redis has the edition of this kind of answers, and the answer of that name."""
    return cache.name(business_id, f"edition:{kind}"), cache.name(business_id, f"answer:{kind}:{name}")


def find(
    business_id: UUID, kind: str, name: str, now: datetime, along: Sequence[bytes | None] | None = None
) -> tuple[bytes, bytes | None]:
    """Return the edition of this kind of answers, and the answer of that name if it is of this edition and second.

    `along` is what Redis has under the `keys`, where that is known already.
    """
    try:
        found: Any = along or redis_client.client().mget(keys(business_id, kind, name))
    except RedisError as error:
        _log.warning("cache_away", error=str(error))
        return b"", None
    edition = found[0] or b""
    if found[1] is None:
        return edition, None
    its_edition, made_at, body = found[1].split(b"\n", 2)
    is_fresh = its_edition == edition and 0 <= _milliseconds(now) - int(made_at) < _LIFE_MILLISECONDS
    return edition, body if is_fresh else None


def keep(business_id: UUID, kind: str, name: str, now: datetime, edition: bytes, body: bytes) -> None:
    """Keep an answer that was made after its edition had been read; a failure is no error."""
    kept = b"\n".join((edition, str(_milliseconds(now)).encode(), body))
    try:
        redis_client.client().set(cache.name(business_id, f"answer:{kind}:{name}"), kept, px=_LIFE_MILLISECONDS)
    except RedisError as error:
        _log.warning("cache_away", error=str(error))


def renew_edition(business_id: UUID, kind: str) -> None:
    """Outdate every kept answer of a kind once the open transaction is committed."""
    name = cache.name(business_id, f"edition:{kind}")
    after_commit(lambda: redis_client.client().set(name, token(_EDITION_BITS), ex=_EDITION_SECONDS))


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1_000)
