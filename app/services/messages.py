"""Leaves mails to be sent: to members, to people who work for the business, or to plain addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core import clock
from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.models.message import Message
from app.services import due


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to: exactly one of the three; a user must have a place in the business in scope."""

    member_id: UUID | None = None
    user_id: UUID | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A mail of a kind (domain.messages) to somebody about one fact; ``context`` is what its ``words`` read."""

    kind: str
    recipient: Recipient
    source_key: str
    context: Mapping[str, Any]


def write_message(kind: str, recipient: Recipient, source_key: str, context: Mapping[str, Any]) -> None:
    """Leave one mail; the same (recipient, kind, source key) again changes nothing."""
    write_messages([NewMessage(kind, recipient, source_key, context)])


def write_messages(messages: Iterable[NewMessage]) -> None:
    """Leave many mails in one statement and ring the sender after the commit."""
    rows = [_row(message) for message in messages]
    if rows:
        insert_rows(Message, rows, on_conflict_do_nothing=True)
        due.announce("notifications", queue="notifications", job="notifications.send_messages")


def _row(message: NewMessage) -> dict[str, Any]:
    return {
        "id": new_id(),
        "member_id": message.recipient.member_id,
        "user_id": message.recipient.user_id,
        "address": message.recipient.address,
        "kind": message.kind,
        "source_key": message.source_key,
        "context": message.context,
        "state": "waiting",
        "attempts": 0,
        "fence": 0,
        "error": "",
        "created_at": clock.now(),
    }
