"""Runs an import: so many rows a step, each step one transaction; a row that is done is never done again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.failpoints import reach
from app.core.unit_of_work import session
from app.models.member import Member
from app.models.member_import import MemberImport
from app.models.operation import Operation
from app.services import operations
from app.services.member_import_check import check_rows
from app.services.member_import_failures import offer_failed_rows
from app.services.member_import_points import ImportedPoints
from app.services.member_import_rows import PlannedRow, file_terms, planned, stored_rows, write_rows
from app.services.member_index import reindex_members
from app.services.member_rows import insert_members, new_row
from app.services.member_tags import add_tags, tags_named

AT_ONCE = 250


def import_some(operation: Operation) -> None:
    """Do the next rows. Locks the members they mean, in the order of their ids; business key: (import, number)."""
    imported = session().scalars(select(MemberImport).where(MemberImport.id == operation.subject_id)).one()
    if operation.params.get("isWhole") and "dayOrder" not in imported.totals:
        check_rows(imported)
        failed = imported.totals.get("failed", 0)
        operations.advance(operation, failed, **({"failed": failed} if failed else {}))
        return
    stored = stored_rows(imported.id, limit=AT_ONCE)
    if not stored:
        if operation.params.get("isWhole"):
            offer_failed_rows(operation, imported.id, imported.header)
        imported.state, imported.finished_at = "done", clock.now()
        operations.finish(operation)
        return
    plans = planned(stored, file_terms(imported))
    members = _locked_members(plans)
    points = ImportedPoints.planned(imported, plans, members)
    made = _insert(plans, points)
    befores = _change(plans, members)
    _tag(plans)
    points.post()
    figures = _close(plans, made, befores, points)
    operations.advance(operation, len(plans), **figures)
    reach("member_import.step")


def stop(operation: Operation) -> None:
    """An import that was stopped half way is over; what it did can be undone."""
    imported = session().scalars(select(MemberImport).where(MemberImport.id == operation.subject_id)).one()
    if imported.state == "running":
        imported.state, imported.finished_at = "done", clock.now()


def _locked_members(plans: Sequence[PlannedRow]) -> dict[UUID, Member]:
    ids = {plan.member_id for plan in plans if plan.member_id and not plan.problem}
    if not ids:
        return {}
    wanted = select(Member).where(Member.id.in_(ids), Member.erased_at.is_(None)).order_by(Member.id)
    locked = session().scalars(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    members = {member.id: member for member in locked}
    for plan in plans:
        if plan.member_id and plan.member_id not in members and not plan.problem:
            plan.problem = "This member was erased in the meantime."
    return members


def _insert(plans: Sequence[PlannedRow], points: ImportedPoints) -> set[UUID]:
    """Make those who are new; a row whose key somebody took in the meantime says so."""
    new = [plan for plan in plans if not plan.problem and plan.member_id is None]
    rows = []
    for plan in new:
        row = new_row(**plan.row.values, metadata=plan.row.own)
        plan.member_id = row["id"]
        row["event_sequence"] = points.expect_new(plan)
        rows.append(row)
    written = insert_members(_alike(rows))
    for plan in new:
        if plan.member_id not in written:
            plan.member_id, plan.problem = None, "Somebody added this member in the meantime. Import the row again."
            points.forget(plan)
    return written


def _alike(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bulk insert wants the same columns of every row."""
    return [{"note": "", **row} for row in rows]


def _change(plans: Sequence[PlannedRow], members: dict[UUID, Member]) -> dict[int, dict[str, Any]]:
    """Write what the rows say of members who are here; returns by number what stood there before."""
    befores: dict[int, dict[str, Any]] = {}
    for plan in plans:
        member = members.get(plan.member_id) if plan.member_id else None
        if member is None or plan.problem:
            continue
        if changes := _changes(member, plan):
            befores[plan.number] = changes
    session().flush()
    reindex_members([_words(members[plan.member_id]) for plan in plans if plan.number in befores and plan.member_id])
    return befores


def _changes(member: Member, plan: PlannedRow) -> dict[str, Any]:
    """Write what a row says of a member; returns {name: [before, after]}, the own fields under ``own``."""
    new = {name: value for name, value in plan.row.values.items() if getattr(member, name) != value}
    own = {key: value for key, value in plan.row.own.items() if member.attributes.get(key) != value}
    if not new and not own:
        return {}
    changes: dict[str, Any] = {name: [_json(getattr(member, name)), _json(value)] for name, value in new.items()}
    changes["own"] = {key: [member.attributes.get(key), value] for key, value in own.items()}
    for name, value in new.items():
        setattr(member, name, value)
    if own:
        member.attributes = {**member.attributes, **own}
    member.version += 1
    return changes


def _json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _words(member: Member) -> dict[str, Any]:
    return {field: getattr(member, field) for field in ("id", "name", "email", "phone", "code", "external_id")}


def _tag(plans: Sequence[PlannedRow]) -> None:
    done = [plan for plan in plans if plan.member_id and not plan.problem and plan.row.tags]
    ids = tags_named({name for plan in done for name in plan.row.tags})
    add_tags([(plan.member_id, ids[name.casefold()]) for plan in done for name in plan.row.tags if plan.member_id])


def _close(
    plans: Sequence[PlannedRow], made: set[UUID], befores: dict[int, dict[str, Any]], points: ImportedPoints
) -> Counter[str]:
    """Say of every row what became of it; returns how many of each."""
    figures = Counter[str]()
    rows = []
    for plan in plans:
        given = 0 if plan.problem else points.given.get(plan.number, 0)
        state = "failed" if plan.problem else "created" if plan.member_id in made else "updated"
        if state == "updated" and plan.number not in befores and not given:
            state = "same"
        figures[state] += 1
        figures["points"] += given
        outcome = {"state": state, "problem": plan.problem, "points": given, "before": befores.get(plan.number)}
        rows.append({**plan.stored, **outcome, "member_id": None if plan.problem else plan.member_id})
    write_rows(rows)
    return figures
