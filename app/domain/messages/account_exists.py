"""Somebody signed up with the address of an account that there is already."""

from app.domain.events import EventType
from app.domain.message_kind import Payload

EVENT: EventType | None = None
"""Written by the service that knows of it."""


def source_key(_payload: Payload) -> str | None:
    """The service chooses it."""
    return None


def words(_payload: Payload) -> dict[str, str]:
    """All that it says is the same for everybody, but for the link."""
    return {}
