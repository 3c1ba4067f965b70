"""Array literals of PostgreSQL out of whole columns: JSON's notation for a list is nearly theirs, and orjson is fast.

`["a",null,1]` and `{"a",null,1}` differ in the brackets alone: null, true, numbers and quoted elements read the same in
both, and so do the escapes of quote and backslash. JSON's other escapes (a line break as `\\n`) do not, so a column of
text that has any backslash takes the slow way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import (
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    TypeDecorator,
    TypeEngine,
    Uuid,
)

from app.core import serial

Column = Sequence[Any]
Write = Callable[[Column], str]


@lru_cache(maxsize=2048)
def array_writer(table: Table, name: str) -> Write:
    """Return how the values of a column become one array literal; None is NULL. Raises TypeError for unknown types."""
    column = table.c[name].type
    plain: TypeEngine[Any] = column.impl_instance if isinstance(column, TypeDecorator) else column
    for kind, write in _WRITERS:
        if isinstance(plain, kind):
            return write
    raise TypeError(f"{table.name}.{name}: core.bulk does not know {plain!r}")


def _plain(values: Column) -> str:
    """Numbers, truth values, identifiers and days: nothing in them is ever escaped."""
    return f"{{{serial.dumps(values)[1:-1]}}}"


def _texts(values: Column) -> str:
    written = serial.dumps(values)
    if "\\" not in written:
        return f"{{{written[1:-1]}}}"
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _documents(values: Column) -> str:
    """JSON within JSON: the outer quoting finds no control character that the inner one left."""
    return _plain([None if value is None else serial.dumps(value) for value in values])


def _instants(values: Column) -> str:
    for value in values:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no offset")
    return _plain(values)


def _bytes(values: Column) -> str:
    return _plain([None if value is None else f"\\x{value.hex()}" for value in values])


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_WRITERS: tuple[tuple[type[TypeEngine[Any]], Write], ...] = (
    (JSONB, _documents),
    (Uuid, _plain),
    (Boolean, _plain),
    (DateTime, _instants),
    (Date, _plain),
    (LargeBinary, _bytes),
    (Integer, _plain),
    (Numeric, _plain),
    (Text, _texts),
)
