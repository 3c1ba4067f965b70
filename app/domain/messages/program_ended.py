"""A program has ended: whoever has something left in it hears until when it can be used (PRODUCT 7)."""

from app.domain.mail_topics import Topic
from app.domain.message_kind import Payload
from app.domain.written_days import written_day

EVENT = None
TOPIC = Topic.PROGRAMS


def source_key(payload: Payload) -> str:
    """A program ends once."""
    return str(payload["programId"])


def words(payload: Payload) -> dict[str, str]:
    """The last local day on which what was earned can be used."""
    return {"last_day": written_day(payload["lastDay"])}
