"""The dead letters: what failed too often is kept here until somebody lets it try again."""

from __future__ import annotations

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


def retry_letter(letter_id: UUID, *, actor: Actor) -> None:
    """Close the letter and let its purchase try from the start; it comes back if that fails five times again.

    Raises NotFound for a letter that is closed, unknown, or not about a purchase. Two people at once retry it once.
    """
    purchase_id = attention.open_purchase_id(letter_id)
    closing = update(DeadLetter).where(DeadLetter.id == letter_id, DeadLetter.resolved_at.is_(None))
    closed = session().execute(closing.values(resolved_at=clock.now()).returning(DeadLetter.id)).all()
    if purchase_id is None or not closed:
        raise NotFound("dead letter")
    retry_dead_purchase(purchase_id)
    audit.record(actor, "purchase.retried", ("purchase", purchase_id))
