"""A member has redeemed a reward: the owners hear what is to be done for whom."""

from app.domain.message_kind import Payload

EVENT = None


def source_key(payload: Payload) -> str:
    """One mail for each redemption."""
    return str(payload["redemptionId"])


def words(payload: Payload) -> dict[str, str]:
    """Who, what and for how many points; an erased member has no name."""
    points = int(payload.get("points", 0))
    return {
        "who": str(payload.get("memberName") or "A member"),
        "reward": str(payload.get("name") or "a reward"),
        "points": f"{points:,} point{'' if points == 1 else 's'}",
        "how": {"shipping": "to be sent", "digital": "online"}.get(str(payload.get("deliveryMethod")), "in the shop"),
        "path": f"redemptions/{payload['redemptionId']}" if payload.get("redemptionId") else "redemptions",
    }
