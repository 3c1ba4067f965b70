"""The events of a settling: each with the member's next sequence number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.events import EventType
from app.services.earning_work import MemberWork, Work
from app.services.outbox import Fact


def note(
    work: Work, member: MemberWork, event_type: EventType, payload: Mapping[str, Any], *, is_historical: bool
) -> None:
    """Add one event about a member; history that was brought in later is marked, so that it sends no message."""
    member.event_sequence += 1
    body: dict[str, Any] = {"memberId": member.id, **payload}
    if is_historical:
        body["historical"] = True
    work.facts.append(Fact(event_type, "member", member.id, member.event_sequence, body))
