"""The dry run of an import: reads every row, says what it would do, marks those that cannot be done; changes nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core.unit_of_work import session
from app.domain.money import exponent
from app.models.member_import import MemberImport, MemberImportRow
from app.models.operation import Operation
from app.queries.live_versions import newest_versions
from app.services import operations
from app.services.member_import_failures import offer_failed_rows
from app.services.member_import_rows import PlannedRow, day_order, file_terms, planned, stored_rows, write_rows
from app.services.point_moves import books_of

FIGURES = ("created", "updated", "failed", "points")
_AT_ONCE = 2_000


def check_step(operation: Operation) -> None:
    """The whole dry run as the one step of an operation: thousands of rows a second, and nothing to repeat."""
    assert operation.subject_id is not None
    imported = session().scalars(select(MemberImport).where(MemberImport.id == operation.subject_id)).one()
    if imported.state == "draft":
        check_rows(imported)
    if operation.params.get("isWhole"):
        told = {name: imported.totals[name] for name in FIGURES if imported.totals.get(name)}
        operations.advance(operation, imported.rows, **told)
        offer_failed_rows(operation, imported.id, imported.header)
    operations.finish(operation)


def check_rows(imported: MemberImport) -> None:
    """Fill in ``totals``; rows that cannot be done are marked as failed with the reason. The import is locked."""
    _reset(imported)
    imported.totals = {"dayOrder": day_order(imported)}
    terms, totals = file_terms(imported), Counter[str]()
    seen: dict[tuple[str, Any], int] = {}
    after = 0
    while stored := stored_rows(imported.id, after=after, limit=_AT_ONCE):
        plans = planned(stored, terms)
        for plan in plans:
            plan.problem = plan.problem or _repeated(plan, seen)
        if imported.program_id is not None:
            _plan_points(imported, plans, totals)
        _count(plans, totals)
        write_rows([{**plan.stored, "state": "failed", "problem": plan.problem} for plan in plans if plan.problem])
        after = stored[-1]["number"]
    imported.totals = {**imported.totals, **totals, "liability": liability(imported.program_id, totals["points"])}


def liability(program_id: UUID | None, points: int) -> int:
    """What so many points of a program are worth, in minor units, half up."""
    if program_id is None or not points:
        return 0
    version = newest_versions([program_id])[program_id]
    config: Any = version.config
    worth = Decimal(points) * 10 ** exponent(version.currency) / config.redemption_rate
    return int(worth.quantize(Decimal(1), ROUND_HALF_UP))


def too_much(name: str, before: int) -> str:
    """Why so many points cannot be taken away."""
    who = name.split()[0] if name.split() else "This member"
    return f"{who} has {before:,} point{'' if before == 1 else 's'}. Take away {before:,} or less."


def _reset(imported: MemberImport) -> None:
    mine = update(MemberImportRow).where(MemberImportRow.import_id == imported.id, MemberImportRow.state == "failed")
    session().execute(mine.values(state="waiting", problem=""), execution_options={"synchronize_session": False})


def _repeated(plan: PlannedRow, seen: dict[tuple[str, Any], int]) -> str:
    """A row that means the same member as one above it would be done twice."""
    keys = [(kind, value) for kind, value in plan.row.keys.items()] + [("member", plan.member_id)]
    lines = [seen[key] for key in keys if key[1] is not None and key in seen]
    if lines:
        return f"Line {min(lines)} of the file is about the same member."
    seen.update({key: plan.stored["line"] for key in keys if key[1] is not None})
    return ""


def _plan_points(imported: MemberImport, plans: Sequence[PlannedRow], totals: Counter[str]) -> None:
    """Add up what the points of these rows would change; the last word has the run, under the members' locks."""
    ids = {plan.member_id for plan in plans if plan.member_id and plan.row.points is not None}
    balances = {book.member_id: book.balance for book in books_of(ids, imported.program_id)} if ids else {}
    for plan in plans:
        if plan.problem or plan.row.points is None:
            continue
        held = balances.get(plan.member_id, 0) if plan.member_id else 0
        change = plan.row.points - held if imported.mode == "set" else plan.row.points
        if held + change < 0:
            plan.problem = (
                too_much(plan.row.values.get("name", ""), held)
                if imported.mode == "add"
                else "A balance cannot be set below zero."
            )
        else:
            totals["points"] += change
            totals["withPoints"] += bool(change)


def _count(plans: Sequence[PlannedRow], totals: Counter[str]) -> None:
    for plan in plans:
        totals["failed" if plan.problem else "updated" if plan.member_id else "created"] += 1
