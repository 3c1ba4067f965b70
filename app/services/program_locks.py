"""Takes programs under their row locks, which make one linear history of all that is done to a program."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.errors import NotFound, PreconditionFailed
from app.models.program import Program


def locked_program(program_id: UUID, *, if_match: int | None = None, may_be_deleted: bool = False) -> Program:
    """One program under its lock, as it is now.

    Raises NotFound (unknown, deleted, another business's) or PreconditionFailed (it has moved on from ``if_match``).
    """
    program = locked_programs([program_id], may_be_deleted=may_be_deleted).get(program_id)
    if program is None:
        raise NotFound("program")
    if if_match is not None and if_match != program.version:
        raise PreconditionFailed
    return program


def locked_programs(ids: Collection[UUID], *, may_be_deleted: bool = False) -> dict[UUID, Program]:
    """Those of the programs that exist, locked in the order of their ids so that two callers never deadlock."""
    wanted = select(Program).where(Program.id.in_(ids)).order_by(Program.id).with_for_update()
    if not may_be_deleted:
        wanted = wanted.where(Program.deleted_at.is_(None))
    found = session().scalars(wanted.execution_options(populate_existing=True))
    return {program.id: program for program in found}
