"""The driver itself, past all of SQLAlchemy: what transactions begin and end with, and the hottest statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg import errors
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

Values = Sequence[Any] | Mapping[str, Any] | None

_BEGIN = "BEGIN; SET LOCAL app.business_id = '{}'"
_CURSOR = "cursor"


def begin(connection: Connection, business_id: UUID | None) -> None:
    """Begin, and name the business to row-level security for this transaction only, in one round trip.

    The driver begins nothing of its own (core.config). The platform's scope names no business, explicitly.
    """
    _order(connection, _BEGIN.format(business_id or ""))


def check(connection: Connection) -> None:
    """Raise when nothing is left to commit: the connection was lost, or an error that was passed over undid it."""
    if _driver(connection).pgconn.transaction_status == TransactionStatus.INERROR:
        raise _raised(connection, "COMMIT", errors.InFailedSqlTransaction("An error had undone the transaction"))


def commit(connection: Connection) -> None:
    """Commit what is open."""
    if has_begun(connection):
        _order(connection, "COMMIT")


def roll_back(connection: Connection) -> None:
    """Undo what is open; what a lost connection had begun is gone already."""
    if not _is_lost(connection) and has_begun(connection):
        _order(connection, "ROLLBACK")


def close(connection: Connection) -> None:
    """Give the connection back to the pool, or to nobody if it is lost."""
    if not connection.invalidated and _is_lost(connection):
        connection.invalidate()
    connection.close()


def has_begun(connection: Connection) -> bool:
    """Say whether a transaction is open, or has failed and waits for its end."""
    return bool(_driver(connection).pgconn.transaction_status)


def send(connection: Connection, statement: str, values: Values = None) -> psycopg.Cursor[Any]:
    """Send a statement in the driver's notation; errors are SQLAlchemy's, as if it had gone through it.

    The cursor is the connection's one and only: its rows are fetched before the next statement is sent.
    """
    driver = _driver(connection)
    cursor: psycopg.Cursor[Any] | None = connection.info.get(_CURSOR)
    if cursor is None:
        cursor = connection.info[_CURSOR] = driver.cursor()
    try:
        return cursor.execute(statement, values)
    except psycopg.Error as error:
        raise _raised(connection, statement, error) from error


def _order(connection: Connection, command: str) -> None:
    """Send a command without values or rows, which costs a third of a statement."""
    driver = _driver(connection)
    try:
        result = driver.pgconn.exec_(command.encode())
    except psycopg.Error as error:
        raise _raised(connection, command, error) from error
    if result.status != ExecStatus.COMMAND_OK:
        refused = errors.error_from_result(result)
        raise _raised(connection, command, refused if refused.sqlstate else psycopg.OperationalError(str(refused)))


def _raised(connection: Connection, statement: str, error: psycopg.Error) -> DBAPIError:
    """Return the error as SQLAlchemy's. A lost connection takes the others of the pool along: they are likely dead."""
    is_lost = _is_lost(connection)
    if is_lost:
        connection.engine.dispose()
    raised = DBAPIError.instance(
        statement, None, error, psycopg.Error, connection_invalidated=is_lost, dialect=connection.dialect
    )
    assert isinstance(raised, DBAPIError)
    return raised


def _is_lost(connection: Connection) -> bool:
    return connection.invalidated or _driver(connection).closed


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    """Return the driver's connection. Asked for that of a lost one SQLAlchemy would connect anew, outside our BEGIN."""
    if connection.invalidated:
        raise _raised(connection, "", psycopg.OperationalError("The connection was lost within the transaction"))
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver
