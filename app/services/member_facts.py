"""Events about a member whose lock is held: numbered by the member, written with what they tell of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.events import EventType
from app.models.member import Member
from app.services import outbox


def tell(member: Member, event_type: EventType, payload: Mapping[str, Any]) -> None:
    """Write one event with the member's next sequence number; the payload gets their id."""
    member.event_sequence += 1
    body = {"memberId": member.id, **payload}
    outbox.record(outbox.Fact(event_type, "member", member.id, member.event_sequence, body))
