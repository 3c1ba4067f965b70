"""Sends the messages that wait: claimed by a lease, counted in the database, dead-lettered after the last try."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update

from app.adapters.mailer import Mail, Mailer
from app.core import clock
from app.core.account_links import AccountLink, Purpose, account_token
from app.core.unit_of_work import session
from app.domain.message_registry import TOPICS
from app.models.member import Member
from app.models.membership import Membership
from app.models.message import Message
from app.models.program import Program
from app.models.user import UserAccount
from app.queries.consents import refusals
from app.queries.statements import AnySelect
from app.services import due
from app.services.dead_letter_box import bury

LEASE = timedelta(seconds=60)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900))
"""How long a message waits after each failed try; the one after the last pause is the last."""
LAST_ATTEMPT = len(PAUSES) + 1
BATCH = 16
"""Few enough that all are sent well within their lease, even when every receiver is slow."""

LINK_LIFETIMES = {Purpose.RESET: timedelta(hours=1), Purpose.DRAFT: timedelta(days=7)}

_OPEN = ("waiting", "sending")
_LONGEST_ERROR = 500


_WITH_RECIPIENT: AnySelect = (
    select(
        Message,
        func.coalesce(Member.email, UserAccount.email, Message.address),
        func.coalesce(Member.name, func.nullif(Membership.name, ""), UserAccount.name),
        Member.joined_at,
        UserAccount.id,
        UserAccount.password_hash,
    )
    .outerjoin(Member, Member.id == Message.member_id)
    .outerjoin(
        Membership,
        and_(
            Membership.business_id == Message.business_id,
            Membership.user_id == Message.user_id,
            Membership.ended_at.is_(None),
        ),
    )
    .outerjoin(UserAccount, and_(UserAccount.id == Membership.user_id, UserAccount.disabled_at.is_(None)))
)
"""A message with the address and the name it goes to; whoever has left the business has no address here any more."""


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message that this process may send until the lease ends; ``fence`` proves the claim when it is settled.

    ``link`` is the token of a signed link (core.account_links), for mails that have one.
    """

    id: UUID
    kind: str
    fence: int
    attempts: int
    member_id: UUID | None
    recipient: str
    recipient_name: str
    joined_at: datetime | None
    program_name: str
    context: dict[str, Any]
    link: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """What a message says; ``unsubscribe_url`` is "" where there is nothing to stop."""

    subject: str
    text: str
    html: str
    unsubscribe_url: str


def claim_messages() -> list[ClaimedMessage]:
    """Claim up to 16 messages that wait, or whose lease is over; those without an address are skipped for good,
    and those to members who have stopped all mails about their card, or this topic.

    One that is still open after its last try has ended the worker each time: it is dead-lettered unsent.
    """
    now = clock.now()
    rows = (
        session()
        .execute(
            _WITH_RECIPIENT.where(
                Message.state.in_(_OPEN), or_(Message.lease_until.is_(None), Message.lease_until < now)
            )
            .order_by(Message.id)
            .limit(BATCH)
            .with_for_update(of=Message, skip_locked=True)
        )
        .all()
    )
    names = _program_names([row.Message for row in rows])
    refused = refusals({row.Message.member_id for row in rows if row.Message.member_id})
    claimed = []
    for message, address, name, joined_at, user_id, password_hash in rows:
        if not address or _stopping(message) & refused:
            message.state = "skipped"
        elif message.attempts >= LAST_ATTEMPT:
            message.state = "dead"
            bury("message", message.id, message.error or "the worker ended while it was sent", message.attempts)
        else:
            _claim(message, now)
            program_name = names.get(message.context.get("programId", ""), "")
            claim = (message.id, message.kind, message.fence, message.attempts)
            who = (message.member_id, address, name or "", joined_at)
            link = _link(message, user_id, password_hash) if user_id else None
            claimed.append(ClaimedMessage(*claim, *who, program_name, message.context, link))
    return claimed


def retry_dead_message(message_id: UUID) -> None:
    """Let a dead-lettered message try from the start; a late answer of an earlier try settles nothing."""
    session().execute(
        update(Message)
        .where(Message.id == message_id, Message.state == "dead")
        .values(state="waiting", attempts=0, error="", lease_until=None, fence=Message.fence + 1)
    )
    due.announce("notifications", queue="notifications", job="notifications.send_messages")


def send_message(mailer: Mailer, message: ClaimedMessage, sender_name: str, written: WrittenMail) -> str:
    """Hand one claimed message to the mailer, outside any transaction; returns the error, empty when it went out."""
    words = (written.subject, written.text, written.html, written.unsubscribe_url)
    try:
        mailer.send(Mail(str(message.id), sender_name, message.recipient, *words))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return str(error) or type(error).__name__
    return ""


def settle_message(message: ClaimedMessage, error: str) -> None:
    """Record what became of a claimed message: sent, to be tried again after a pause, or dead after the fifth try.

    A claim that was taken over in the meantime changes nothing.
    """
    values: dict[str, Any] = {"state": "sent", "sent_at": clock.now(), "lease_until": None, "error": ""}
    if error and message.attempts < LAST_ATTEMPT:
        values = {"state": "waiting", "lease_until": clock.now() + PAUSES[message.attempts - 1]}
    elif error:
        values = {"state": "dead", "lease_until": None}
    settled = session().execute(
        update(Message)
        .where(Message.id == message.id, Message.fence == message.fence)
        .values(**{"error": error[:_LONGEST_ERROR], **values})
        .returning(Message.state)
    )
    if settled.scalar() == "dead":
        bury("message", message.id, error, message.attempts)


def next_due_at() -> datetime | None:
    """When the first open message of the business in scope may be claimed; None when none is open."""
    now = clock.now()
    first = select(func.min(func.coalesce(Message.lease_until, now))).where(Message.state.in_(_OPEN))
    return session().scalar(first)


def _stopping(message: Message) -> set[tuple[UUID | None, str]]:
    """The words by which its member would have stopped a message."""
    topic = TOPICS.get(message.kind)
    return {(message.member_id, kind) for kind in ("card_mail", *([topic.value] if topic else []))}


def _claim(message: Message, now: datetime) -> None:
    message.state, message.lease_until = "sending", now + LEASE
    message.attempts += 1
    message.fence += 1


def _link(message: Message, user_id: UUID, password_hash: str) -> str | None:
    """Make the token that a mail about an account asks for: only when it is sent, so that no row ever holds it."""
    if "link" not in message.context:
        return None
    purpose = Purpose(message.context["link"])
    thing_id = message.context.get("thingId")
    about = (message.business_id, UUID(thing_id)) if thing_id else (None, None)
    return account_token(AccountLink(purpose, user_id, clock.now() + LINK_LIFETIMES[purpose], *about), password_hash)


def _program_names(messages: list[Message]) -> dict[str, str]:
    ids = {UUID(message.context["programId"]) for message in messages if "programId" in message.context}
    if not ids:
        return {}
    return {
        str(row.id): row.name for row in session().execute(select(Program.id, Program.name).where(Program.id.in_(ids)))
    }
