"""The events of a business: everything that happened, to catch up with after an outage."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.pagination import SliceOf, slice_answer
from app.api.routing import route
from app.api.webhook_shapes import EventQuery, EventShape
from app.domain.permissions import Permission
from app.queries import webhooks as found

bp = Blueprint("events", __name__, url_prefix="/events")


@route(bp, "GET", "", permission=Permission.EVENT_VIEW, query=EventQuery, answers={200: SliceOf[EventShape]})
def list_events(query: EventQuery) -> dict[str, Any]:
    """List events, the newest first."""
    return slice_answer(
        found.events_page(
            event_type=query.type, since=query.since, until=query.until, cursor=query.cursor, limit=query.limit
        )
    )


@route(bp, "GET", "/<uuid:event_id>", permission=Permission.EVENT_VIEW, answers={200: EventShape})
def get_event(event_id: UUID) -> dict[str, Any]:
    """Show an event."""
    return found.event(event_id)
