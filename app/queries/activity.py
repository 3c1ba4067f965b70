"""Reads what happened to a member, the latest first: the facts of the outbox, which is the timeline too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.models.outbox import OutboxEvent
from app.queries.paging import Slice, older_than, slice_of


def activity_of(member_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Slice:
    """The events of one member: what, when, and the payload that webhooks get too. Raises UnknownCursor."""
    latest = (
        select(
            OutboxEvent.id,
            OutboxEvent.event_type,
            OutboxEvent.sequence,
            OutboxEvent.recorded_at,
            OutboxEvent.payload,
        )
        .where(
            OutboxEvent.aggregate == "member",
            OutboxEvent.aggregate_id == member_id,
            older_than(OutboxEvent.sequence, OutboxEvent.id, cursor),
        )
        .order_by(OutboxEvent.sequence.desc(), OutboxEvent.id.desc())
        .limit(limit + 1)
    )
    rows: list[dict[str, Any]] = [
        {
            "id": row.id,
            "eventType": row.event_type,
            "sequence": row.sequence,
            "timestamp": row.recorded_at,
            "payload": row.payload,
        }
        for row in session().execute(latest)
    ]
    return slice_of(rows, limit, at="sequence")
