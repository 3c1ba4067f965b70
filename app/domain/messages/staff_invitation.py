"""Somebody is asked to come and work for a business; the way in is the link of the mail."""

from datetime import date

from app.domain.events import EventType
from app.domain.message_kind import Payload

EVENT: EventType | None = None
"""Written by services.invitations itself."""

_ROLES = {
    "owner": "as an owner, who may do everything",
    "manager": "as a manager, who runs programs, members and rewards",
    "staff": "as staff at the till",
}


def source_key(payload: Payload) -> str | None:
    """One mail for each time that an invitation is sent."""
    return f"{payload['invitationId']} {payload['edition']}"


def words(payload: Payload) -> dict[str, str]:
    """Who invites whom, as what, and the last day on which the link opens."""
    day = date.fromisoformat(payload["lastDay"])
    return {
        "invited_name": str(payload["name"]),
        "invited_by": str(payload["invitedBy"]),
        "role_words": _ROLES[payload["role"]],
        "last_day": f"{day.day} {day:%B %Y}",
    }
