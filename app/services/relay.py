"""Turns facts into work: every wanted event becomes the rows its subscribers need, in batches, exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from app.core import clock
from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.message_registry import MESSAGES, MESSAGES_BY_EVENT
from app.models.message import Message
from app.models.outbox import OutboxEvent
from app.services import due

BATCH = 500


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
    messages = [message for event in taken for message in _messages(event)]
    if messages:
        insert_rows(Message, messages, on_conflict_do_nothing=True)
        due.announce("notifications", queue="notifications", job="notifications.send_messages")
    _mark(taken)
    return len(taken)


def has_unrelayed() -> bool:
    """Whether any wanted event of the business in scope waits: also one that another relay holds, and may let go."""
    waiting = select(OutboxEvent.id).where(OutboxEvent.is_wanted, OutboxEvent.relayed_at.is_(None))
    return session().scalar(waiting.limit(1)) is not None


def _messages(event: OutboxEvent) -> list[dict[str, Any]]:
    """The mails that an event sends to its member; history that was brought in sends none (RULES 2)."""
    if event.payload.get("historical"):
        return []
    return [_message(event, kind) for kind in MESSAGES_BY_EVENT[event.event_type]]


def _message(event: OutboxEvent, kind: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "member_id": event.payload["memberId"],
        "kind": kind,
        "source_key": MESSAGES[kind].source_key(event.payload),
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
