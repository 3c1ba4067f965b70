"""Reads the names of programs."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.models.program import Program


def program_names(program_ids: Collection[UUID]) -> dict[UUID, str]:
    """The name of each program, deleted ones too; one statement."""
    return {
        row[0]: row[1] for row in session().execute(select(Program.id, Program.name).where(Program.id.in_(program_ids)))
    }


def live_names(most: int = 4) -> list[str]:
    """The names of programs that are live now, the oldest first; one statement."""
    now = clock.now()
    live = (
        select(Program.name)
        .where(Program.state == "active", Program.deleted_at.is_(None), Program.starts_at <= now)
        .where(or_(Program.ends_at.is_(None), Program.ends_at > now))
        .order_by(Program.created_at, Program.id)
        .limit(most)
    )
    return list(session().scalars(live))
