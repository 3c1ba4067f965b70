"""Reads accounts for mails about them: where one may be written to, and what a mailed link proves."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.core import clock
from app.core.account_links import AccountLink, Purpose, read_account_link, user_of_token
from app.core.unit_of_work import session
from app.models.business import Business
from app.models.membership import Membership
from app.models.user import UserAccount


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An account that may be written to, and the business in whose name that is done: the one joined first."""

    user_id: UUID
    business_id: UUID


def mailbox(email: str) -> Mailbox | None:
    """Return the mailbox behind an e-mail address; None for strangers, and for accounts that are not in use."""
    found = (
        select(UserAccount.id, Membership.business_id)
        .join(Membership, Membership.user_id == UserAccount.id)
        .join(Business, Business.id == Membership.business_id)
        .where(func.lower(UserAccount.email) == email.strip().lower(), UserAccount.disabled_at.is_(None))
        .where(Membership.ended_at.is_(None), Business.status == "active")
        .order_by(Membership.created_at)
        .limit(1)
    )
    row = session().execute(found).first()
    return None if row is None else Mailbox(row[0], row[1])


def genuine_link(token: str, purpose: Purpose) -> AccountLink | None:
    """Return what a mailed link says if it is ours, still good, and its account is in use."""
    account = session().get(UserAccount, user_of_token(token) or UUID(int=0))
    if account is None or account.disabled_at is not None:
        return None
    return read_account_link(token, purpose, account.password_hash, clock.now())


def slug_for(user_id: UUID, business_id: UUID) -> str | None:
    """Return the address of a business that a user works for; None if they do not, or do not any more."""
    found = (
        select(Business.slug)
        .join(Membership, Membership.business_id == Business.id)
        .where(Business.id == business_id, Business.status == "active")
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
    )
    return session().scalar(found)
