"""Members sign in by a mailed code or link: asked for by anybody, sent to members alone, good for ten minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from app.core import clock
from app.core.ids import new_id, token
from app.core.passwords import digest
from app.core.queue import ring
from app.core.sign_in_codes import fits, new_nonce
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.errors import ValidationErrors
from app.domain.member_ref import MemberRef
from app.models.member import Member
from app.models.member_session import MemberSession
from app.models.sign_in_challenge import SignInChallenge
from app.services import due
from app.services.member_keys import home_country, normal_key

LIFETIME = timedelta(minutes=10)
TRIES = 5
SESSION_LIFETIME = timedelta(days=180)
LONGEST_CONTACT = 254

_LONGEST_AGENT = 200


def normal_contact(text: str) -> MemberRef:
    """Return how a typed e-mail address or phone number names a member, in the form in which members keep it.

    Raises ValidationErrors for ``contact``.
    """
    text = text.strip()[:LONGEST_CONTACT]
    ref = MemberRef(email=text) if "@" in text else MemberRef(phone=text)
    value = normal_key(ref, home_country()) if text else None
    if value is None:
        raise ValidationErrors({"contact": [_what_is_missing(text)]})
    return MemberRef(email=str(value)) if ref.email else MemberRef(phone=str(value))


def ask_for_code(contact: MemberRef) -> UUID:
    """Write down that somebody wants in, and have a worker find out whether that is a member; returns the challenge.

    The same rows and rings for members and strangers, so neither time nor answer tells one from the other (C-76).
    """
    return challenge(contact.email or contact.phone or "")


def challenge(contact: str, *, member_id: UUID | None = None, change: dict[str, Any] | None = None) -> UUID:
    """Write one challenge and ring for its mail, before all other mails. With ``change`` it is a signed-in member's."""
    now = clock.now()
    row = SignInChallenge(
        id=new_id(),
        contact=contact,
        member_id=member_id,
        change=change,
        nonce=new_nonce(),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session().add(row)
    due.leave("sign_in")
    ring("notifications", "sign_in.send_codes", current_business_id(), is_urgent=True)
    return row.id


def open_session(challenge_id: UUID, given: str, agent: str) -> str | None:
    """Return the cookie's token for a new session of 180 days if the code or the link's secret fits, else None.

    Counts a try; the fifth wrong one is the last. Locks the challenge: one code makes one session.
    """
    row = answered(challenge_id, given)
    if row is None or row.member_id is None or row.change is not None:
        return None
    if not _confirm_email(row.member_id):
        return None
    now, secret = clock.now(), token()
    session().add(
        MemberSession(
            id=new_id(),
            member_id=row.member_id,
            token_hash=digest(secret),
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LIFETIME,
            agent=agent[:_LONGEST_AGENT],
        )
    )
    return secret


def answered(challenge_id: UUID, given: str) -> SignInChallenge | None:
    """Count a try and return the challenge, used up, if the code fits and is still good; else None."""
    found = select(SignInChallenge).where(SignInChallenge.id == challenge_id).with_for_update()
    row = session().scalars(found).one_or_none()
    is_right = fits(row.nonce if row else None, given)
    if row is None or row.used_at is not None or row.tries >= TRIES:
        return None
    row.tries += 1
    if not is_right or row.member_id is None or row.expires_at <= clock.now():
        return None
    row.used_at = clock.now()
    return row


def _confirm_email(member_id: UUID) -> bool:
    """Note that a member has read what was mailed to them; False when they are erased."""
    known = update(Member).where(Member.id == member_id, Member.erased_at.is_(None))
    noted = session().execute(known.values(confirmed_email=Member.email).returning(Member.id))
    return noted.first() is not None


def note_seen(session_id: UUID) -> None:
    """Note that a session is in use; called at most once a day."""
    session().execute(update(MemberSession).where(MemberSession.id == session_id).values(last_seen_at=clock.now()))


def end_session(session_id: UUID, why: str) -> None:
    """End one session; it may have ended before."""
    _end(why, MemberSession.id == session_id)


def end_sessions_of(member_id: UUID, why: str, *, besides: UUID | None = None) -> None:
    """End a member's sessions on all devices, or on all but one."""
    _end(why, MemberSession.member_id == member_id, MemberSession.id != (besides or UUID(int=0)))


def forget_sign_ins(member_id: UUID) -> None:
    """Delete every session and challenge of a member: whoever is erased is signed out, and no device is remembered."""
    session().execute(delete(MemberSession).where(MemberSession.member_id == member_id))
    session().execute(delete(SignInChallenge).where(SignInChallenge.member_id == member_id))


def _end(why: str, *which: ColumnElement[bool]) -> None:
    ended = update(MemberSession).where(*which, MemberSession.revoked_at.is_(None))
    session().execute(ended.values(revoked_at=clock.now(), revoked_why=why))


def _what_is_missing(text: str) -> str:
    if not text:
        return "Enter your phone number or e-mail address"
    if "@" in text:
        return "Enter an e-mail address such as name@example.com"
    return "Enter a phone number in the correct format, or an e-mail address"
