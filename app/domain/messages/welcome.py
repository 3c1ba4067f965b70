"""The first mail to a member: they take part in their first program here."""

from app.domain.events import EventType
from app.domain.message_kind import Payload

EVENT = EventType.MEMBER_ENROLLED


def source_key(_payload: Payload) -> str:
    """A member is welcomed once, by the first program that takes them in."""
    return "once"


def words(_payload: Payload) -> dict[str, str]:
    """All that it says is the member's, the program's and the business's name."""
    return {}
