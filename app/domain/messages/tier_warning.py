"""A tier will be lost on a day to come unless the member buys enough before it (RULES 3, TIER_BASED)."""

from app.domain.mail_topics import Topic
from app.domain.message_kind import Payload
from app.domain.written_days import written_day

EVENT = None
TOPIC = Topic.TIERS


def source_key(payload: Payload) -> str:
    """One mail for each program and day on which it would be lost."""
    return f"{payload['programId']} {payload['day']}"


def words(payload: Payload) -> dict[str, str]:
    """The tier held, the one below ("" for none), the local day, and why."""
    return {
        "tier": str(payload["from"]),
        "below": str(payload["to"] or ""),
        "day": written_day(payload["day"]),
        "is_silence": "yes" if payload["reason"] == "inactivity" else "",
    }
