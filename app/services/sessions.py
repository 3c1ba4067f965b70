"""Signing in and out: every sign-in is a row, and ending the row ends the access at the next request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from app.core import access_tokens, cache, clock
from app.core.ids import new_id, token
from app.core.passwords import digest, hash_password, needs_rehash, verify_password
from app.core.unit_of_work import after_commit, session
from app.models.business import Business
from app.models.membership import Membership
from app.models.user import UserAccount
from app.models.user_session import UserSession

WEB_LIFETIME = timedelta(hours=20)
API_LIFETIME = timedelta(days=90)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a sign-in comes from, for the list of sessions that a person can look through."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an API sign-in answers; the refresh token is used once and replaced."""

    access_token: str
    refresh_token: str
    user_id: UUID
    business_id: UUID


def authenticate(email: str, password: str) -> UUID | None:
    """Return the user's id if e-mail and password fit an account in use, else None after the same effort."""
    user = session().scalars(select(UserAccount).where(func.lower(UserAccount.email) == email.strip().lower())).first()
    is_right = verify_password(user.password_hash if user else None, password)
    if user is None or not is_right or user.disabled_at is not None:
        return None
    if needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)
    return user.id


def open_web_session(user_id: UUID, visit: Visit, ending: UUID | None = None) -> str:
    """Return the cookie's token for a new session of at most 20 hours; the session it replaces ends."""
    if ending is not None:
        end_session(ending, "replaced")
    secret = token()
    session().add(_session("web", user_id, None, secret, visit))
    return secret


def open_till_session(user_id: UUID, business_id: UUID, device_id: UUID, location_id: UUID | None, visit: Visit) -> str:
    """Return the cookie's token for somebody who has typed their PIN at a till; whoever was signed in there is out."""
    end_till_sessions(device_id, "somebody else signed in")
    secret = token()
    row = _session("till", user_id, business_id, secret, visit)
    row.device_id, row.location_id = device_id, location_id
    session().add(row)
    return secret


def end_till_sessions(device_id: UUID, why: str) -> None:
    """End whatever sign-in a till has: it locks."""
    live = UserSession.device_id == device_id, UserSession.revoked_at.is_(None)
    session().execute(update(UserSession).where(*live).values(revoked_at=clock.now(), revoked_why=why))


def end_till_sessions_of(user_id: UUID, business_id: UUID, why: str) -> None:
    """End somebody's sign-ins at the tills of one business."""
    theirs = UserSession.user_id == user_id, UserSession.business_id == business_id
    live = *theirs, UserSession.kind == "till", UserSession.revoked_at.is_(None)
    session().execute(update(UserSession).where(*live).values(revoked_at=clock.now(), revoked_why=why))


def end_soon(session_id: UUID, at: datetime) -> None:
    """Let a session end at ``at``, unless it ends earlier anyway."""
    found = UserSession.id == session_id, UserSession.expires_at > at
    session().execute(update(UserSession).where(*found).values(expires_at=at))


def open_api_session(user_id: UUID, business_id: UUID | None, visit: Visit) -> Tokens | None:
    """Return tokens for one business of the user's (without an id: the one joined first), None if there is none."""
    query = (
        select(Membership)
        .join(Business, Business.id == Membership.business_id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None), Business.status == "active")
        .order_by(Membership.created_at)
        .limit(1)
    )
    if business_id is not None:
        query = query.where(Membership.business_id == business_id)
    membership = session().scalars(query).first()
    if membership is None:
        return None
    secret = token()
    row = _session("api", user_id, membership.business_id, secret, visit)
    session().add(row)
    return _tokens(row, membership.role, secret)


def refresh(refresh_token: str) -> Tokens | None:
    """Exchange a refresh token for new tokens, once; locks the session's row.

    A token of a live session that is not its newest has been used before: somebody copied it, so the session ends.
    """
    row = _locked_family(refresh_token)
    if row is None or not _is_live(row):
        return None
    if row.token_hash != digest(refresh_token):
        _log.warning("refresh_token_reused", session_id=str(row.id), user_id=str(row.user_id))
        _end(row, "refresh token reused")
        return None
    role = session().scalar(
        select(Membership.role)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(Membership.user_id == row.user_id, Membership.business_id == row.business_id)
        .where(Membership.ended_at.is_(None), UserAccount.disabled_at.is_(None))
    )
    if role is None:
        return None
    secret = token()
    row.token_hash = digest(_refresh_token(row.id, secret))
    row.last_seen_at = clock.now()
    return _tokens(row, role, secret)


def revoke(refresh_token: str) -> None:
    """End the session of a refresh token; an unknown one is no error (RFC 7009)."""
    row = _locked_family(refresh_token)
    if row is not None:
        _end(row, "revoked")


def note_seen(session_id: UUID) -> None:
    """Note that a browser session is in use; called at most once a minute."""
    session().execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=clock.now()))


def change_password(user_id: UUID, old: str, new: str) -> bool:
    """Set a new password if the old one fits; every session of the person ends, this one too."""
    user = session().get_one(UserAccount, user_id, with_for_update=True)
    if not verify_password(user.password_hash, old):
        return False
    user.password_hash = hash_password(new)
    end_sessions_of(user_id, "password changed")
    return True


def end_session(session_id: UUID, why: str) -> None:
    """End one session; its cached answer goes with the commit."""
    row = session().get(UserSession, session_id)
    if row is not None:
        _end(row, why)


def end_sessions_of(user_id: UUID, why: str, business_id: UUID | None = None) -> None:
    """End the user's sessions everywhere, or those of the API in one business and all of browsers."""
    rows = session().scalars(
        select(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    )
    for row in rows:
        if business_id is None or row.business_id in (None, business_id):
            _end(row, why)


def _session(kind: str, user_id: UUID, business_id: UUID | None, secret: str, visit: Visit) -> UserSession:
    now = clock.now()
    session_id = new_id()
    return UserSession(
        id=session_id,
        kind=kind,
        token_hash=digest(_refresh_token(session_id, secret) if kind == "api" else secret),
        user_id=user_id,
        business_id=business_id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + (API_LIFETIME if kind == "api" else WEB_LIFETIME),
        address=visit.address,
        agent=visit.agent[:200],
    )


def _tokens(row: UserSession, role: str, secret: str) -> Tokens:
    assert row.business_id is not None
    access = access_tokens.issue(row.user_id, row.id, row.business_id, role)
    return Tokens(access, _refresh_token(row.id, secret), row.user_id, row.business_id)


def _refresh_token(session_id: UUID, secret: str) -> str:
    """Return a token that names its session, so that every old one of it is recognized, not only the last."""
    return f"rt_{session_id.hex}_{secret}"


def _locked_family(refresh_token: str) -> UserSession | None:
    prefix, _, rest = refresh_token.partition("_")
    try:
        session_id = UUID(hex=rest[:32])
    except ValueError:
        return None
    if prefix != "rt":
        return None
    return (
        session()
        .scalars(select(UserSession).where(UserSession.id == session_id, UserSession.kind == "api").with_for_update())
        .first()
    )


def _is_live(row: UserSession) -> bool:
    return row.revoked_at is None and row.expires_at > clock.now()


def _end(row: UserSession, why: str) -> None:
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        row.revoked_why = why
    if row.business_id is not None:
        business_id, key = row.business_id, f"session:{row.id}"
        after_commit(lambda: cache.delete(business_id, key))
