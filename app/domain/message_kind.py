"""The one shape of a message kind: what every file in `messages` offers to the relay and the sender."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

from app.domain.events import EventType

Payload = Mapping[str, Any]


class Audience(StrEnum):
    """Whom an event's mail goes to: the member of the payload, or every owner of the business."""

    MEMBER = "member"
    OWNERS = "owners"


class MessageKind(Protocol):
    """A module of `messages`; the words are its templates, `templates/messages/<name>/mail.{txt,html}`.

    The first line of mail.txt is the subject. Beside `words`, the templates have `recipient_name`, `program_name`,
    `business_name`, `business_url`, `base_url` and `colours` (a domain.branding.Palette); mails to members have
    `member_name`, `joined_on` and `card_url` too. A module may set AUDIENCE; without it the mail is the member's. Its
    TOPIC, if it has one (domain.mail_topics), can be stopped by itself.
    """

    EVENT: EventType | None
    """The event that sends it; None for a kind that a service writes itself (services.messages.write_message)."""

    def source_key(self, payload: Payload) -> str | None:
        """Return what somebody gets one such mail for, however often the event is relayed; None for no mail."""
        ...

    def words(self, payload: Payload) -> dict[str, str]:
        """Return what this kind's templates say of the event, as plain text."""
        ...
