"""The rows that say which business has work: read and removed around the work itself, so that none is lost."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select

from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.due import Due


def due_rows(kind: str) -> list[UUID]:
    """The ids of the rows that stand now; read them before the work, remove them after it (remove_due)."""
    return list(session().scalars(select(Due.id).where(Due.business_id == current_business_id(), Due.kind == kind)))


def remove_due(ids: Collection[UUID]) -> None:
    """Remove rows whose work is done; a row that was written in the meantime has another id and stays."""
    if ids:
        session().execute(delete(Due).where(Due.id.in_(ids)))
