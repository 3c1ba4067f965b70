"""The AsyncAPI 3 document: every event that webhooks carry, with its payload, made from domain.event_payloads."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from flask import Blueprint, request
from pydantic.json_schema import models_json_schema

from app.api.answers import encode, respond
from app.api.bodies import read_query
from app.api.pagination import Query
from app.core.config import settings
from app.domain.event_payloads import PAYLOADS
from app.domain.permissions import Open

bp = Blueprint("asyncapi", __name__)

_REFERENCE = "#/components/schemas/{model}"
_ABOUT = (
    "Events are delivered at least once and in any order; `sequence` orders those of one program or member, and "
    "`webhook-id` is the same at every try. Verify the signature as Standard Webhooks 1.0 says before you believe one."
)


@bp.get("/asyncapi.json")
def asyncapi_document() -> Any:
    """Answer the document; it is the same for everybody."""
    read_query(Query, request.args)
    return respond(_encoded(settings().base_url), 200, {"Cache-Control": "public, max-age=300"})


asyncapi_document.permission = Open.ANYONE  # type: ignore[attr-defined]


def document(base_url: str) -> dict[str, Any]:
    """Return the catalogue: one channel, on which each event is one message that we send."""
    models = sorted(set(PAYLOADS.values()), key=lambda model: model.__name__)
    _, schemas = models_json_schema([(model, "serialization") for model in models], ref_template=_REFERENCE)
    names = {event.value: _name(event.value) for event in PAYLOADS}
    host = base_url.partition("://")[2]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Regulars events", "version": "1", "description": _ABOUT},
        "servers": {"regulars": {"host": host, "protocol": "https", "description": "Posts to the endpoints you add"}},
        "defaultContentType": "application/json",
        "channels": {"webhooks": {"address": None, "messages": _references("components/messages", names)}},
        "operations": {
            "sendEvents": {
                "action": "send",
                "channel": {"$ref": "#/channels/webhooks"},
                "messages": list(_references("channels/webhooks/messages", names).values()),
            }
        },
        "components": {
            "messages": {names[event.value]: _message(event.value, model) for event, model in PAYLOADS.items()},
            "messageTraits": {"signed": {"headers": _HEADERS}},
            "schemas": schemas["$defs"],
        },
    }


_HEADERS = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {"type": "string", "description": "The event's id, the same at every try"},
        "webhook-timestamp": {"type": "string", "description": "Unix seconds of this try"},
        "webhook-signature": {"type": "string", "description": "v1,<base64>; two for a day after a rotation"},
    },
}


@cache
def _encoded(base_url: str) -> bytes:
    return encode(document(base_url))


def _message(event_type: str, model: Any) -> dict[str, Any]:
    return {
        "name": event_type,
        "title": event_type,
        "summary": inspect.getdoc(model) or "",
        "traits": [{"$ref": "#/components/messageTraits/signed"}],
        "payload": {
            "type": "object",
            "required": ["eventId", "eventType", "timestamp", "sequence", "payload"],
            "additionalProperties": False,
            "properties": {
                "eventId": {"type": "string", "format": "uuid"},
                "eventType": {"const": event_type},
                "timestamp": {"type": "string", "format": "date-time"},
                "sequence": {"type": "integer"},
                "payload": {"$ref": _REFERENCE.format(model=model.__name__)},
            },
        },
    }


def _name(event_type: str) -> str:
    return "".join(part.capitalize() for part in event_type.replace("_", ".").split(".")[1:])


def _references(place: str, names: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"$ref": f"#/{place}/{name}"} for name in names.values()}
