"""A member has earned a voucher and may use it from now on."""

from app.domain.events import EventType
from app.domain.mail_topics import Topic
from app.domain.message_kind import Payload
from app.domain.written_days import written_day

EVENT = EventType.VOUCHER_ISSUED
TOPIC = Topic.REWARDS


def source_key(payload: Payload) -> str | None:
    """One mail for each voucher; none for one that the member has just bought with points."""
    return None if payload.get("redemptionId") else str(payload["voucherId"])


def words(payload: Payload) -> dict[str, str]:
    """The reward in the owner's words, and the last local day on which it can be used ("" without an end)."""
    last_day = payload.get("lastDay")
    return {"reward": str(payload["description"]), "last_day": written_day(last_day) if last_day else ""}
