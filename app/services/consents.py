"""What members agree to: said and taken back one by one, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.models.consent import Consent
from app.queries.consents import answers_of


def set_consent(member_id: UUID, kind: str, is_given: bool, *, source: str, words: str) -> bool:
    """Write down what a member says to one kind (a consent or a topic of mails), unless they said so before.

    ``words`` is the sentence that was shown, ``source`` where ("join", "profile", "unsubscribe"). Returns whether it
    is news.
    """
    if answers_of(member_id).get(kind) == is_given:
        return False
    row = {"member_id": member_id, "kind": kind, "is_given": is_given, "source": source, "words": words}
    session().add(Consent(id=new_id(), said_at=clock.now(), **row))
    session().flush()
    return True


def set_consents(member_id: UUID, given: Mapping[str, bool], *, source: str, words: Mapping[str, str]) -> list[str]:
    """Write several at once; returns the kinds that changed."""
    said = [(kind, set_consent(member_id, kind, yes, source=source, words=words[kind])) for kind, yes in given.items()]
    return [kind for kind, is_news in said if is_news]
