"""Which events somebody outside wants, and the delivery rows that the relay makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.bulk import insert_rows
from app.core.hot_statements import fetch
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.webhooks import wants
from app.models.outbox import OutboxEvent
from app.models.webhook import WebhookDelivery, WebhookEndpoint
from app.services import due

_REMEMBERED = "webhook_choices"
_ENABLED = select(WebhookEndpoint.id, WebhookEndpoint.event_types).where(
    WebhookEndpoint.state == "enabled", WebhookEndpoint.removed_at.is_(None)
)


def is_wanted_outside(event_type: str) -> bool:
    """Say whether an enabled endpoint of the business in scope chose this event.

    Read once a transaction, never from a cache: an endpoint gets every event that is recorded after it was added.
    """
    found = session().info.get(_REMEMBERED)
    if found is None:
        found = session().info[_REMEMBERED] = [choice for _, choice in _choices()]
    return any(wants(choice, event_type) for choice in found)


def make_deliveries(events: Sequence[OutboxEvent]) -> None:
    """Write one delivery for each event and endpoint that wants it, once each, and ring the sender."""
    choices = _choices() if events else []
    rows = [
        delivery(endpoint_id, event)
        for event in events
        for endpoint_id, choice in choices
        if wants(choice, event.event_type)
    ]
    write_deliveries(rows)


def write_deliveries(rows: Sequence[dict[str, Any]]) -> None:
    """Insert deliveries; those that are there already stay as they are."""
    if rows:
        insert_rows(WebhookDelivery, rows, on_conflict_do_nothing=True)
        due.announce("webhooks", queue="webhooks", job="webhooks.post_deliveries")


def delivery(endpoint_id: UUID, event: OutboxEvent) -> dict[str, Any]:
    """Return the row of one event for one endpoint, due at once."""
    now = clock.now()
    return {
        "id": new_id(),
        "endpoint_id": endpoint_id,
        "event_id": event.id,
        "event_type": event.event_type,
        "state": "waiting",
        "attempts": 0,
        "fence": 0,
        "due_at": now,
        "created_at": now,
        "delivered_at": None,
        "last_status": None,
        "last_error": "",
    }


def _choices() -> Sequence[tuple[UUID, Iterable[str]]]:
    return [(row.id, row.event_types) for row in fetch(_ENABLED)]
