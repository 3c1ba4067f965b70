"""Reads members: one, the newest, and those whom a search finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from app.core import clock
from app.core.hot_statements import fetch
from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.models.member import Member
from app.queries.member_search import MemberFilter, conditions
from app.queries.paging import Slice, older_than, slice_of
from app.queries.statements import AnySelect

_MEMBERS: AnySelect = select(
    Member.id,
    Member.name,
    Member.email,
    Member.phone,
    Member.birthday,
    Member.external_id,
    Member.code,
    Member.referral_code,
    Member.referred_by,
    Member.status,
    Member.attributes.label("attributes"),
    Member.joined_at,
    Member.last_purchase_at,
    Member.version,
).where(Member.erased_at.is_(None))
"""Every public column; the private multiplier is on one page of its own and nowhere else (RULES 6)."""
_ONE_MEMBER = _MEMBERS.where(Member.id == bindparam("member_id"))
_KNOWN = select(Member.id).where(Member.id == bindparam("member_id"), Member.erased_at.is_(None))


def member(member_id: UUID) -> dict[str, Any]:
    """The member object of API.md; instants, days and ids are not yet text. Raises NotFound (also once erased)."""
    rows = fetch(_ONE_MEMBER, {"member_id": member_id})
    if not rows:
        raise NotFound("member")
    return _member_object(rows[0]._mapping)


def members_of(ids: set[UUID]) -> dict[UUID, dict[str, Any]]:
    """Several members by id; who is unknown or erased is absent."""
    rows = session().execute(_MEMBERS.where(Member.id.in_(ids)))
    return {row.id: _member_object(row._mapping) for row in rows}


def members_slice(
    *,
    q: str | None = None,
    status: str | None = None,
    segment: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Slice:
    """The newest members first, by cursor; one statement.

    ``q`` is matched by the beginnings of words: each word of it must begin one of the member's (domain.member_words).
    Raises UnknownCursor.
    """
    filters = [
        *conditions(MemberFilter(q=q or "", status=status, segment=segment), clock.now()),
        older_than(Member.joined_at, Member.id, cursor),
    ]
    newest = _MEMBERS.where(*filters).order_by(Member.joined_at.desc(), Member.id.desc()).limit(limit + 1)
    rows = [_member_object(row._mapping) for row in session().execute(newest)]
    return slice_of(rows, limit, at="joinedAt")


def require_member(member_id: UUID) -> None:
    """Raise NotFound unless the member exists."""
    if not fetch(_KNOWN, {"member_id": member_id}):
        raise NotFound("member")


def _member_object(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "email": row["email"],
        "phone": row["phone"],
        "birthday": row["birthday"],
        "externalId": row["external_id"],
        "code": row["code"],
        "referralCode": row["referral_code"],
        "referredBy": row["referred_by"],
        "status": row["status"],
        "metadata": row["attributes"],
        "joinedAt": row["joined_at"],
        "lastPurchaseAt": row["last_purchase_at"],
        "version": row["version"],
    }
