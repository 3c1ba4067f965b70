"""The clock has ended a program: its owners hear of it."""

from app.domain.events import EventType
from app.domain.message_kind import Audience, Payload
from app.domain.written_days import written_day

EVENT = EventType.PROGRAM_ENDED
AUDIENCE = Audience.OWNERS


def source_key(payload: Payload) -> str | None:
    """A program ends once; who ends it by hand knows it."""
    return str(payload["programId"]) if payload["endedBy"] == "system" else None


def words(payload: Payload) -> dict[str, str]:
    """The last local day on which what was earned can be used."""
    return {"last_day": written_day(payload["lastDay"])}
