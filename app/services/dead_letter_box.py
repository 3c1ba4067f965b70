"""Puts away what failed too often: one letter for each thing that failed, opened again when it fails again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.ids import new_id
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.dead_letter import DeadLetter

_LONGEST_REASON = 500


def bury(kind: str, subject_id: UUID, reason: str, attempts: int) -> None:
    """Write the letter, or open the one that a retry had closed. Unique by (business, kind, subject)."""
    fresh = {"reason": reason[:_LONGEST_REASON], "attempts": attempts, "created_at": clock.now(), "resolved_at": None}
    row = {"business_id": current_business_id(), "id": new_id(), "kind": kind, "subject_id": subject_id, **fresh}
    session().execute(
        insert(DeadLetter)
        .values(row)
        .on_conflict_do_update(index_elements=["business_id", "kind", "subject_id"], set_=fresh),
        execution_options={"synchronize_session": False},
    )
