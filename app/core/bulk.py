"""Many rows in one statement, for the hot paths: whole columns go to PostgreSQL as arrays and are unnested there.

The SQL is the same for one row and for ten thousand, so it is written once for each (table, columns) and prepared by
the driver. The rows pass the same check of their business as the ORM's, and row-level security after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Table, inspect
from sqlalchemy.dialects.postgresql import JSONB, dialect

from app.core import serial
from app.core.arrays import array_writer
from app.core.hot_statements import AnyRow, send_text
from app.core.model import Base
from app.core.tenancy import ForeignBusiness, current_business_id, open_scope

Rows = Sequence[Mapping[str, Any]]

_LONGEST, _MOST_VALUES = 4096, 50
"""The driver keeps a statement parsed up to this length and number of values; a longer one it would parse each time."""


@contextmanager
def together() -> Iterator[None]:
    """Send what the block inserts and upserts, without returning rows, in as few statements as can be, at its end.

    In their order, so rows may point to those before them; the block itself cannot read them yet.
    """
    scope = open_scope()
    waiting: list[tuple[str, tuple[str, ...]]] = []
    scope.waiting_rows = waiting
    try:
        yield
    finally:
        scope.waiting_rows = None
    while waiting:
        most = next(n for n in range(len(waiting), 0, -1) if n == 1 or _is_short(waiting[:n]))
        statements, arguments = zip(*waiting[:most], strict=True)
        send_text(_joined(statements), tuple(chain.from_iterable(arguments)))
        del waiting[:most]


def insert_rows(
    model: type[Base],
    rows: Rows,
    *,
    on_conflict_do_nothing: bool = False,
    returning: Sequence[str] = (),
) -> list[AnyRow]:
    """Insert rows of plain values in one statement; the keys of the first row are the columns of all.

    `business_id` is filled in when left out and refused (ForeignBusiness) when it is not the scope's. Columns left out
    take the database's default, not the model's. With `on_conflict_do_nothing`, `returning` answers new rows only.
    Rows come back in no promised order.
    """
    if not rows:
        return []
    columns = _columns(rows[0])
    statement = _insert_sql(_table(model), columns, on_conflict_do_nothing, tuple(returning))
    return _execute(model, statement, columns, rows, returning)


def upsert_rows(model: type[Base], rows: Rows, key: Sequence[str] = ("id",)) -> None:
    """Insert whole rows, or set every other column of those that are there already, in one statement.

    Found through the unique index on (business_id, key): unlike a join, that way cannot be planned badly while the
    statistics of a new business are missing.
    """
    if rows:
        columns = _columns(rows[0])
        _execute(model, _upsert_sql(_table(model), columns, tuple(key)), columns, rows)


def update_rows(model: type[Base], rows: Rows, set_: Sequence[str] = ()) -> int:
    """Set the columns `set_` of the rows found by `id`, in one statement; return how many were found.

    Each row carries its id and the new values, which travel as one JSON object by id: a few hundred rows at a time.
    Only rows of the scope's business can match.
    """
    if not rows:
        return 0
    _check_business(rows)
    values = {str(row["id"]): [row[name] for name in set_] for row in rows}
    arguments = (serial.dumps(values), str(current_business_id()), _array(_table(model), "id", rows))
    return send_text(_update_sql(_table(model), tuple(set_)), arguments)[0]


def _execute(
    model: type[Base], statement: str, columns: tuple[str, ...], rows: Rows, returning: Sequence[str] = ()
) -> list[AnyRow]:
    arguments = _arguments(_table(model), columns, rows)
    waiting = open_scope().waiting_rows
    if waiting is not None and not returning:
        waiting.append((statement, arguments))
        return []
    return send_text(statement, arguments, returning)[1]


def _is_short(waiting: Sequence[tuple[str, tuple[str, ...]]]) -> bool:
    statements, arguments = zip(*waiting, strict=True)
    return len(_joined(statements)) <= _LONGEST and sum(map(len, arguments)) <= _MOST_VALUES


@lru_cache(maxsize=512)
def _joined(statements: tuple[str, ...]) -> str:
    """Make all but the last parts of the last one: PostgreSQL runs them all, and checks foreign keys at the end."""
    *parts, last = statements
    named = ", ".join(f"part_{place} AS ({part})" for place, part in enumerate(parts))
    return f"WITH {named} {last}" if parts else last


def _columns(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in row if name != "business_id")


def _table(model: type[Base]) -> Table:
    table = inspect(model).local_table
    assert isinstance(table, Table)
    return table


@lru_cache(maxsize=512)
def _insert_sql(table: Table, columns: tuple[str, ...], is_lenient: bool, returning: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    conflict = " ON CONFLICT DO NOTHING" if is_lenient else ""
    answer = f" RETURNING {', '.join(returning)}" if returning else ""
    return (
        f'INSERT INTO "{table.name}" (business_id, {names}) SELECT %s::uuid, {_values(table, columns)} '  # noqa: S608 - names of our own models
        f"FROM unnest({_placeholders(table, columns)}) AS v({names}){conflict}{answer}"
    )


@lru_cache(maxsize=512)
def _upsert_sql(table: Table, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    found_by = ("business_id", *key)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in found_by)
    target = ", ".join(f'"{name}"' for name in found_by)
    return f"{_insert_sql(table, columns, False, ())} ON CONFLICT ({target}) DO UPDATE SET {changes}"


@lru_cache(maxsize=512)
def _update_sql(table: Table, set_: tuple[str, ...]) -> str:
    changes = ", ".join(
        f'"{name}" = (given.v -> t.id::text ->> {place})::{_sql_type(table, name)}' for place, name in enumerate(set_)
    )
    return (
        f'WITH given AS MATERIALIZED (SELECT %s::jsonb AS v) UPDATE "{table.name}" AS t SET {changes} '  # noqa: S608 - names of our own models
        "FROM given WHERE t.business_id = %s::uuid AND t.id = ANY(%s::uuid[])"
    )


def _values(table: Table, columns: Iterable[str]) -> str:
    return ", ".join(_value(table, name) for name in columns)


def _value(table: Table, name: str) -> str:
    """Return the unnested column; JSON travels as text, since an array of jsonb would have to be quoted twice."""
    return f'v."{name}"::jsonb' if _is_json(table, name) else f'v."{name}"'


def _placeholders(table: Table, columns: Iterable[str]) -> str:
    return ", ".join("%s::text[]" if _is_json(table, name) else f"%s::{_sql_type(table, name)}[]" for name in columns)


def _is_json(table: Table, name: str) -> bool:
    return isinstance(table.c[name].type, JSONB)


def _sql_type(table: Table, name: str) -> str:
    """Return the type's name; a collation is the column's own matter."""
    name_and_collation = table.c[name].type.compile(dialect())  # type: ignore[no-untyped-call]
    return name_and_collation.partition(" COLLATE ")[0]


def _arguments(table: Table, columns: tuple[str, ...], rows: Rows) -> tuple[str, ...]:
    """Return the business, then one PostgreSQL array literal a column."""
    business_id = _check_business(rows)
    return (str(business_id), *(_array(table, name, rows) for name in columns))


def _array(table: Table, name: str, rows: Rows) -> str:
    return array_writer(table, name)(list(map(itemgetter(name), rows)))


def _check_business(rows: Rows) -> UUID:
    business_id = current_business_id()
    for row in rows:
        if "business_id" in row and row["business_id"] != business_id:
            raise ForeignBusiness("The row belongs to another business")
    return business_id
