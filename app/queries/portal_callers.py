"""Which member stands at the door of the portal: the live session behind a cookie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.passwords import digest
from app.core.unit_of_work import session
from app.models.member import Member
from app.models.member_session import MemberSession

_SEEN_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignedInMember:
    """A member on one device; `is_stale` when the session should note that it is in use."""

    member_id: UUID
    session_id: UUID
    name: str
    is_stale: bool


def signed_in_member(secret: str) -> SignedInMember | None:
    """Return the member of the business in scope behind a session's token; None when it is over or nobody's."""
    now = clock.now()
    row = (
        session()
        .execute(
            select(MemberSession.id, MemberSession.member_id, MemberSession.last_seen_at, Member.name)
            .join(Member, Member.id == MemberSession.member_id)
            .where(MemberSession.token_hash == digest(secret), MemberSession.revoked_at.is_(None))
            .where(MemberSession.expires_at > now, Member.erased_at.is_(None))
        )
        .one_or_none()
    )
    if row is None:
        return None
    return SignedInMember(row.member_id, row.id, row.name, row.last_seen_at < now - _SEEN_EVERY)


def devices_of(member_id: UUID) -> list[dict[str, Any]]:
    """Return where a member is signed in, the latest first: {id, agent, lastSeenAt}."""
    live = (
        select(MemberSession.id, MemberSession.agent, MemberSession.last_seen_at)
        .where(MemberSession.member_id == member_id, MemberSession.revoked_at.is_(None))
        .where(MemberSession.expires_at > clock.now())
        .order_by(MemberSession.last_seen_at.desc(), MemberSession.id)
        .limit(20)
    )
    return [{"id": row.id, "agent": row.agent, "lastSeenAt": row.last_seen_at} for row in session().execute(live)]
