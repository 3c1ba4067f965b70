"""Rows of an imported file as members: read by the columns that were chosen, and found among those who are here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, literal, select

from app.adapters import phones
from app.core import clock
from app.core.bulk import upsert_rows
from app.core.unit_of_work import session
from app.domain.member_file import OWN, FileTerms, MemberRow, day_order_of, read_row
from app.models.member import Member
from app.models.member_import import MemberImport, MemberImportRow
from app.services.member_keys import UNIQUE, home_country
from app.services.member_tags import own_fields

_WORDS = UNIQUE | {"code": "member number"}


@dataclass(slots=True)
class PlannedRow:
    """One row: what it says, and whom it means (None: somebody new). ``problem`` is empty when it can be done."""

    stored: dict[str, Any]
    row: MemberRow
    member_id: UUID | None = None
    problem: str = ""

    @property
    def number(self) -> int:
        """Its number in the import."""
        return int(self.stored["number"])


def file_terms(imported: MemberImport) -> FileTerms:
    """How the file is read."""
    country, own = home_country(), own_fields()
    columns = {name: place for name, place in imported.columns.items() if not _is_gone(name, own)}
    today = clock.now().date()
    context = {"e164": lambda text: phones.e164(text, country), "today": today}
    return FileTerms(columns, context, imported.totals.get("dayOrder") or "day first", own)


def day_order(imported: MemberImport) -> str:
    """Whether days are written day first in the column of birthdays."""
    place = imported.columns.get("birthday")
    if place is None:
        return "day first"
    cell = MemberImportRow.cells[place].as_string()
    cells = session().scalars(select(cell).where(MemberImportRow.import_id == imported.id))
    return day_order_of([text or "" for text in cells], home_country())


def stored_rows(import_id: UUID, *, after: int = 0, limit: int, state: str | None = "waiting") -> list[dict[str, Any]]:
    """Rows of the file in their order, from a number on."""
    columns = (*(getattr(MemberImportRow, name) for name in _COLUMNS),)
    wanted = select(*columns).where(MemberImportRow.import_id == import_id, MemberImportRow.number > after)
    if state is not None:
        wanted = wanted.where(MemberImportRow.state == state)
    rows = session().execute(wanted.order_by(MemberImportRow.number).limit(limit))
    return [dict(row._mapping) for row in rows]


def planned(stored: Sequence[dict[str, Any]], terms: FileTerms) -> list[PlannedRow]:
    """Read rows and find whom each means; at most four statements."""
    plans = [PlannedRow(each, read_row(each["cells"], terms)) for each in stored]
    for plan in plans:
        plan.problem = plan.row.problem
    _find([plan for plan in plans if not plan.problem])
    return plans


def write_rows(rows: Sequence[dict[str, Any]]) -> None:
    """Write rows back, whole."""
    upsert_rows(MemberImportRow, rows, key=("import_id", "number"))


def _find(plans: Sequence[PlannedRow]) -> None:
    wanted: dict[str, set[str]] = defaultdict(set)
    for plan in plans:
        for kind, value in plan.row.keys.items():
            wanted[kind].add(value)
    found = {kind: _known(kind, values) for kind, values in wanted.items()}
    for plan in plans:
        meant = {kind: found[kind].get(value) for kind, value in plan.row.keys.items()}
        ids = {member_id for member_id in meant.values() if member_id}
        if len(ids) > 1:
            words = " and the ".join(_WORDS[kind] for kind, member_id in meant.items() if member_id)
            plan.problem = f"The {words} belong to different members. Merge them, or correct the row."
        elif ids:
            plan.member_id = ids.pop()
        elif set(meant) == {"code"}:
            plan.problem = f"No member has the number {plan.row.code}."


def _known(kind: str, values: set[str]) -> dict[str, UUID]:
    column = getattr(Member, kind)
    wanted = literal(sorted(values), ARRAY(Text()))
    rows = session().execute(select(column, Member.id).where(column == any_(wanted), Member.erased_at.is_(None)))
    return {row[0]: row[1] for row in rows}


def _is_gone(name: str, own: Any) -> bool:
    return name.startswith(OWN) and name.removeprefix(OWN) not in own


_COLUMNS = ("import_id", "number", "line", "cells", "state", "problem", "member_id", "before", "points")
