"""Sends the messages that wait: claimed by a lease, counted in the database, dead-lettered after the last try."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from app.adapters.mailer import Mail, Mailer
from app.core import clock
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.business import Business
from app.models.member import Member
from app.models.message import Message
from app.services.dead_letter_box import bury

LEASE = timedelta(seconds=60)
LAST_ATTEMPT = 5
BATCH = 50


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message that this process may send until the lease ends; ``fence`` proves the claim when it is settled."""

    id: UUID
    kind: str
    fence: int
    recipient: str
    member_name: str
    business: dict[str, str]
    context: dict[str, Any]


def claim_messages() -> list[ClaimedMessage]:
    """Claim up to 50 messages that wait or whose lease is over; those without an address are skipped for good."""
    now = clock.now()
    is_free = or_(Message.state == "waiting", and_(Message.state == "sending", Message.lease_until < now))
    rows = session().execute(
        select(Message, Member.email, Member.name)
        .join(Member, and_(Member.business_id == Message.business_id, Member.id == Message.member_id))
        .where(is_free)
        .order_by(Message.id)
        .limit(BATCH)
        .with_for_update(of=Message, skip_locked=True)
    )
    business = _business()
    claimed = []
    for message, email, name in rows:
        if not email:
            message.state = "skipped"
        elif message.attempts >= LAST_ATTEMPT:
            _bury(message)
        else:
            message.state, message.lease_until = "sending", now + LEASE
            message.attempts += 1
            message.fence += 1
            claimed.append(
                ClaimedMessage(message.id, message.kind, message.fence, email, name, business, message.context)
            )
    return claimed


def send_message(mailer: Mailer, message: ClaimedMessage, *, subject: str, text: str, html: str) -> str:
    """Hand one claimed message to the mailer, outside any transaction; returns the error, empty when it went out."""
    sender = f"{message.business['name']} <{message.business['sender']}>"
    try:
        mailer.send(Mail(str(message.id), sender, message.recipient, subject, text, html))
    except (OSError, smtplib.SMTPException) as error:
        return str(error) or type(error).__name__
    return ""


def settle_message(message: ClaimedMessage, error: str) -> None:
    """Record what became of a claimed message; a claim that was taken over in the meantime changes nothing."""
    values: dict[str, Any] = {"state": "sent", "sent_at": clock.now(), "lease_until": None, "error": ""}
    if error:
        values = {"state": "waiting", "lease_until": None, "error": error[:500]}
    session().execute(update(Message).where(Message.id == message.id, Message.fence == message.fence).values(**values))


def _bury(message: Message) -> None:
    message.state = "dead"
    bury("message", message.id, message.error, message.attempts)


def _business() -> dict[str, str]:
    business = session().get_one(Business, current_business_id())
    return {"name": business.name, "slug": business.slug, "sender": f"{business.slug}@regulars.invalid"}
