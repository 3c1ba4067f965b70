"""Tenancy, all of it: which business is in scope, the session that belongs to the scope, and the guards around it.

Reads are filtered and writes are checked here; the database refuses the rest once more by row-level security, which
learns of the business when a transaction begins (core.driver; ARCHITECTURE 3, RELIABILITY 4.5 and 11.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy import Engine, Executable, Uuid, bindparam, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria

from app.core import driver
from app.core.model import Base, TenantOwned


class NoBusinessInScope(RuntimeError):
    """Rows of businesses were asked for outside any business: an error, never all rows and never none."""


class ForeignBusiness(RuntimeError):
    """A row of another business was about to be read, held or written."""


@dataclass(eq=False, slots=True)
class Scope:
    """One stretch of work for one business, or for the platform tables alone (`business_id` None).

    `connection` has the transaction of its unit of work, which its session joins when it is made; `waiting_rows` are
    statements that `core.bulk` has not sent yet.
    """

    business_id: UUID | None
    connection: Connection | None = None
    waiting_rows: list[tuple[str, tuple[str, ...]]] | None = None


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_business_id() -> UUID:
    """Return the business in scope, or raise NoBusinessInScope."""
    scope = _current.get()
    if scope is None or scope.business_id is None:
        raise NoBusinessInScope("No business is in scope")
    return scope.business_id


def open_scope() -> Scope:
    """Return the scope that is open, or raise NoBusinessInScope."""
    scope = _current.get()
    if scope is None:
        raise NoBusinessInScope("No scope is open, so there is no session and no transaction")
    return scope


class ScopedSession(BoundSession):
    """A session that is born in a scope and serves that scope alone, so nothing crosses in the identity map."""

    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        super().__init__(db, **options)
        self._scope = open_scope()
        self.business_id = self._scope.business_id

    def get_bind(self, *arguments: Any, **options: Any) -> Engine | Connection:
        """Return the connection on which the scope's unit of work has begun, if it has."""
        return self._scope.connection or super().get_bind(*arguments, **options)

    def bulk_save_objects(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: the legacy bulk methods pass by every event. `core.bulk` writes many rows."""
        raise ForeignBusiness("Use core.bulk: the legacy bulk methods pass by the guards")

    bulk_insert_mappings = bulk_update_mappings = bulk_save_objects


db = SQLAlchemy(
    model_class=Base,
    session_options={"class_": ScopedSession, "scopefunc": lambda: _current.get() or "no scope", "autoflush": True},
)


@contextmanager
def business_scope(business_id: UUID) -> Iterator[None]:
    """Open a scope for one business; its session is made when first used and closed, uncommitted, at the end."""
    if not isinstance(business_id, UUID):
        raise TypeError("A scope is opened with a UUID")
    with _scope(Scope(business_id)):
        yield


@contextmanager
def platform_scope() -> Iterator[None]:
    """Open a scope for the platform tables alone; a business's tables raise here, and the database shows no rows."""
    with _scope(Scope(None)):
        yield


@contextmanager
def unscoped(why: str) -> Iterator[Session]:
    """Open a session of the maintenance role, which sees every business; in `app.cli` alone, a test keeps the list.

    `why` is shown by PostgreSQL as the name of the connection. Commits at the end, rolls back on an error.
    """
    with Session(db.engines["maintenance"]) as session, session.begin():
        session.execute(text("SELECT set_config('application_name', :why, true)"), {"why": f"regulars: {why}"[:63]})
        yield session


@contextmanager
def _scope(scope: Scope) -> Iterator[None]:
    reset = _current.set(scope)
    try:
        yield
    finally:
        db.session.remove()
        _current.reset(reset)


@event.listens_for(ScopedSession, "after_begin")
def _tell_postgres(session: ScopedSession, transaction: SessionTransaction, connection: Connection) -> None:
    """Begin what no unit of work has begun: in a scope without one, and again after a rollback inside one."""
    if not transaction.nested and not driver.has_begun(connection):
        driver.begin(connection, session.business_id)


_BUSINESS = bindparam("own_business_id", callable_=current_business_id, type_=Uuid())
OWN_ROWS = with_loader_criteria(TenantOwned, lambda model: model.business_id == _BUSINESS, include_aliases=True)
"""The condition for every model of a statement, its joins, aliases and relationships: the scope's, when it runs."""

_owned: WeakKeyDictionary[Executable, Executable | None] = WeakKeyDictionary()
"""Statements with their condition (None: of platform tables alone): one that is built once is examined once."""


@event.listens_for(ScopedSession, "do_orm_execute")
def _guard_statement(state: ORMExecuteState) -> None:
    """Filter what is read, updated or deleted by a condition on the business; check rows given as parameters."""
    owned = _owned_statement(state)
    if owned is None:
        return
    session: Any = state.session
    if session.business_id is None:
        raise NoBusinessInScope(f"{state.all_mappers[0].class_.__name__} belongs to a business and none is in scope")
    if session.business_id != current_business_id():
        raise ForeignBusiness("A session was used in another scope than its own")
    if state.is_insert or state.is_update:
        check_rows(session.business_id, state.parameters)
    state.statement = owned


def _owned_statement(state: ORMExecuteState) -> Executable | None:
    """Return the statement with its condition; an INSERT as it is; None where no row of it belongs to a business."""
    if state.is_insert:
        return state.statement if _is_owned(state) else None
    if state.statement not in _owned:
        _owned[state.statement] = state.statement.options(OWN_ROWS) if _is_owned(state) else None
    return _owned[state.statement]


def _is_owned(state: ORMExecuteState) -> bool:
    return any(issubclass(mapper.class_, TenantOwned) for mapper in state.all_mappers)


@event.listens_for(ScopedSession, "before_attach")
def _guard_attach(session: ScopedSession, row: object) -> None:
    """Refuse to hold another business's row, and fill in the business of a new one."""
    if not isinstance(row, TenantOwned):
        return
    if session.business_id is None:
        raise NoBusinessInScope(f"{type(row).__name__} belongs to a business and none is in scope")
    if row.business_id is None:
        row.business_id = session.business_id
    _check_owner(session.business_id, row.business_id)


@event.listens_for(ScopedSession, "before_flush")
def _guard_flush(session: ScopedSession, _context: UOWTransaction, _rows: object) -> None:
    """Refuse to write a row whose business was changed after it was attached."""
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantOwned):
            _check_owner(session.business_id, row.business_id)


def check_rows(business_id: UUID, parameters: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None) -> None:
    """Check rows of a bulk statement. `business_id` may be left out of a condition, never name another business."""
    rows = [parameters] if isinstance(parameters, Mapping) else parameters or ()
    for row in rows:
        if "business_id" in row:
            _check_owner(business_id, row["business_id"])


def _check_owner(expected: UUID | None, found: object) -> None:
    if found != expected:
        raise ForeignBusiness("The row belongs to another business")
