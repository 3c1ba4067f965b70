"""Programs tried out before they are saved: validated, and played through."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.money_fields import preview_answer
from app.api.program_bodies import NewProgramBody, PreviewProgramBody, ProgramChangesBody
from app.api.program_shapes import PreviewShape, ValidationShape
from app.api.routing import Raw, route
from app.domain.permissions import Permission
from app.queries.currency import currency
from app.services.program_preview import preview_program
from app.services.program_trials import validate_program

bp = Blueprint("program_trials", __name__, url_prefix="/loyalty/programs")


@route(
    bp,
    "POST",
    "/validate",
    permission=Permission.PROGRAM_EDIT,
    body=Raw(NewProgramBody),
    answers={200: ValidationShape},
)
def validate_new_program(body: dict[str, Any]) -> dict[str, Any]:
    """Say whether a body would be taken, and what is wrong with it."""
    return validate_program(body)


@route(
    bp,
    "POST",
    "/<uuid:program_id>/validate",
    permission=Permission.PROGRAM_EDIT,
    body=Raw(ProgramChangesBody),
    answers={200: ValidationShape},
)
def validate_changed_program(program_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Say whether a change would be taken, and what is wrong with it."""
    return validate_program(body, program_id=program_id)


@route(
    bp,
    "POST",
    "/preview",
    permission=Permission.PROGRAM_EDIT,
    body=Raw(PreviewProgramBody),
    answers={200: PreviewShape},
)
def play_purchases(body: dict[str, Any]) -> dict[str, Any]:
    """Say what purchases would earn in a program that need not exist, saving nothing."""
    return preview_answer(preview_program(body), currency())
