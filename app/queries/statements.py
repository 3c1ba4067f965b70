"""Types for statements and rows whose columns are listed in one place and read in another; conditions for them.

A statement that runs often is built once, at the head of its module, and is given what differs when it runs: building
one costs as much as running it.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Uuid, any_, bindparam

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]


def among(column: Any, name: str) -> ColumnElement[bool]:
    """The column is one of the ids given as ``name``: however many there are, the statement stays the same."""
    found: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(Uuid())))
    return found
