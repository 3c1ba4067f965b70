"""Points run out on a day to come (PRODUCT 14)."""

from app.domain.mail_topics import Topic
from app.domain.message_kind import Payload
from app.domain.written_days import written_day

EVENT = None
TOPIC = Topic.POINTS


def source_key(payload: Payload) -> str:
    """One mail for each program, last day and distance."""
    return f"{payload['programId']} {payload['lastDay']} {payload['days']}"


def words(payload: Payload) -> dict[str, str]:
    """How many points, and the last local day on which they can be used."""
    points = int(payload["points"])
    return {"points": f"{points:,} point{'' if points == 1 else 's'}", "last_day": written_day(payload["lastDay"])}
