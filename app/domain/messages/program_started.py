"""The clock has started a program: its owners hear of it."""

from app.domain.events import EventType
from app.domain.message_kind import Audience, Payload

EVENT = EventType.PROGRAM_ACTIVATED
AUDIENCE = Audience.OWNERS


def source_key(payload: Payload) -> str | None:
    """One mail for each start; who starts a program by hand knows it."""
    return f"{payload['programId']} {payload['startsAt']}" if payload["activatedBy"] == "system" else None


def words(_payload: Payload) -> dict[str, str]:
    """All that it says is the program's and the business's name."""
    return {}
