"""Who works for a business, and which keys speak for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.models.api_key import ApiKey
from app.models.invitation import Invitation
from app.models.membership import Membership
from app.models.user import UserAccount
from app.queries.paging import Slice, older_than, slice_of


def staff_member(staff_id: UUID) -> dict[str, Any]:
    """Return one person who works here; NotFound otherwise."""
    row = session().execute(_staff().where(Membership.id == staff_id)).first()
    if row is None:
        raise NotFound
    return _person(row)


def staff_page(cursor: str | None, limit: int) -> Slice:
    """Return the people who work here, the newest first; raises UnknownCursor."""
    query = (
        _staff()
        .where(older_than(Membership.created_at, Membership.id, cursor))
        .order_by(Membership.created_at.desc(), Membership.id.desc())
        .limit(limit + 1)
    )
    return slice_of([_person(row) for row in session().execute(query)], limit, at="createdAt")


def open_invitations() -> list[dict[str, Any]]:
    """Return the invitations that are neither accepted nor revoked, the newest first; the last hundred."""
    is_open = Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)
    rows = session().scalars(
        select(Invitation).where(*is_open).order_by(Invitation.created_at.desc(), Invitation.id.desc()).limit(100)
    )
    return [
        {"id": row.id, "email": row.email, "name": row.name, "role": row.role}
        | {"sentAt": row.sent_at, "expiresAt": row.expires_at}
        for row in rows
    ]


def user(user_id: UUID) -> dict[str, Any]:
    """Return a person's own account."""
    row = session().get_one(UserAccount, user_id)
    return {"id": row.id, "email": row.email, "name": row.name}


def api_keys_page(cursor: str | None, limit: int) -> Slice:
    """Return the keys in use without the keys themselves, the newest first; raises UnknownCursor."""
    query = (
        select(ApiKey)
        .where(ApiKey.business_id == current_business_id(), ApiKey.revoked_at.is_(None))
        .where(older_than(ApiKey.created_at, ApiKey.id, cursor))
        .order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
        .limit(limit + 1)
    )
    return slice_of([_key(row) for row in session().scalars(query)], limit, at="createdAt")


def api_key(key_id: UUID) -> dict[str, Any]:
    """Return one key in use; NotFound otherwise."""
    row = session().get(ApiKey, key_id)
    if row is None or row.business_id != current_business_id() or row.revoked_at is not None:
        raise NotFound
    return _key(row)


def _staff() -> Select[Membership, str]:
    return (
        select(Membership, UserAccount.email)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(Membership.business_id == current_business_id(), Membership.ended_at.is_(None))
    )


def _person(row: Any) -> dict[str, Any]:
    membership, email = row
    return {
        "id": membership.id,
        "userId": membership.user_id,
        "name": membership.name,
        "email": email,
        "role": membership.role,
        "hasPin": membership.pin_hash is not None,
        "version": membership.version,
        "createdAt": membership.created_at,
    }


def _key(row: ApiKey) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "role": row.role,
        "permissions": row.permissions,
        "hint": row.hint,
        "lastUsedAt": row.last_used_at,
        "createdAt": row.created_at,
    }
