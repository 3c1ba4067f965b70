"""A redemption is on its way, or was cancelled: its member is told; other steps are seen on the card."""

from app.domain.events import EventType
from app.domain.message_kind import Payload

EVENT = EventType.REDEMPTION_UPDATED
_TOLD = ("shipped", "cancelled")


def source_key(payload: Payload) -> str | None:
    """One mail for each redemption and step that is worth one."""
    return f"{payload['redemptionId']}:{payload['status']}" if payload["status"] in _TOLD else None


def words(payload: Payload) -> dict[str, str]:
    """The reward, the step, and the points that came back."""
    returned = int(payload.get("pointsReturned") or 0)
    return {
        "reward": str(payload["name"]),
        "status": str(payload["status"]),
        "returned": f"{returned:,} point{'' if returned == 1 else 's'}" if returned else "",
    }
