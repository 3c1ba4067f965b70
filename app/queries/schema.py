"""The tables as they are modelled, for whoever draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.types import TypeEngine

import app.models  # noqa: F401 - fills the metadata
from app.core.model import Base


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its PostgreSQL type, and whether it is part of the primary key or of a foreign key."""

    name: str
    type: str
    is_key: bool
    is_reference: bool


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """One table and the tables it points to; the owning business, which nearly all point to, is left out."""

    name: str
    columns: tuple[Column, ...]
    parents: tuple[str, ...]


def drawn_tables() -> list[DrawnTable]:
    """Every table by name."""
    return [_drawn(table) for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name)]


def _drawn(table: Table) -> DrawnTable:
    columns = tuple(
        Column(column.name, _type_name(column.type), column.primary_key, bool(column.foreign_keys))
        for column in table.columns
    )
    parents = {key.referred_table.name for key in table.foreign_key_constraints} - {"business", table.name}
    return DrawnTable(table.name, columns, tuple(sorted(parents)))


def _type_name(kind: TypeEngine[Any]) -> str:
    name = kind.compile(dialect()).lower()  # type: ignore[no-untyped-call]
    return str(name).split("(")[0].replace("timestamp with time zone", "timestamptz")
