"""Webhook endpoints: where a business wants its events, which of them, and the secret that signs them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from app.adapters.public_addresses import Refused
from app.adapters.webhook_sender import WebhookSender
from app.core import clock
from app.core.ids import new_id
from app.core.sealing import seal
from app.core.unit_of_work import session
from app.domain.actor import SYSTEM, Actor
from app.domain.errors import Conflict, NotFound, PreconditionFailed, ValidationErrors
from app.domain.events import EventType
from app.domain.webhooks import OVERLAP, PAYLOAD_VERSION, SECRET_BYTES, secret_text
from app.models.webhook import WebhookDelivery, WebhookEndpoint
from app.queries.recipients import owner_ids
from app.services import audit
from app.services.messages import NewMessage, Recipient, write_messages

MOST_ENDPOINTS = 20
DISABLED = "webhook_disabled"
_FIELDS = ("url", "description", "event_types", "state")


def add_endpoint(
    sender: WebhookSender, *, url: str, description: str, event_types: Sequence[str], actor: Actor
) -> tuple[UUID, str]:
    """Return the id and the secret, which is shown this once. ValidationErrors for an address that is not public.

    Conflict `too_many_endpoints` past 20.
    """
    _check(sender, {"url": url, "event_types": event_types})
    if _count() >= MOST_ENDPOINTS:
        raise Conflict("too_many_endpoints", f"A business has at most {MOST_ENDPOINTS} endpoints; remove one first")
    raw = secrets.token_bytes(SECRET_BYTES)
    row = WebhookEndpoint(
        id=new_id(),
        url=url,
        description=description,
        event_types=sorted(set(event_types)),
        payload_version=PAYLOAD_VERSION,
        sealed_secret=seal(raw),
        state="enabled",
        created_at=clock.now(),
    )
    session().add(row)
    audit.record(actor, "webhook_endpoint.created", ("webhook_endpoint", row.id), after=_shown(row))
    return row.id, secret_text(raw)


def change_endpoint(
    sender: WebhookSender, endpoint_id: UUID, changes: Mapping[str, Any], *, actor: Actor, if_match: int | None = None
) -> None:
    """Change url, description, event_types or state ("enabled" takes a disabled one back into use)."""
    row = locked_endpoint(endpoint_id)
    if if_match is not None and row.version != if_match:
        raise PreconditionFailed
    _check(sender, changes)
    before = _shown(row)
    for name, value in changes.items():
        setattr(row, name, sorted(set(value)) if name == "event_types" else value)
    if changes.get("state") == "enabled":
        row.disabled_reason, row.failing_since = "", None
    session().flush()
    audit.record(actor, "webhook_endpoint.changed", ("webhook_endpoint", row.id), before, _shown(row))


def rotate_secret(endpoint_id: UUID, *, actor: Actor) -> str:
    """Return a new secret, shown this once; the one before signs beside it for 24 hours."""
    row = locked_endpoint(endpoint_id)
    raw = secrets.token_bytes(SECRET_BYTES)
    row.sealed_secret_before, row.secret_before_until = row.sealed_secret, clock.now() + OVERLAP
    row.sealed_secret = seal(raw)
    audit.record(actor, "webhook_endpoint.secret_rotated", ("webhook_endpoint", row.id))
    return secret_text(raw)


def remove_endpoint(endpoint_id: UUID, *, actor: Actor) -> None:
    """Send nothing there any more; what waits for it is put away, what was sent stays readable."""
    row = locked_endpoint(endpoint_id)
    row.removed_at = clock.now()
    row.sealed_secret, row.sealed_secret_before = b"", None
    stop_deliveries(row.id, "The endpoint was removed")
    audit.record(actor, "webhook_endpoint.removed", ("webhook_endpoint", row.id), before=_shown(row))


def disable(endpoint: WebhookEndpoint, reason: str) -> None:
    """Stop sending to a locked endpoint, by itself rather than by a person; the owners get a mail."""
    endpoint.state, endpoint.disabled_reason = "disabled", reason
    after = {"state": "disabled", "reason": reason}
    audit.record(SYSTEM, "webhook_endpoint.disabled", ("webhook_endpoint", endpoint.id), after=after)
    context = {"endpointId": str(endpoint.id), "version": endpoint.version, "url": endpoint.url, "reason": reason}
    key = f"{endpoint.id} {endpoint.version}"
    write_messages(NewMessage(DISABLED, Recipient(user_id=user_id), key, context) for user_id in owner_ids())


def stop_deliveries(endpoint_id: UUID, reason: str) -> None:
    """Put away what still waits for an endpoint."""
    waiting = update(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state.in_(("waiting", "sending"))
    )
    session().execute(waiting.values(state="dead", last_error=reason, fence=WebhookDelivery.fence + 1))


def locked_endpoint(endpoint_id: UUID) -> WebhookEndpoint:
    """Lock and return an endpoint in use; NotFound otherwise."""
    wanted = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.removed_at.is_(None))
    row = session().scalars(wanted.with_for_update()).first()
    if row is None:
        raise NotFound
    return row


def _check(sender: WebhookSender, fields: Mapping[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    if "url" in fields:
        try:
            sender.vet(fields["url"])
        except Refused as refusal:
            errors["url"] = [str(refusal)]
    unknown = sorted(set(fields.get("event_types", ())) - {event.value for event in EventType})
    if unknown:
        errors["eventTypes"] = [f"There is no event {unknown[0]}"]
    if errors:
        raise ValidationErrors(errors)


def _count() -> int:
    return session().scalar(select(func.count()).where(WebhookEndpoint.removed_at.is_(None))) or 0


def _shown(row: WebhookEndpoint) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIELDS}


def secrets_until(row: WebhookEndpoint, now: datetime) -> list[bytes]:
    """Return the sealed secrets that sign now, the newest first."""
    before = row.sealed_secret_before
    is_before_good = before is not None and row.secret_before_until is not None and now < row.secret_before_until
    return [row.sealed_secret, before] if before is not None and is_before_good else [row.sealed_secret]
