"""What is due, across all businesses: the only thing that sweeps look at, and it tells nothing of the work."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from app.core.hot_statements import fetch
from app.core.unit_of_work import session
from app.models.due import Due

_EVER = datetime.min.replace(tzinfo=UTC)
DUE_IDS = select(Due.id).where(
    Due.business_id == bindparam("business_id"),
    Due.kind == bindparam("kind"),
    Due.due_at <= bindparam("until"),
    Due.due_at > bindparam("after"),
)


def due_by(business_id: UUID, kind: str, until: datetime, after: datetime | None = None) -> dict[str, object]:
    """Return what `DUE_IDS` is given."""
    return {"business_id": business_id, "kind": kind, "until": until, "after": after or _EVER}


def due_now(at: datetime) -> list[tuple[UUID, str]]:
    """Return each (business, kind) with something due; for a platform session."""
    rows = session().execute(select(Due.business_id, Due.kind).where(Due.due_at <= at).distinct())
    return [(row.business_id, row.kind) for row in rows]


def due_ids(business_id: UUID, kind: str, until: datetime, *, after: datetime | None = None) -> list[UUID]:
    """Return the rows that a run of this kind is about to answer: all that are visible and due by then.

    With ``after``, only those due later than that.
    """
    return [row.id for row in fetch(DUE_IDS, due_by(business_id, kind, until, after))]


def oldest(kind: str) -> datetime | None:
    """Return since when the oldest row of a kind is due; None when nothing waits."""
    return session().scalars(select(Due.due_at).where(Due.kind == kind).order_by(Due.due_at).limit(1)).first()
