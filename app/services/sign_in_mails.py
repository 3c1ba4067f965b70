"""Sends the codes that were asked for: finds out whose they are, and forgets what strangers typed."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from app.adapters.mailer import Mail, Mailer
from app.core import clock
from app.core.sign_in_codes import code_of, link_of
from app.core.unit_of_work import session
from app.models.member import Member
from app.models.sign_in_challenge import SignInChallenge

LEASE = timedelta(seconds=30)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 20, 60))
"""How long a code waits after each failed try; a code that is ten minutes old is worth nothing."""
LAST_ATTEMPT = len(PAUSES) + 1
BATCH = 16
KEPT_FOR = timedelta(days=1)

_OPEN = ("waiting", "sending")
_LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class ClaimedCode:
    """A code that this process may send until the lease ends; ``fence`` proves the claim when it is settled."""

    id: UUID
    fence: int
    attempts: int
    recipient: str
    member_name: str
    joined_at: datetime
    code: str
    link: str
    is_change: bool


def claim_codes() -> list[ClaimedCode]:
    """Claim up to 16 codes that wait; those of strangers, and of members without an address, end here unsent."""
    now = clock.now()
    session().execute(delete(SignInChallenge).where(SignInChallenge.expires_at < now - KEPT_FOR))
    rows = session().scalars(
        select(SignInChallenge)
        .where(SignInChallenge.state.in_(_OPEN))
        .where(or_(SignInChallenge.lease_until.is_(None), SignInChallenge.lease_until < now))
        .order_by(SignInChallenge.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    claimed = [_claimed(row, _whose(row), now) for row in rows]
    return [one for one in claimed if one is not None]


def send_code(mailer: Mailer, claimed: ClaimedCode, *, sender_name: str, subject: str, text: str, html: str) -> str:
    """Hand one code to the mailer, outside any transaction; returns the error, empty when it went out."""
    try:
        mailer.send(Mail(str(claimed.id), sender_name, claimed.recipient, subject, text, html))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return str(error) or type(error).__name__
    return ""


def settle_code(claimed: ClaimedCode, error: str) -> None:
    """Record what became of a claimed code; a claim that was taken over in the meantime changes nothing."""
    values: dict[str, Any] = {"state": "sent", "lease_until": None, "contact": ""}
    if error and claimed.attempts < LAST_ATTEMPT:
        values = {"state": "waiting", "lease_until": clock.now() + PAUSES[claimed.attempts - 1]}
    elif error:
        values = {"state": "dead", "lease_until": None, "contact": ""}
    mine = (SignInChallenge.id == claimed.id, SignInChallenge.fence == claimed.fence)
    session().execute(update(SignInChallenge).where(*mine).values(error=error[:_LONGEST_ERROR], **values))


def next_due_at() -> datetime | None:
    """When the first open code of the business in scope may be claimed; None when none is open."""
    now = clock.now()
    first = select(func.min(func.coalesce(SignInChallenge.lease_until, now)))
    return session().scalar(first.where(SignInChallenge.state.in_(_OPEN)))


def _whose(row: SignInChallenge) -> Member | None:
    """The member behind a challenge: the signed-in one, else whoever has what was typed."""
    if row.member_id is not None:
        found = Member.id == row.member_id
    else:
        found = (Member.email if "@" in row.contact else Member.phone) == row.contact
    return session().scalars(select(Member).where(found, Member.erased_at.is_(None))).one_or_none()


def _claimed(row: SignInChallenge, member: Member | None, now: datetime) -> ClaimedCode | None:
    address = _address(row, member)
    if member is None or not address or row.expires_at <= now or row.attempts >= LAST_ATTEMPT:
        row.state, row.contact, row.lease_until = "skipped", "", None
        return None
    row.member_id = member.id
    row.state, row.lease_until = "sending", now + LEASE
    row.attempts += 1
    row.fence += 1
    claim = (row.id, row.fence, row.attempts)
    who = (address, member.name, member.joined_at)
    return ClaimedCode(*claim, *who, code_of(row.nonce), link_of(row.nonce), row.change is not None)


def _address(row: SignInChallenge, member: Member | None) -> str | None:
    """A new e-mail address has to prove itself; everything else goes to the one that is known."""
    if row.change and row.change.get("email"):
        return str(row.change["email"])
    return member.email if member else None
