"""The dead letters: what failed too often is kept here until somebody lets it try again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import update

from app.core import clock
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.models.dead_letter import DeadLetter
from app.queries import attention
from app.services import audit
from app.services.earning import retry_dead_purchase
from app.services.notifications import retry_dead_message
from app.services.webhook_replays import redeliver_dead

_RETRIES: Mapping[str, tuple[Callable[[UUID], None], str]] = MappingProxyType(
    {
        attention.PURCHASE: (retry_dead_purchase, "purchase.retried"),
        attention.MESSAGE: (retry_dead_message, "message.retried"),
        attention.WEBHOOK_DELIVERY: (redeliver_dead, "webhook_delivery.retried"),
    }
)


def retry_letter(letter_id: UUID, *, actor: Actor) -> None:
    """Close the letter and let what it is about try from the start; it comes back if that fails too often again.

    Raises NotFound for a letter that is closed or unknown, and Conflict for a webhook whose endpoint is disabled. Two
    people at once retry it once.
    """
    closing = (
        update(DeadLetter)
        .where(DeadLetter.id == letter_id, DeadLetter.resolved_at.is_(None))
        .values(resolved_at=clock.now())
        .returning(DeadLetter.kind, DeadLetter.subject_id)
    )
    with session().begin_nested():  # what cannot be retried just now leaves its letter open
        closed = session().execute(closing).one_or_none()
        if closed is None:
            raise NotFound("dead letter")
        retry, action = _RETRIES[closed.kind]
        retry(closed.subject_id)
    audit.record(actor, action, (closed.kind, closed.subject_id))
