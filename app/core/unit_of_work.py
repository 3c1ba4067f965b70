"""One request or job is one business and one transaction: it is opened, committed and rolled back here alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.tenancy import NoBusinessInScope, business_scope, db, is_scoped, platform_scope

Hook = Callable[[], object]

_log = structlog.get_logger(__name__)
_hooks: ContextVar[list[Hook] | None] = ContextVar("after_commit_hooks", default=None)


def session() -> Session:
    """Return the session of the scope that is open, or raise NoBusinessInScope."""
    if not is_scoped():
        raise NoBusinessInScope("No scope is open, so there is no session")
    return db.session()


@contextmanager
def unit_of_work(business_id: UUID) -> Iterator[Session]:
    """Open a scope and one transaction in it: commit at the end, roll back on any error, then run the hooks."""
    with _collecting_hooks(), business_scope(business_id), _transaction() as current:
        yield current


@contextmanager
def platform_session() -> Iterator[Session]:
    """Open one transaction on the platform tables alone: for doors, tokens and sweeps, never for a business's rows."""
    with _collecting_hooks(), platform_scope(), _transaction() as current:
        yield current


def after_commit(hook: Hook) -> None:
    """Run `hook` once the open transaction is committed, or at once when none is open.

    What it does can be lost (a ring, a cache entry): an error is logged and swallowed, the commit stands.
    """
    waiting = _hooks.get()
    if waiting is None:
        _run(hook)
    else:
        waiting.append(hook)


@contextmanager
def _collecting_hooks() -> Iterator[None]:
    """Collect the hooks of one transaction and run them only when it has been committed."""
    hooks: list[Hook] = []
    reset = _hooks.set(hooks)
    try:
        yield
    finally:
        _hooks.reset(reset)
    for hook in hooks:
        _run(hook)


@contextmanager
def _transaction() -> Iterator[Session]:
    current = db.session()
    _begin(current)
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise


def _begin(current: Session) -> None:
    """Open the transaction now. A pooled connection that died is found here, before any work, and replaced once."""
    try:
        current.connection()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        current.rollback()
        current.connection()


def _run(hook: Hook) -> None:
    try:
        hook()
    except Exception:
        _log.exception("after_commit_failed")
