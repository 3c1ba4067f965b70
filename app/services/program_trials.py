"""Looks at programs as they would be, saving nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.errors import NotFound, ValidationErrors
from app.models.program import Program
from app.queries.program_rows import live_twin_warning
from app.queries.program_twins import has_live_twin
from app.services.program_checks import checked_program
from app.services.program_templates import filled_in
from app.services.program_versions import newest_snapshot, whole_body


def validate_program(body: Mapping[str, Any], *, program_id: UUID | None = None) -> dict[str, Any]:
    """``{valid, errors, warnings}`` of a whole body, or of what it would change in a stored program.

    Raises NotFound for the program.
    """
    stored = None if program_id is None else _stored_body(program_id)
    try:
        whole = filled_in(body) if stored is None else stored | dict(body)
        draft = checked_program(whole, sent=body)
    except ValidationErrors as found:
        return {"valid": False, "errors": found.errors, "warnings": []}
    has_twin = has_live_twin(draft.snapshot["ruleType"], besides=program_id, now=clock.now())
    return {"valid": True, "errors": {}, "warnings": [live_twin_warning()] if has_twin else []}


def _stored_body(program_id: UUID) -> dict[str, Any]:
    known = select(Program).where(Program.id == program_id, Program.deleted_at.is_(None))
    program = session().scalars(known).one_or_none()
    if program is None:
        raise NotFound("program")
    return whole_body(program, newest_snapshot(program))
