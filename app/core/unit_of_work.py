"""One request or job is one business and one transaction: it is opened, committed and rolled back here alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from uuid import UUID

import structlog
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session

from app.core import driver
from app.core.tenancy import Scope, business_scope, db, open_scope, platform_scope

Hook = Callable[[], object]

_log = structlog.get_logger(__name__)
_hooks: ContextVar[list[Hook] | None] = ContextVar("after_commit_hooks", default=None)


def session() -> Session:
    """Return the session of the scope that is open, or raise NoBusinessInScope."""
    open_scope()
    return db.session()


@contextmanager
def unit_of_work(business_id: UUID) -> Iterator[scoped_session[BoundSession]]:
    """Open a scope and one transaction in it: commit at the end, roll back on any error, then run the hooks."""
    with _collecting_hooks(), business_scope(business_id), _transaction():
        yield db.session


@contextmanager
def platform_session() -> Iterator[scoped_session[BoundSession]]:
    """Open one transaction on the platform tables alone: for doors, tokens and sweeps, never for a business's rows."""
    with _collecting_hooks(), platform_scope(), _transaction():
        yield db.session


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
def _transaction() -> Iterator[None]:
    """Begin at once, so that nothing is done before; the session joins when somebody asks for it."""
    scope = open_scope()
    scope.connection = connection = _begun(scope)
    try:
        yield
        _end(connection)
    except BaseException:
        _undo(connection)
        raise
    finally:
        try:
            db.session.remove()
        finally:
            scope.connection = None
            driver.close(connection)


def _begun(scope: Scope) -> Connection:
    """Return a connection with a new transaction. One that died in the pool is found here and replaced once."""
    try:
        return _begin(scope)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return _begin(scope)


def _begin(scope: Scope) -> Connection:
    connection = db.engine.connect()
    try:
        driver.begin(connection, scope.business_id)
    except BaseException:
        driver.close(connection)
        raise
    return connection


def _end(connection: Connection) -> None:
    driver.check(connection)
    if db.session.registry.has():
        db.session.commit()
    driver.commit(connection)


def _undo(connection: Connection) -> None:
    if db.session.registry.has():
        db.session.rollback()
    with suppress(DBAPIError):
        driver.roll_back(connection)


def _run(hook: Hook) -> None:
    try:
        hook()
    except Exception:
        _log.exception("after_commit_failed")
