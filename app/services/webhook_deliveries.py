"""Sends what waits for endpoints: claimed by a lease, posted outside any transaction, settled under a fence."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.adapters.webhook_sender import WebhookSender
from app.core import clock, serial
from app.core.ids import new_id
from app.core.queue import ring
from app.core.sealing import unseal
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.webhooks import Answer, Verdict, envelope, pause_after, signed_headers, verdict
from app.models.outbox import OutboxEvent
from app.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.services import webhooks
from app.services.dead_letter_box import bury

LEASE = timedelta(seconds=60)
BATCH = 50
MOST_AT_ONE_ENDPOINT = 4
"""Tries under way at one endpoint: a slow receiver holds up its own deliveries and nobody else's."""
PATIENCE = timedelta(days=5)
"""An endpoint that has failed for so long without one success is disabled."""

_OPEN = ("waiting", "sending")
_GONE_REASON = "The receiver answered 410 Gone"
_TIRED_REASON = "No delivery has succeeded for five days"


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery that this process may post until the lease ends; plain values, no row."""

    id: UUID
    fence: int
    attempts: int
    url: str
    secrets: tuple[bytes, ...]
    payload_version: str
    event: dict[str, Any]


def claim_deliveries(most: int = BATCH) -> list[ClaimedDelivery]:
    """Claim up to `most` due deliveries of the business in scope, at most four under way at each endpoint.

    Those whose lease ran out are claimed anew: the worker that had them has died.
    """
    now = clock.now()
    rows = session().execute(
        select(WebhookDelivery, WebhookEndpoint, OutboxEvent)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .join(OutboxEvent, OutboxEvent.id == WebhookDelivery.event_id)
        .where(WebhookDelivery.state.in_(_OPEN), WebhookDelivery.due_at <= now, WebhookEndpoint.state == "enabled")
        .order_by(WebhookDelivery.due_at, WebhookDelivery.id)
        .limit(most)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    )
    under_way = _under_way(now)
    claimed = []
    for row, endpoint, event in rows:
        if under_way[endpoint.id] < MOST_AT_ONE_ENDPOINT:
            under_way[endpoint.id] += 1
            claimed.append(_claim(row, endpoint, event, now))
    return claimed


def post(sender: WebhookSender, delivery: ClaimedDelivery) -> Answer:
    """Post one claimed delivery, outside any transaction; the id is the event's at every try, the time is now."""
    body = serial.dump_bytes(envelope(delivery.event))
    headers = {
        "content-type": "application/json",
        "user-agent": "Regulars-Webhooks/1",
        "loyalty-version": delivery.payload_version,
        **signed_headers(str(delivery.event["id"]), clock.now(), body, delivery.secrets),
    }
    return sender.post(delivery.url, headers, body)


def settle_delivery(claimed: ClaimedDelivery, answer: Answer) -> None:
    """Record a try and what follows of it; a claim that was taken over in the meantime changes nothing but the log."""
    row = session().scalars(select(WebhookDelivery).where(WebhookDelivery.id == claimed.id).with_for_update()).one()
    session().add(_attempt(claimed, answer))
    if row.fence != claimed.fence:
        return
    row.last_status, row.last_error = answer.status, answer.error
    judged = verdict(answer, row.attempts)
    now = clock.now()
    if judged is Verdict.DELIVERED:
        row.state, row.delivered_at = "delivered", now
    elif judged is Verdict.TRY_AGAIN:
        jitter = random.random()  # noqa: S311 - it spreads load and guards nothing
        row.state, row.due_at = "waiting", now + pause_after(row.attempts, jitter, answer.retry_after)
    else:
        row.state = "dead"
        bury("webhook_delivery", row.id, answer.error or f"The receiver answered {answer.status}", row.attempts)
    _note_health(row.endpoint_id, judged, now)


def ring_for_more() -> None:
    """Ring the sender if a delivery is due already: one of the few places at its endpoint has come free."""
    at = next_due_at()
    if at is not None and at <= clock.now():
        ring("webhooks", "webhooks.post_deliveries", current_business_id())


def next_due_at() -> datetime | None:
    """When the first open delivery of the business in scope may be tried; None when none is open."""
    first = (
        select(func.min(WebhookDelivery.due_at))
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookDelivery.state.in_(_OPEN), WebhookEndpoint.state == "enabled")
    )
    return session().scalar(first)


def _under_way(now: datetime) -> defaultdict[UUID, int]:
    counted = (
        select(WebhookDelivery.endpoint_id, func.count().label("number"))
        .where(WebhookDelivery.state == "sending", WebhookDelivery.due_at > now)
        .group_by(WebhookDelivery.endpoint_id)
    )
    return defaultdict(int, {row.endpoint_id: row.number for row in session().execute(counted)})


def _claim(row: WebhookDelivery, endpoint: WebhookEndpoint, event: OutboxEvent, now: datetime) -> ClaimedDelivery:
    row.state, row.due_at = "sending", now + LEASE
    row.attempts += 1
    row.fence += 1
    plain = {name: getattr(event, name) for name in ("id", "event_type", "recorded_at", "sequence", "payload")}
    opened = tuple(unseal(sealed) for sealed in webhooks.secrets_until(endpoint, now))
    return ClaimedDelivery(row.id, row.fence, row.attempts, endpoint.url, opened, endpoint.payload_version, plain)


def _attempt(claimed: ClaimedDelivery, answer: Answer) -> WebhookAttempt:
    now = clock.now()
    return WebhookAttempt(
        id=new_id(),
        delivery_id=claimed.id,
        number=claimed.attempts,
        status=answer.status,
        error=answer.error,
        excerpt=answer.excerpt,
        milliseconds=answer.milliseconds,
        started_at=now - timedelta(milliseconds=answer.milliseconds),
    )


def _note_health(endpoint_id: UUID, judged: Verdict, now: datetime) -> None:
    """Keep since when nothing succeeds; disable an endpoint that is gone, or has failed for five days."""
    failing_since = session().scalar(select(WebhookEndpoint.failing_since).where(WebhookEndpoint.id == endpoint_id))
    if judged is Verdict.DELIVERED and failing_since is None:
        return
    endpoint = session().get_one(WebhookEndpoint, (current_business_id(), endpoint_id), with_for_update=True)
    if judged is Verdict.DELIVERED:
        endpoint.failing_since = None
        return
    endpoint.failing_since = endpoint.failing_since or now
    is_tired = judged is Verdict.DEAD and now - endpoint.failing_since >= PATIENCE
    if endpoint.state == "enabled" and (judged is Verdict.GONE or is_tired):
        webhooks.disable(endpoint, _GONE_REASON if judged is Verdict.GONE else _TIRED_REASON)
        webhooks.stop_deliveries(endpoint.id, endpoint.disabled_reason)
