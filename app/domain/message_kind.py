"""The one shape of a message kind: what every file in `messages` offers to the relay and the sender."""

from collections.abc import Mapping
from typing import Any, Protocol

from app.domain.events import EventType

Payload = Mapping[str, Any]


class MessageKind(Protocol):
    """A module of `messages`; the words are its templates, `templates/messages/<name>/mail.{txt,html}`.

    The first line of mail.txt is the subject. Beside `words`, the templates have `member_name`, `joined_on`,
    `program_name`, `business_name`, `card_url` and `colours` (a domain.branding.Palette).
    """

    EVENT: EventType

    def source_key(self, payload: Payload) -> str:
        """Return what a member gets one such mail for, however often the event is relayed."""
        ...

    def words(self, payload: Payload) -> dict[str, str]:
        """Return what this kind's templates say of the event, as plain text."""
        ...
