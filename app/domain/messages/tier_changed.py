"""A member has risen to a tier, or fallen from one."""

from app.domain.events import EventType
from app.domain.mail_topics import Topic
from app.domain.message_kind import Payload

EVENT = EventType.MEMBER_TIER_CHANGED
TOPIC = Topic.TIERS


def source_key(payload: Payload) -> str | None:
    """One mail for each time that a member comes to hold a tier; none for what a late purchase put right."""
    if payload["reason"] == "automatic" and payload["to"] is None:
        return None
    return f"{payload['programId']} {payload['effectiveAt']}"


def words(payload: Payload) -> dict[str, str]:
    """The tier held now and the one before, "" for none, and whether it is a rise."""
    return {
        "tier": str(payload["to"] or ""),
        "before": str(payload["from"] or ""),
        "is_rise": "" if payload["reason"] in ("period_end", "inactivity") else "yes",
    }
