"""Redemptions as the board shows them: what, for whom, how long they wait, and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.core import clock
from app.web.support.words import counted

METHODS = {"in_store": "In the shop", "digital": "Online", "shipping": "To be sent"}
STATUSES = {
    "pending": "Pending",
    "approved": "Approved",
    "shipped": "Shipped",
    "delivered": "Delivered",
    "redeemed": "Redeemed",
    "cancelled": "Cancelled",
}
CHIPS = {"pending": "scheduled", "approved": "active", "shipped": "active", "cancelled": "draft"}
LATE = {"in_store": timedelta(days=1), "digital": timedelta(hours=2), "shipping": timedelta(days=1)}
"""How long each way may take: who gets a code by mail sits and waits for it."""

_SHORT, _CODE_END = 8, 5
_OPEN = ("pending", "approved")
_TOWN = ("postalCode", "city")
_LINES = ("name", "street", "postalCode", "city", "region", "country")


def ticket(found: Mapping[str, Any], places: Mapping[Any, str]) -> dict[str, Any]:
    """Return what a ticket of the board shows of a redemption; ``places`` are location names by id."""
    waited = clock.now() - found["requestedAt"]
    is_open = found["status"] in (*_OPEN, "shipped")
    return {
        "id": found["id"],
        "name": found["name"],
        "member_id": found["memberId"],
        "member_name": found["memberName"] or "A member without a name",
        "points": found["pointsRedeemed"],
        "points_words": counted(found["pointsRedeemed"], "point"),
        "status": found["status"],
        "status_words": STATUSES[found["status"]],
        "chip": CHIPS.get(found["status"], "ended"),
        "code": found["voucherCode"],
        "code_end": _end(found["voucherCode"]),
        "age_words": age_words(waited),
        "is_late": is_open and waited > LATE[found["deliveryMethod"]],
        "requested_at": found["requestedAt"],
        "requested_by": found["requestedBy"],
        "moved_at": found["movedAt"],
        "moved_by": found["movedBy"],
        "method_words": METHODS[found["deliveryMethod"]],
        "place": places.get(found["locationId"], ""),
        "address_lines": address_lines(found["shippingAddress"]),
        "tracking_number": found["trackingNumber"],
        "notes": found["notes"],
        "returned": found["pointsReturned"],
        "version": found["version"],
        "step": next_step(found),
        "may_cancel": found["status"] in _OPEN,
    }


def next_step(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the one step that comes next: to which status, in which words, and whether it asks for a number."""
    match found["status"]:
        case "pending":
            return {"to": "approved", "words": "Approve", "asks_tracking": False}
        case "approved" if found["deliveryMethod"] == "shipping":
            return {"to": "shipped", "words": "Mark shipped", "asks_tracking": True}
        case "approved":
            return {"to": "redeemed", "words": "Hand over", "asks_tracking": False}
        case "shipped":
            return {"to": "delivered", "words": "Mark delivered", "asks_tracking": False}
        case _:
            return None


def _end(code: str | None) -> str | None:
    """Return the last signs of a code: enough to find it by, too little to use it."""
    return code if code is None or len(code) <= _SHORT else f"…{code[-_CODE_END:]}"


def age_words(waited: timedelta) -> str:
    """Return how long something has waited: "just now", "12 min", "2 h", "3 d"."""
    seconds = int(waited.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "just now"


def address_lines(address: Any) -> list[str]:
    """Return an address line by line, whatever form it was given in."""
    if isinstance(address, Mapping):
        town = " ".join(str(address[key]) for key in _TOWN if address.get(key))
        known = [address.get("name"), address.get("street"), town, address.get("region"), address.get("country")]
        return [str(line) for line in (*known, *(address[key] for key in address if key not in _LINES)) if line]
    return str(address).splitlines() if address else []
