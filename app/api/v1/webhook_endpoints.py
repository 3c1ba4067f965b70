"""Webhook endpoints of a business, what was sent to them, and sending it again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app

from app.api.pagination import CursorQuery, SliceOf, slice_answer
from app.api.routing import route
from app.api.v1.business import sent
from app.api.webhook_shapes import (
    DeliveryQuery,
    DeliveryShape,
    EndpointBody,
    EndpointShape,
    NewEndpointBody,
    NewEndpointShape,
    ReplayBody,
    ReplayedShape,
    SecretShape,
    WholeDeliveryShape,
)
from app.core import clock
from app.domain.permissions import Caller, Permission
from app.domain.webhooks import OVERLAP
from app.queries import webhooks as found
from app.services import webhook_replays, webhooks

bp = Blueprint("webhook_endpoints", __name__, url_prefix="/webhook-endpoints")

_MAY = Permission.WEBHOOK_EDIT
_ONE = "/<uuid:endpoint_id>"


@route(bp, "GET", "", permission=_MAY, query=CursorQuery, answers={200: SliceOf[EndpointShape]})
def list_webhook_endpoints(query: CursorQuery) -> dict[str, Any]:
    """List the endpoints in use."""
    return slice_answer(found.endpoints_page(query.cursor, query.limit))


@route(bp, "POST", "", permission=_MAY, body=NewEndpointBody, answers={201: NewEndpointShape}, secrets=("secret",))
def post_webhook_endpoint(caller: Caller, body: NewEndpointBody) -> dict[str, Any]:
    """Add an endpoint; the secret that signs what is sent there is shown this once."""
    endpoint_id, secret = webhooks.add_endpoint(
        _sender(), url=body.url, description=body.description, event_types=body.event_types, actor=caller.actor
    )
    return found.endpoint(endpoint_id) | {"secret": secret}


@route(bp, "GET", _ONE, permission=_MAY, answers={200: EndpointShape})
def get_webhook_endpoint(endpoint_id: UUID) -> dict[str, Any]:
    """Show an endpoint."""
    return found.endpoint(endpoint_id)


@route(bp, "PATCH", _ONE, permission=_MAY, body=EndpointBody, answers={200: EndpointShape})
def patch_webhook_endpoint(
    endpoint_id: UUID, caller: Caller, body: EndpointBody, if_match: int | None
) -> dict[str, Any]:
    """Change an endpoint, or take it out of use and back."""
    changes = sent(body, required=("url", "description", "event_types", "state"))
    webhooks.change_endpoint(_sender(), endpoint_id, changes, actor=caller.actor, if_match=if_match)
    return found.endpoint(endpoint_id)


@route(bp, "DELETE", _ONE, permission=_MAY, answers={204: None})
def delete_webhook_endpoint(endpoint_id: UUID, caller: Caller) -> None:
    """Send nothing there any more."""
    webhooks.remove_endpoint(endpoint_id, actor=caller.actor)


@route(bp, "POST", f"{_ONE}/rotate-secret", permission=_MAY, answers={200: SecretShape}, secrets=("secret",))
def rotate_webhook_secret(endpoint_id: UUID, caller: Caller) -> dict[str, Any]:
    """Make a new secret; both sign for 24 hours."""
    secret = webhooks.rotate_secret(endpoint_id, actor=caller.actor)
    return {"secret": secret, "previousValidUntil": clock.now() + OVERLAP}


@route(bp, "POST", f"{_ONE}/test", permission=_MAY, answers={202: WholeDeliveryShape})
def test_webhook_endpoint(endpoint_id: UUID, caller: Caller) -> dict[str, Any]:
    """Send a made-up event."""
    return found.delivery(endpoint_id, webhook_replays.send_test(endpoint_id, actor=caller.actor))


@route(bp, "POST", f"{_ONE}/replay", permission=_MAY, body=ReplayBody, answers={202: ReplayedShape})
def replay_webhooks(endpoint_id: UUID, caller: Caller, body: ReplayBody) -> dict[str, Any]:
    """Send the events of a span again, after an outage."""
    return {"events": webhook_replays.replay(endpoint_id, body.since, body.until, actor=caller.actor)}


@route(bp, "GET", f"{_ONE}/deliveries", permission=_MAY, query=DeliveryQuery, answers={200: SliceOf[DeliveryShape]})
def list_webhook_deliveries(endpoint_id: UUID, query: DeliveryQuery) -> dict[str, Any]:
    """List what was or is to be sent to an endpoint, the newest first."""
    return slice_answer(found.deliveries_page(endpoint_id, state=query.state, cursor=query.cursor, limit=query.limit))


@route(bp, "GET", f"{_ONE}/deliveries/<uuid:delivery_id>", permission=_MAY, answers={200: WholeDeliveryShape})
def get_webhook_delivery(endpoint_id: UUID, delivery_id: UUID) -> dict[str, Any]:
    """Show a delivery with its event and every try."""
    return found.delivery(endpoint_id, delivery_id)


@route(
    bp,
    "POST",
    f"{_ONE}/deliveries/<uuid:delivery_id>/redeliver",
    permission=_MAY,
    answers={202: WholeDeliveryShape},
)
def redeliver_webhook(endpoint_id: UUID, delivery_id: UUID, caller: Caller) -> dict[str, Any]:
    """Send an event again, with the same webhook-id and ten new tries."""
    webhook_replays.redeliver(endpoint_id, delivery_id, actor=caller.actor)
    return found.delivery(endpoint_id, delivery_id)


def _sender() -> Any:
    return current_app.extensions["webhook_sender"]
