"""A paired till has not been heard of for longer than it usually is: the owners hear of it once."""

from app.domain.message_kind import Payload
from app.domain.written_days import written_day

EVENT = None


def source_key(payload: Payload) -> str:
    """One mail for each silence: it begins when the till was last heard of."""
    return f"{payload['deviceId']} {payload['seenAt']}"


def words(payload: Payload) -> dict[str, str]:
    """Which till, since when, and what that may mean."""
    since = f"{int(payload['days'])} days"
    opened = "It was left open, so it may hold work that it has not sent yet."
    return {
        "till": str(payload["deviceName"]),
        "since": since,
        "last_day": written_day(payload["seenDay"]),
        "meaning": opened if payload["isOpen"] else "It was in use most days before.",
    }
