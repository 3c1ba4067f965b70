"""A voucher runs out in a week, or tomorrow: its member is told while it can still be used."""

from app.domain.mail_topics import Topic
from app.domain.message_kind import Payload
from app.domain.written_days import written_day

EVENT = None
TOPIC = Topic.REWARDS


def source_key(payload: Payload) -> str:
    """One mail for each voucher and each of the two warnings."""
    return f"{payload['voucherId']}:{payload['days']}"


def words(payload: Payload) -> dict[str, str]:
    """The reward, its last local day, how soon that is, and what happens afterwards."""
    return {
        "reward": str(payload["description"]),
        "last_day": written_day(payload["lastDay"]),
        "soon": "in a week" if payload["days"] > 1 else "very soon",
        "returns": "yes" if payload.get("isCatalogue") else "",
    }
