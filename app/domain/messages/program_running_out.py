"""What is left in a program that has ended soon cannot be used any more (PRODUCT 7)."""

from app.domain.mail_topics import Topic
from app.domain.message_kind import Payload
from app.domain.written_days import written_day

EVENT = None
TOPIC = Topic.PROGRAMS


def source_key(payload: Payload) -> str:
    """One mail for each last day: it may be moved."""
    return f"{payload['programId']} {payload['lastDay']}"


def words(payload: Payload) -> dict[str, str]:
    """The last local day."""
    return {"last_day": written_day(payload["lastDay"])}
