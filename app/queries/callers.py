"""Who stands at a door: the live session or key behind a token, remembered for at most five seconds.

Ending a session or key, or changing a role, deletes what is remembered (services.sessions, api_keys, staff).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import cache, clock
from app.core.access_tokens import Claims
from app.core.limits import Allowance, hit_if_kept
from app.core.passwords import digest
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.permissions import Caller, Role, granted
from app.models.api_key import ApiKey
from app.models.business import Business
from app.models.membership import Membership
from app.models.user import UserAccount
from app.models.user_session import UserSession

KEY_PREFIX = "rk_"

_REMEMBERED_SECONDS = 5
WEB_IDLE = timedelta(hours=12)
_ENCODED_ID = 22


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person on the pages; `is_stale` when the row should note that they were here."""

    user_id: UUID
    session_id: UUID
    name: str
    email: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Remembered:
    """A caller who was kept, what their business's limit leaves, and the values that were read along."""

    caller: Caller
    allowance: Allowance | None
    along: Sequence[bytes | None]

    @property
    def is_within_limit(self) -> bool:
        """Say whether the hit that was counted was allowed."""
        return self.allowance is None or not self.allowance.is_over


def remembered(
    business_id: UUID, key: str, limit: str, limit_name: str, along: Sequence[str] = ()
) -> Remembered | None:
    """Return the caller kept under "session:<id>" or "key:<digest>", counted against the business's limit.

    For nobody nothing is counted: whoever cannot show a live token uses up nobody's limit.
    """
    found = hit_if_kept(cache.name(business_id, key), limit, limit_name, str(business_id), along=along)
    if found is None:
        return None
    return Remembered(_caller(business_id, found.value), found.allowance, found.along)


def by_session(claims: Claims) -> Caller | None:
    """Return the caller behind an access token whose session, account, membership and business are all alive."""
    row = (
        session()
        .execute(
            select(UserAccount.name, UserAccount.email, Membership.role)
            .join(UserSession, UserSession.user_id == UserAccount.id)
            .join(Membership, Membership.user_id == UserAccount.id)
            .join(Business, Business.id == Membership.business_id)
            .where(UserSession.id == claims.session_id, UserSession.kind == "api", UserSession.revoked_at.is_(None))
            .where(UserSession.business_id == claims.business_id, UserSession.expires_at > clock.now())
            .where(UserAccount.id == claims.user_id, UserAccount.disabled_at.is_(None))
            .where(Membership.business_id == claims.business_id, Membership.ended_at.is_(None))
            .where(Business.status == "active")
        )
        .first()
    )
    if row is None:
        return None
    facts = {"kind": "user", "id": str(claims.user_id), "name": row.name or row.email, "role": row.role}
    facts["session"] = str(claims.session_id)
    return _remember(claims.business_id, f"session:{claims.session_id}", facts)


def by_api_key(business_id: UUID, key: str) -> Caller | None:
    """Return the caller behind an API key of this business that has not been revoked."""
    row = (
        session()
        .execute(
            select(ApiKey.id, ApiKey.name, ApiKey.role, ApiKey.permissions)
            .join(Business, Business.id == ApiKey.business_id)
            .where(ApiKey.key_hash == digest(key), ApiKey.business_id == business_id, ApiKey.revoked_at.is_(None))
            .where(Business.status == "active")
        )
        .first()
    )
    if row is None:
        return None
    facts = {"kind": "api_key", "id": str(row.id), "name": row.name, "role": row.role, "only": row.permissions}
    return _remember(business_id, key_cache_name(digest(key)), facts)


def key_cache_name(key_hash: bytes) -> str:
    """Return where a key's caller is remembered."""
    return f"key:{key_hash.hex()}"


def business_of_key(key: str) -> UUID | None:
    """Return the business that an API key names in itself, so that its scope can be opened before the look-up."""
    encoded = key.removeprefix(KEY_PREFIX)[:_ENCODED_ID]
    try:
        return UUID(bytes=base64.urlsafe_b64decode(f"{encoded}=="))
    except (ValueError, binascii.Error):
        return None


def visitor(secret: str) -> Visitor | None:
    """Return the person behind a session cookie: idle 12 hours or 20 hours old is over."""
    now = clock.now()
    row = (
        session()
        .execute(
            select(UserAccount.id, UserAccount.name, UserAccount.email, UserSession.id, UserSession.last_seen_at)
            .join(UserSession, UserSession.user_id == UserAccount.id)
            .where(
                UserSession.token_hash == digest(secret), UserSession.kind == "web", UserSession.revoked_at.is_(None)
            )
            .where(UserSession.expires_at > now, UserSession.last_seen_at > now - WEB_IDLE)
            .where(UserAccount.disabled_at.is_(None))
        )
        .first()
    )
    if row is None:
        return None
    return Visitor(row[0], row[3], row[1] or row[2], row[2], now - row[4] > timedelta(minutes=1))


def at_business(person: Visitor, slug: str) -> Caller | None:
    """Return what a signed-in person is to the business at this address, or None: unknown and stranger's are alike."""
    row = (
        session()
        .execute(
            select(Business.id, Membership.role, Membership.name)
            .join(Membership, Membership.business_id == Business.id)
            .where(Business.slug == slug, Business.status == "active")
            .where(Membership.user_id == person.user_id, Membership.ended_at.is_(None))
        )
        .first()
    )
    if row is None:
        return None
    role = Role(row[1])
    actor = Actor("user", person.user_id, row[2] or person.name)
    return Caller(row[0], actor, role, granted(role), person.user_id, person.session_id)


def businesses_of(user_id: UUID) -> list[tuple[str, str, str]]:
    """Return (slug, name, role) of the businesses a person works for, by name."""
    rows = session().execute(
        select(Business.slug, Business.name, Membership.role)
        .join(Membership, Membership.business_id == Business.id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None), Business.status == "active")
        .order_by(Business.name)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _remember(business_id: UUID, key: str, facts: dict[str, Any]) -> Caller:
    cache.put(business_id, key, facts, _REMEMBERED_SECONDS)
    return _caller(business_id, facts)


def _caller(business_id: UUID, facts: dict[str, Any]) -> Caller:
    role = Role(facts["role"])
    principal = UUID(facts["id"])
    actor = Actor(facts["kind"], principal, facts["name"])
    session_id = UUID(facts["session"]) if "session" in facts else None
    return Caller(business_id, actor, role, granted(role, facts.get("only")), principal, session_id)
