"""How far a member is from the next tier, told on the first of a month."""

from app.domain.mail_topics import Topic
from app.domain.message_kind import Payload
from app.domain.money import money_text

EVENT = None
TOPIC = Topic.TIERS


def source_key(payload: Payload) -> str:
    """One mail for each program and month."""
    return f"{payload['programId']} {payload['month']}"


def words(payload: Payload) -> dict[str, str]:
    """The tier held ("" for none), the next one, and what is missing ("" where the next purchase lifts the member)."""
    missing = int(payload["missing"])
    return {
        "tier": str(payload["tier"] or ""),
        "following": str(payload["following"]),
        "missing": _amount(missing, str(payload["metric"]), str(payload["currency"])) if missing else "",
    }


def _amount(missing: int, metric: str, currency: str) -> str:
    if metric == "spending":
        return money_text(missing, currency)
    unit = "visit" if metric == "visits" else "point"
    return f"{missing:,} {unit}{'' if missing == 1 else 's'}"
