"""Reads the names of programs."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.models.program import Program


def program_names(program_ids: Collection[UUID]) -> dict[UUID, str]:
    """The name of each program, deleted ones too; one statement."""
    return {
        row[0]: row[1] for row in session().execute(select(Program.id, Program.name).where(Program.id.in_(program_ids)))
    }
