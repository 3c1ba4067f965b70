"""What the first rows of an imported file say, with the problem of each cell, for a look before the dry run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.domain.member_file import OwnField
from app.models.member_import import MemberImport
from app.services.member_import_rows import day_order, file_terms, planned, stored_rows
from app.services.member_tags import own_fields


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """``problems`` by the place of the cell; ``problem`` is about the row as a whole. ``fate`` is new, change or no."""

    line: int
    cells: list[str]
    problems: Mapping[int, str]
    problem: str
    fate: str


def preview(import_id: UUID, columns: Mapping[str, int], limit: int = 20) -> list[PreviewRow]:
    """The first rows read by these columns; changes nothing. Raises NotFound."""
    imported = session().scalar(select(MemberImport).where(MemberImport.id == import_id))
    if imported is None:
        raise NotFound("import")
    session().expunge(imported)
    imported.columns = dict(columns)
    imported.totals = {"dayOrder": day_order(imported)}
    plans = planned(stored_rows(import_id, limit=limit, state=None), file_terms(imported))
    return [_row(plan, columns) for plan in plans]


def fields_of_business() -> Mapping[str, OwnField]:
    """The business's own fields, which a column may mean too."""
    return own_fields()


def _row(plan: Any, columns: Mapping[str, int]) -> PreviewRow:
    problems = {columns[name]: message for name, message in plan.row.problems.items() if name in columns}
    fate = "no" if plan.problem else "change" if plan.member_id else "new"
    whole = "" if problems else plan.problem
    return PreviewRow(plan.stored["line"], plan.stored["cells"], problems, whole, fate)
