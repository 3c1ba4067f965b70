"""Reads who changed what: the audit log, by person, by kind of thing and by day, and what the things are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.audit_log import AuditRecord
from app.models.location import Location
from app.models.member import Member
from app.models.membership import Membership
from app.models.program import Program
from app.queries.paging import Slice, older_than, slice_of

_NAMED: dict[str, Any] = {"program": Program, "location": Location, "member": Member, "staff": Membership}


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to read; None, and no kinds, is everything. ``since`` and ``until`` are instants, the later one left out."""

    actor_id: UUID | None = None
    target_kinds: tuple[str, ...] = ()
    target_id: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def audit_slice(wanted: AuditFilter, *, cursor: str | None = None, limit: int = 20) -> Slice:
    """Return the records that match, the newest first; one statement. Raises UnknownCursor."""
    query = (
        _matching(wanted)
        .where(older_than(AuditRecord.recorded_at, AuditRecord.id, cursor))
        .order_by(AuditRecord.recorded_at.desc(), AuditRecord.id.desc())
        .limit(limit + 1)
    )
    return slice_of([_record(row) for row in session().scalars(query)], limit, at="recordedAt")


def target_names(records: Sequence[Mapping[str, Any]]) -> dict[tuple[str, UUID], str]:
    """Return what the programs, locations, members and people of these records are called now.

    One statement a kind that occurs. A thing that is gone, or of another kind, is not in the answer.
    """
    found = {}
    for kind, model in _NAMED.items():
        ids = {record["target"]["id"] for record in records if record["target"]["kind"] == kind} - {None}
        if ids:
            found.update({(kind, row.id): row.name for row in session().execute(_names(model, ids))})
    return found


def audit_people() -> list[tuple[UUID, str]]:
    """Return everybody who works or worked here as (user id, name), by name: the people that a change may be of."""
    rows = session().execute(
        select(Membership.user_id, Membership.name)
        .where(Membership.business_id == current_business_id())
        .order_by(Membership.name)
    )
    return [(row.user_id, row.name) for row in rows]


def _names(model: Any, ids: Iterable[UUID]) -> Select[Any]:
    query = select(model.id, model.name).where(model.id.in_(ids))
    return query.where(model.business_id == current_business_id()) if model is Membership else query


def _matching(wanted: AuditFilter) -> Select[AuditRecord]:
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (AuditRecord.actor_id, wanted.actor_id),
        (AuditRecord.target_id, wanted.target_id),
        (AuditRecord.action, wanted.action),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.target_kinds:
        conditions.append(AuditRecord.target_kind.in_(wanted.target_kinds))
    if wanted.since is not None:
        conditions.append(AuditRecord.recorded_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(AuditRecord.recorded_at < wanted.until)
    return select(AuditRecord).where(*conditions)


def _record(row: AuditRecord) -> dict[str, Any]:
    return {
        "id": row.id,
        "actor": {"kind": row.actor_kind, "id": row.actor_id, "name": row.actor_name},
        "action": row.action,
        "target": {"kind": row.target_kind, "id": row.target_id},
        "before": row.before,
        "after": row.after,
        "requestId": row.request_id,
        "recordedAt": row.recorded_at,
    }
