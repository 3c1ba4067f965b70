"""Reads webhook endpoints, what was sent to them, and the events that could be."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select, true

from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.models.outbox import OutboxEvent
from app.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.queries.paging import Slice, older_than, slice_of
from app.queries.statements import AnyRow


def endpoints_page(cursor: str | None = None, limit: int = 20) -> Slice:
    """The endpoints in use, the newest first, without their secrets. Raises UnknownCursor."""
    wanted = (
        select(WebhookEndpoint)
        .where(WebhookEndpoint.removed_at.is_(None))
        .where(older_than(WebhookEndpoint.created_at, WebhookEndpoint.id, cursor))
        .order_by(WebhookEndpoint.created_at.desc(), WebhookEndpoint.id.desc())
        .limit(limit + 1)
    )
    return slice_of([_endpoint(row) for row in session().scalars(wanted)], limit, at="createdAt")


def endpoint(endpoint_id: UUID) -> dict[str, Any]:
    """One endpoint in use; NotFound otherwise."""
    wanted = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.removed_at.is_(None))
    row = session().scalars(wanted).first()
    if row is None:
        raise NotFound
    return _endpoint(row)


def deliveries_page(
    endpoint_id: UUID, *, state: str | None = None, cursor: str | None = None, limit: int = 20
) -> Slice:
    """What was or is to be sent to one endpoint, the newest first. NotFound, UnknownCursor."""
    endpoint(endpoint_id)
    wanted = (
        select(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id)
        .where(true() if state is None else WebhookDelivery.state == state)
        .where(older_than(WebhookDelivery.created_at, WebhookDelivery.id, cursor))
        .order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
        .limit(limit + 1)
    )
    return slice_of([_delivery(row) for row in session().scalars(wanted)], limit, at="createdAt")


def delivery(endpoint_id: UUID, delivery_id: UUID) -> dict[str, Any]:
    """One delivery with its event and every try, numbered from the first on, also where it was sent again; NotFound."""
    wanted = (
        select(WebhookDelivery, OutboxEvent)
        .join(OutboxEvent, OutboxEvent.id == WebhookDelivery.event_id)
        .where(WebhookDelivery.id == delivery_id, WebhookDelivery.endpoint_id == endpoint_id)
    )
    row = session().execute(wanted).first()
    if row is None:
        raise NotFound
    mine = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery_id)
    tries = session().scalars(mine.order_by(WebhookAttempt.started_at, WebhookAttempt.number))
    return {
        **_delivery(row.WebhookDelivery),
        "event": _event(row.OutboxEvent),
        "tries": [{**_try(attempt), "number": place} for place, attempt in enumerate(tries, start=1)],
    }


def week_of(endpoint_ids: list[UUID], since: datetime) -> dict[UUID, tuple[int, int]]:
    """(delivered, of all) for each endpoint since an instant; one statement."""
    counted = (
        select(
            WebhookDelivery.endpoint_id,
            func.sum(case((WebhookDelivery.state == "delivered", 1), else_=0)),
            func.count(),
        )
        .where(WebhookDelivery.endpoint_id.in_(endpoint_ids), WebhookDelivery.created_at >= since)
        .group_by(WebhookDelivery.endpoint_id)
    )
    return {endpoint_id: (int(good), total) for endpoint_id, good, total in session().execute(counted)}


def events_page(
    *,
    event_type: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Slice:
    """Everything that happened, the newest first, as webhooks say it. Raises UnknownCursor."""
    wanted: Select[Any] = (
        select(OutboxEvent)
        .where(
            OutboxEvent.aggregate != "webhook_endpoint",
            true() if event_type is None else OutboxEvent.event_type == event_type,
        )
        .where(true() if since is None else OutboxEvent.recorded_at >= since)
        .where(true() if until is None else OutboxEvent.recorded_at < until)
        .where(older_than(OutboxEvent.recorded_at, OutboxEvent.id, cursor))
        .order_by(OutboxEvent.recorded_at.desc(), OutboxEvent.id.desc())
        .limit(limit + 1)
    )
    rows = [_event(row) for row in session().scalars(wanted)]
    return slice_of(rows, limit, at="timestamp", key="eventId")


def event(event_id: UUID) -> dict[str, Any]:
    """One event; NotFound."""
    row = session().scalars(select(OutboxEvent).where(OutboxEvent.id == event_id)).first()
    if row is None:
        raise NotFound
    return _event(row)


def _endpoint(row: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.url,
        "description": row.description,
        "eventTypes": row.event_types,
        "payloadVersion": row.payload_version,
        "state": row.state,
        "disabledReason": row.disabled_reason,
        "failingSince": row.failing_since,
        "createdAt": row.created_at,
        "version": row.version,
    }


def _delivery(row: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": row.id,
        "endpointId": row.endpoint_id,
        "eventId": row.event_id,
        "eventType": row.event_type,
        "state": "waiting" if row.state == "sending" else row.state,
        "attempts": row.attempts,
        "nextTryAt": row.due_at if row.state in ("waiting", "sending") else None,
        "createdAt": row.created_at,
        "deliveredAt": row.delivered_at,
        "lastStatus": row.last_status,
        "lastError": row.last_error,
    }


def _event(row: OutboxEvent) -> dict[str, Any]:
    return {
        "eventId": row.id,
        "eventType": row.event_type,
        "timestamp": row.recorded_at,
        "sequence": row.sequence,
        "payload": row.payload,
    }


def _try(row: AnyRow | WebhookAttempt) -> dict[str, Any]:
    return {
        "number": row.number,
        "status": row.status,
        "error": row.error,
        "excerpt": row.excerpt,
        "milliseconds": row.milliseconds,
        "startedAt": row.started_at,
    }
