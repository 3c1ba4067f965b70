"""Turns facts into work: every wanted event becomes the rows its subscribers need, in batches, exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from app.core import clock
from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.events import EventType
from app.models.message import Message
from app.models.outbox import OutboxEvent
from app.services import due

BATCH = 500
MESSAGE_KINDS = {EventType.MEMBER_ENROLLED: "welcome", EventType.VOUCHER_ISSUED: "reward_earned"}
"""The message that an event sends to its member; an event with ``historical`` sends none (RULES 2)."""


def relay_events() -> int:
    """Relay up to 500 events of the business in scope; returns how many, 0 when none is left.

    Locks the events (SKIP LOCKED), so two relays share the work. One message a fact: (member, kind, source key).
    """
    events = session().scalars(
        select(OutboxEvent)
        .where(OutboxEvent.is_wanted, OutboxEvent.relayed_at.is_(None))
        .order_by(OutboxEvent.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    taken = list(events)
    messages = [_message(event) for event in taken if _sends_a_message(event)]
    if messages:
        insert_rows(Message, messages, on_conflict_do_nothing=True)
        due.announce("notifications", queue="notifications", job="notifications.send_messages")
    _mark(taken)
    return len(taken)


def _sends_a_message(event: OutboxEvent) -> bool:
    return event.event_type in MESSAGE_KINDS and not event.payload.get("historical")


def _message(event: OutboxEvent) -> dict[str, Any]:
    kind = MESSAGE_KINDS[EventType(event.event_type)]
    return {
        "id": new_id(),
        "member_id": event.payload["memberId"],
        "kind": kind,
        "source_key": "once" if kind == "welcome" else str(event.payload["voucherId"]),
        "context": event.payload,
        "state": "waiting",
        "attempts": 0,
        "fence": 0,
        "error": "",
        "created_at": clock.now(),
    }


def _mark(events: Sequence[OutboxEvent]) -> None:
    ids = [event.id for event in events]
    if ids:
        session().execute(update(OutboxEvent).where(OutboxEvent.id.in_(ids)).values(relayed_at=clock.now()))
