"""Turns facts into work: every wanted event becomes the rows its subscribers need, in batches, exactly once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select, update

from app.core import clock
from app.core.unit_of_work import session
from app.domain.events import EventType
from app.domain.message_kind import Audience
from app.domain.message_registry import AUDIENCES, MESSAGES, MESSAGES_BY_EVENT
from app.models.outbox import OutboxEvent
from app.queries.recipients import owner_ids
from app.services.messages import NewMessage, Recipient, write_messages
from app.services.push import queue_rewards
from app.services.webhook_subscriptions import make_deliveries

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
    write_messages(message for event in taken for message in _messages(event))
    make_deliveries(taken)
    queue_rewards(event.payload for event in taken if _is_earned_reward(event))
    _mark(taken)
    return len(taken)


def has_unrelayed() -> bool:
    """Whether any wanted event of the business in scope waits: also one that another relay holds, and may let go."""
    waiting = select(OutboxEvent.id).where(OutboxEvent.is_wanted, OutboxEvent.relayed_at.is_(None))
    return session().scalar(waiting.limit(1)) is not None


def _messages(event: OutboxEvent) -> Iterator[NewMessage]:
    """The mails that an event sends; history that was brought in sends none (RULES 2)."""
    if event.payload.get("historical"):
        return
    for kind in MESSAGES_BY_EVENT[event.event_type]:
        key = MESSAGES[kind].source_key(event.payload)
        for recipient in _recipients(event, kind) if key is not None else ():
            yield NewMessage(kind, recipient, str(key), event.payload)


def _recipients(event: OutboxEvent, kind: str) -> list[Recipient]:
    if AUDIENCES[kind] is Audience.OWNERS:
        return [Recipient(user_id=user_id) for user_id in owner_ids()]
    return [Recipient(member_id=event.payload["memberId"])]


def _is_earned_reward(event: OutboxEvent) -> bool:
    return event.event_type == EventType.VOUCHER_ISSUED and not event.payload.get("historical")


def _mark(events: Sequence[OutboxEvent]) -> None:
    ids = [event.id for event in events]
    if ids:
        session().execute(update(OutboxEvent).where(OutboxEvent.id.in_(ids)).values(relayed_at=clock.now()))
