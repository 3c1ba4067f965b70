"""What webhook endpoints, deliveries and events look like in answers and bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.api.pagination import CursorQuery
from app.api.shapes import Shape
from app.domain.body import Body, Instant

_Url = Annotated[str, Field(min_length=1, max_length=2_000)]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
_EventTypes = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=64)]
_State = Literal["enabled", "disabled"]


class NewEndpointBody(Body):
    """A new endpoint; without event types it gets every event."""

    url: _Url
    description: _Line = ""
    event_types: _EventTypes = Field(default_factory=list)


class EndpointBody(Body):
    """What may be changed; "enabled" takes an endpoint that was disabled back into use."""

    url: _Url | None = None
    description: _Line | None = None
    event_types: _EventTypes | None = None
    state: _State | None = None


class ReplayBody(Body):
    """The span whose events are sent again: `from` included, `to` not."""

    since: Instant = Field(alias="from")
    until: Instant = Field(alias="to")


class DeliveryQuery(CursorQuery):
    """Deliveries of one state only."""

    state: Literal["waiting", "delivered", "dead"] | None = None


class EventQuery(CursorQuery):
    """Events of one type, or of a span."""

    type: str | None = Field(None, max_length=64)
    since: Instant | None = Field(None, alias="from")
    until: Instant | None = Field(None, alias="to")


class EndpointShape(Shape):
    """An endpoint without its secret; `disabledReason` says why it was disabled by itself."""

    id: UUID
    url: str
    description: str
    event_types: list[str]
    payload_version: str
    state: _State
    disabled_reason: str
    failing_since: datetime | None
    created_at: datetime
    version: int


class NewEndpointShape(EndpointShape):
    """A new endpoint; its secret is shown this once (null when an Idempotency-Key answers again)."""

    secret: str | None


class SecretShape(Shape):
    """A new secret, shown this once; the one before signs beside it until `previousValidUntil`."""

    secret: str | None
    previous_valid_until: datetime


class EventShape(Shape):
    """The envelope of an event, as webhooks carry it."""

    event_id: UUID
    event_type: str
    timestamp: datetime
    sequence: int
    payload: dict[str, Any]


class DeliveryShape(Shape):
    """One event for one endpoint; `lastStatus` is what the receiver answered at the last try."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    event_type: str
    state: Literal["waiting", "delivered", "dead"]
    attempts: int
    next_try_at: datetime | None
    created_at: datetime
    delivered_at: datetime | None
    last_status: int | None
    last_error: str


class TryShape(Shape):
    """One try: the receiver's status and the first 1 kB of its answer, and how long it took."""

    number: int
    status: int | None
    error: str
    excerpt: str
    milliseconds: int
    started_at: datetime


class WholeDeliveryShape(DeliveryShape):
    """A delivery with its event and every try."""

    event: EventShape
    tries: list[TryShape]


class ReplayedShape(Shape):
    """How many events are sent again."""

    events: int
