"""Reads what became of a program: its versions, who changed what, and the events that integrations get."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.unit_of_work import session
from app.models.audit_log import AuditRecord
from app.models.outbox import OutboxEvent
from app.models.program import LivePeriod, ProgramVersion
from app.models.program_stats import VersionStats
from app.queries.paging import Slice, older_than, slice_of


def versions_page(program_id: UUID, *, cursor: str | None, limit: int = 20) -> Slice:
    """Versions, the newest first: who, when, what changed, since when it was live, and how many purchases earned.

    One statement, with an index for each part. Raises UnknownCursor.
    """
    live_from = (
        select(func.min(LivePeriod.live_from))
        .where(LivePeriod.program_id == ProgramVersion.program_id, LivePeriod.version_id == ProgramVersion.id)
        .correlate(ProgramVersion)
        .scalar_subquery()
    )
    wanted = (
        select(
            ProgramVersion.id,
            ProgramVersion.number,
            ProgramVersion.changes,
            ProgramVersion.created_at,
            ProgramVersion.created_by,
            live_from.label("live_from"),
            func.coalesce(VersionStats.earned, 0).label("earned"),
        )
        .outerjoin(VersionStats, VersionStats.version_id == ProgramVersion.id)
        .where(ProgramVersion.program_id == program_id)
        .where(older_than(ProgramVersion.number, ProgramVersion.id, cursor))
        .order_by(ProgramVersion.number.desc(), ProgramVersion.id.desc())
        .limit(limit + 1)
    )
    rows = [dict(row._mapping) for row in session().execute(wanted)]
    return slice_of(rows, limit, at="number")


def snapshots(program_id: UUID, numbers: Collection[int]) -> dict[int, dict[str, Any]]:
    """What versions say, by number; one statement."""
    wanted = select(ProgramVersion.number, ProgramVersion.snapshot).where(
        ProgramVersion.program_id == program_id, ProgramVersion.number.in_(numbers)
    )
    return {row.number: row.snapshot for row in session().execute(wanted)}


def changes_page(program_id: UUID, *, cursor: str | None, limit: int = 20) -> Slice:
    """The audit records of a program, the newest first; one statement by its index. Raises UnknownCursor."""
    wanted = (
        select(
            AuditRecord.id,
            AuditRecord.actor_kind,
            AuditRecord.actor_name,
            AuditRecord.action,
            AuditRecord.before,
            AuditRecord.after,
            AuditRecord.recorded_at,
        )
        .where(AuditRecord.target_id == program_id, older_than(AuditRecord.recorded_at, AuditRecord.id, cursor))
        .order_by(AuditRecord.recorded_at.desc(), AuditRecord.id.desc())
        .limit(limit + 1)
    )
    rows = [dict(row._mapping) for row in session().execute(wanted)]
    return slice_of(rows, limit, at="recorded_at")


def events_page(program_id: UUID, *, cursor: str | None, limit: int = 20) -> Slice:
    """The events of a program, the newest first; one statement by its key. Raises UnknownCursor."""
    wanted = (
        select(
            OutboxEvent.id,
            OutboxEvent.event_type,
            OutboxEvent.sequence,
            OutboxEvent.payload,
            OutboxEvent.recorded_at,
        )
        .where(OutboxEvent.aggregate_id == program_id, older_than(OutboxEvent.sequence, OutboxEvent.id, cursor))
        .order_by(OutboxEvent.sequence.desc(), OutboxEvent.id.desc())
        .limit(limit + 1)
    )
    rows = [dict(row._mapping) for row in session().execute(wanted)]
    return slice_of(rows, limit, at="sequence")
