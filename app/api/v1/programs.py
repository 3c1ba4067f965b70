"""Programs: made, listed, read, changed and removed (API.md, Programs)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.answers import Answer
from app.api.pagination import PageOf, page_answer
from app.api.program_bodies import NewProgramBody, ProgramChangesBody
from app.api.program_shapes import (
    DuplicateBody,
    ProgramShape,
    ProgramsQuery,
    VersionsShape,
    WholeVersionShape,
)
from app.api.routing import Raw, route
from app.domain.lifecycle import Action
from app.domain.permissions import Caller, Permission
from app.queries import programs as found
from app.services.program_lifecycle import move_program
from app.services.program_templates import filled_in
from app.services.programs import create_program, duplicate_program, update_program

bp = Blueprint("programs", __name__, url_prefix="/loyalty/programs")

_ONE = "/<uuid:program_id>"


@route(bp, "POST", "", permission=Permission.PROGRAM_EDIT, body=Raw(NewProgramBody), answers={201: ProgramShape})
def make_program(body: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Make a program, whole or from a template: a draft, or live at once with isActive."""
    return found.program(create_program(filled_in(body), actor=caller.actor))


@route(
    bp,
    "GET",
    "",
    permission=Permission.PROGRAM_VIEW,
    query=ProgramsQuery,
    answers={200: PageOf[ProgramShape]},
    keeps="programs",
)
def list_programs(query: ProgramsQuery) -> dict[str, Any]:
    """List programs by page."""
    return page_answer(
        found.programs_page(
            status=query.status,
            rule_type=query.rule_type,
            location_id=query.location_id,
            segment=query.segment,
            q=query.q,
            sort=query.sort,
            page=query.page,
            page_size=query.page_size,
        )
    )


@route(bp, "GET", _ONE, permission=Permission.PROGRAM_VIEW, answers={200: ProgramShape}, keeps="programs")
def read_program(program_id: UUID) -> dict[str, Any]:
    """Read one program."""
    return found.program(program_id)


@route(bp, "PUT", _ONE, permission=Permission.PROGRAM_EDIT, body=Raw(ProgramChangesBody), answers={200: ProgramShape})
def change_program(program_id: UUID, body: dict[str, Any], caller: Caller, if_match: int | None) -> dict[str, Any]:
    """Change a program; what the body leaves out keeps its value."""
    update_program(program_id, body, actor=caller.actor, if_match=if_match)
    return found.program(program_id)


@route(bp, "DELETE", _ONE, permission=Permission.PROGRAM_EDIT, answers={204: None})
def delete_program(program_id: UUID, caller: Caller) -> Answer:
    """Delete a program; a live one is ended first."""
    move_program(program_id, Action.DELETE, actor=caller.actor)
    return Answer(status=204)


@route(
    bp,
    "POST",
    f"{_ONE}/duplicate",
    permission=Permission.PROGRAM_EDIT,
    body=DuplicateBody,
    answers={201: ProgramShape},
)
def copy_program(program_id: UUID, body: DuplicateBody, caller: Caller) -> dict[str, Any]:
    """Make a draft like another program."""
    changes = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return found.program(duplicate_program(program_id, changes, actor=caller.actor))


@route(bp, "GET", f"{_ONE}/versions", permission=Permission.PROGRAM_VIEW, answers={200: VersionsShape})
def list_versions(program_id: UUID) -> dict[str, Any]:
    """List every version of a program: who, when, what changed."""
    return {"data": found.versions(program_id)}


@route(bp, "GET", f"{_ONE}/versions/<int:number>", permission=Permission.PROGRAM_VIEW, answers={200: WholeVersionShape})
def read_version(program_id: UUID, number: int) -> dict[str, Any]:
    """Read one version with what it earns."""
    return found.version(program_id, number)
