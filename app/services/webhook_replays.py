"""Sends again what was sent, or should have been: one delivery, a span of time, or a test."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from app.core import clock
from app.core.ids import new_id
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound
from app.domain.events import EventType
from app.domain.webhooks import wants
from app.models.dead_letter import DeadLetter
from app.models.outbox import OutboxEvent
from app.models.webhook import WebhookDelivery, WebhookEndpoint
from app.services import audit, due
from app.services.webhook_subscriptions import delivery, write_deliveries
from app.services.webhooks import locked_endpoint

MOST_AT_ONCE = 5_000
"""Events that one replay sends; a longer outage is replayed in pieces."""


def redeliver(endpoint_id: UUID, delivery_id: UUID, *, actor: Actor) -> None:
    """Send one event again: the same webhook-id, ten new tries. NotFound; Conflict while the endpoint is disabled."""
    endpoint = _enabled(endpoint_id)
    again = _again([delivery_id], endpoint.id)
    if not again:
        raise NotFound
    audit.record(
        actor, "webhook_delivery.redelivered", ("webhook_endpoint", endpoint.id), after={"id": str(delivery_id)}
    )


def redeliver_dead(delivery_id: UUID) -> None:
    """Send an event again whose tries are used up. NotFound; Conflict while the endpoint is disabled."""
    endpoint_id = session().scalar(select(WebhookDelivery.endpoint_id).where(WebhookDelivery.id == delivery_id))
    if endpoint_id is None:
        raise NotFound("webhook delivery")
    _again([delivery_id], _enabled(endpoint_id).id)


def replay(endpoint_id: UUID, since: datetime, until: datetime, *, actor: Actor) -> int:
    """Send every chosen event that was recorded in [since, until) again, delivered or not; returns how many.

    Conflict `too_many_events` past 5,000, or while the endpoint is disabled. Asked twice it sends twice, under the
    same ids.
    """
    endpoint = _enabled(endpoint_id)
    recorded = (
        select(OutboxEvent)
        .where(OutboxEvent.aggregate != "webhook_endpoint")
        .where(OutboxEvent.recorded_at >= since, OutboxEvent.recorded_at < until)
        .order_by(OutboxEvent.recorded_at, OutboxEvent.id)
        .limit(MOST_AT_ONCE + 1)
    )
    found = session().scalars(recorded).all()
    if len(found) > MOST_AT_ONCE:
        raise Conflict("too_many_events", f"Choose a shorter span: it has more than {MOST_AT_ONCE:,} events")
    events = [event for event in found if wants(endpoint.event_types, event.event_type)]
    known = _known(endpoint.id, [event.id for event in events])
    write_deliveries([delivery(endpoint.id, event) for event in events if event.id not in known])
    _again(list(known.values()), endpoint.id)
    after = {"from": since.isoformat(), "to": until.isoformat(), "events": len(events)}
    audit.record(actor, "webhook_endpoint.replayed", ("webhook_endpoint", endpoint.id), after=after)
    return len(events)


def send_test(endpoint_id: UUID, *, actor: Actor) -> UUID:
    """Send a made-up event, marked `test` in its payload; returns its delivery. It is in no timeline and no figure."""
    endpoint = _enabled(endpoint_id)
    event = OutboxEvent(
        id=new_id(),
        event_type=EventType.PURCHASE_PROCESSED.value,
        aggregate="webhook_endpoint",
        aggregate_id=endpoint.id,
        sequence=_next_test(endpoint.id),
        payload={"businessId": str(current_business_id()), "test": True, "sentBy": actor.name},
        recorded_at=clock.now(),
        is_wanted=False,
    )
    session().add(event)
    session().flush()
    row = delivery(endpoint.id, event)
    write_deliveries([row])
    found: UUID = row["id"]
    return found


def _again(delivery_ids: list[UUID], endpoint_id: UUID) -> list[UUID]:
    """Put deliveries back to their start; a try under way loses its fence and settles nothing."""
    if not delivery_ids:
        return []
    found = session().scalars(
        update(WebhookDelivery)
        .where(WebhookDelivery.id.in_(delivery_ids), WebhookDelivery.endpoint_id == endpoint_id)
        .values(state="waiting", attempts=0, due_at=clock.now(), delivered_at=None, fence=WebhookDelivery.fence + 1)
        .returning(WebhookDelivery.id)
    )
    ids = list(found)
    session().execute(
        update(DeadLetter)
        .where(DeadLetter.kind == "webhook_delivery", DeadLetter.subject_id.in_(ids), DeadLetter.resolved_at.is_(None))
        .values(resolved_at=clock.now())
    )
    if ids:
        due.announce("webhooks", queue="webhooks", job="webhooks.post_deliveries")
    return ids


def _enabled(endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = locked_endpoint(endpoint_id)
    if endpoint.state != "enabled":
        raise Conflict("endpoint_disabled", "Enable the endpoint first")
    return endpoint


def _known(endpoint_id: UUID, event_ids: list[UUID]) -> dict[UUID, UUID]:
    sent = select(WebhookDelivery.event_id, WebhookDelivery.id).where(
        WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.event_id.in_(event_ids)
    )
    return {row.event_id: row.id for row in session().execute(sent)}


def _next_test(endpoint_id: UUID) -> int:
    last = session().scalar(select(func.max(OutboxEvent.sequence)).where(OutboxEvent.aggregate_id == endpoint_id))
    return (last or 0) + 1
