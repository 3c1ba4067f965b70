"""Statements that run thousands of times a minute go past the ORM and SQLAlchemy's execution, not past the guards.

They run in the transaction of the scope, under the same condition on the business as everything that its session does,
and row-level security after it. Going past costs a third of what it costs to go through (ADR 30).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVarTuple
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Dialect, Executable, Row, Select, Update
from sqlalchemy.engine import Connection, result_tuple

from app.core import driver
from app.core.tenancy import OWN_ROWS, check_rows, current_business_id, db, open_scope

Columns = TypeVarTuple("Columns")
AnyRow = Row[*tuple[Any, ...]]
Convert = Callable[[Any], Any]


def fetch(statement: Select[*Columns], given: Mapping[str, Any] | None = None) -> Sequence[Row[*Columns]]:
    """Return the rows of a statement of columns, never of entities, that stands built at the head of its module.

    A row calls its columns as the database does: what the model calls otherwise is labelled.
    """
    connection = _connection()
    hot = _hot(statement, connection.dialect)
    rows: list[Any] = hot.rows(driver.send(connection, hot.text, hot.values(given)))
    return rows


def run(statement: Executable, given: Mapping[str, Any] | None = None) -> int:
    """Run such an UPDATE or DELETE and return how many rows it met.

    Nothing that the session holds is brought up to date.
    """
    if isinstance(statement, Update):
        check_rows(current_business_id(), given)
    connection = _connection()
    hot = _hot(statement, connection.dialect)
    return driver.send(connection, hot.text, hot.values(given)).rowcount


def send_text(statement: str, values: Sequence[Any], names: Sequence[str] = ()) -> tuple[int, list[AnyRow]]:
    """Send a statement that `core.bulk` wrote; return how many rows it met, and those that it returns as `names`."""
    cursor = driver.send(_connection(), statement, values)
    return cursor.rowcount, list(map(_maker(tuple(names)), cursor.fetchall())) if names else []


class _Hot:
    """A statement as the driver takes it, and how what goes in and what comes out is converted."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        with_guard: Any = statement.options(OWN_ROWS)
        self._compiled = with_guard.compile(dialect=dialect)
        if self._compiled.post_compile_params:
            raise TypeError("A hot statement is the same text every time: compare with = ANY(array) instead of IN")
        self._dialect = dialect
        self._columns = tuple(getattr(statement, "exported_columns", ()))
        self._readers: list[tuple[int, Convert]] = []
        self._make: Callable[[Any], AnyRow] | None = None
        self._writers = {
            name: write
            for name, bind in self._compiled.binds.items()
            if (write := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        self.text = str(self._compiled)

    def values(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the values of all parameters as the driver takes them."""
        values: dict[str, Any] = self._compiled.construct_params(given)
        for name, write in self._writers.items():
            values[name] = write(values[name])
        return values

    def rows(self, cursor: psycopg.Cursor[Any]) -> list[AnyRow]:
        """Return all rows that the cursor has."""
        if self._make is None:
            self._learn(cursor)
            assert self._make is not None
        if self._readers:
            return [self._make(self._read(row)) for row in cursor.fetchall()]
        return list(map(self._make, cursor.fetchall()))

    def _learn(self, cursor: psycopg.Cursor[Any]) -> None:
        """Learn from the first answer what the columns are called and which of their values are converted."""
        found = cursor.description or []
        converters = [
            column.type.dialect_impl(self._dialect).result_processor(self._dialect, its.type_code)
            for column, its in zip(self._columns, found, strict=True)
        ]
        self._readers = [(place, read) for place, read in enumerate(converters) if read is not None]
        self._make = _maker(tuple(its.name for its in found))

    def _read(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, read in self._readers:
            values[place] = read(values[place])
        return values


_known: WeakKeyDictionary[Executable, _Hot] = WeakKeyDictionary()


def _hot(statement: Executable, dialect: Dialect) -> _Hot:
    """Return the statement made ready; that is done once, with the conditions that tenancy adds."""
    found = _known.get(statement)
    if found is None:
        found = _known[statement] = _Hot(statement, dialect)
    return found


def _connection() -> Connection:
    """Return the connection of the scope's transaction, after what its session still had to write.

    A savepoint of the session is set when its connection is asked for, so inside one it is asked.
    """
    if db.session.registry.has():
        current = db.session()
        current.flush()
        if current.in_nested_transaction():
            return current.connection()
    return open_scope().connection or db.session.connection()


@lru_cache(maxsize=512)
def _maker(names: tuple[str, ...]) -> Callable[[Any], AnyRow]:
    return result_tuple(names)
