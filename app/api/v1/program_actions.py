"""What is done to programs: their ways from draft to ended, one by one and in bulk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.program_shapes import BulkActionBody, BulkResultsShape, ProgramShape
from app.api.routing import route
from app.domain.lifecycle import Action
from app.domain.permissions import Caller, Permission
from app.queries import programs
from app.services.program_lifecycle import Moved, move_program, move_programs

bp = Blueprint("program_actions", __name__, url_prefix="/loyalty/programs")

_ONE = "/<uuid:program_id>"
_EDIT = Permission.PROGRAM_EDIT


@route(bp, "POST", f"{_ONE}/activate", permission=_EDIT, answers={200: ProgramShape})
def activate_program(program_id: UUID, caller: Caller, if_match: int | None) -> dict[str, Any]:
    """Let a draft go live, at once or when its start comes."""
    return _moved(program_id, Action.ACTIVATE, caller, if_match)


@route(bp, "POST", f"{_ONE}/unschedule", permission=_EDIT, answers={200: ProgramShape})
def unschedule_program(program_id: UUID, caller: Caller, if_match: int | None) -> dict[str, Any]:
    """Make a scheduled program a draft again."""
    return _moved(program_id, Action.UNSCHEDULE, caller, if_match)


@route(bp, "POST", f"{_ONE}/pause", permission=_EDIT, answers={200: ProgramShape})
def pause_program(program_id: UUID, caller: Caller, if_match: int | None) -> dict[str, Any]:
    """Stop a program from earning; progress, balances and redemption stay."""
    return _moved(program_id, Action.PAUSE, caller, if_match)


@route(bp, "POST", f"{_ONE}/resume", permission=_EDIT, answers={200: ProgramShape})
def resume_program(program_id: UUID, caller: Caller, if_match: int | None) -> dict[str, Any]:
    """Let a paused program earn again."""
    return _moved(program_id, Action.RESUME, caller, if_match)


@route(bp, "POST", f"{_ONE}/end", permission=_EDIT, answers={200: ProgramShape})
def end_program(program_id: UUID, caller: Caller, if_match: int | None) -> dict[str, Any]:
    """End a program for good."""
    return _moved(program_id, Action.END, caller, if_match)


@route(bp, "POST", f"{_ONE}/restore", permission=_EDIT, answers={200: ProgramShape})
def restore_program(program_id: UUID, caller: Caller, if_match: int | None) -> dict[str, Any]:
    """Take a deletion back."""
    return _moved(program_id, Action.RESTORE, caller, if_match)


@route(bp, "POST", "/bulk", permission=_EDIT, body=BulkActionBody, answers={200: BulkResultsShape})
def move_many_programs(body: BulkActionBody, caller: Caller) -> dict[str, Any]:
    """Do one thing to many programs, to each on its own."""
    moved = move_programs(body.ids, Action(body.action), actor=caller.actor)
    return {"results": [_result(each) for each in moved]}


def _moved(program_id: UUID, action: Action, caller: Caller, if_match: int | None) -> dict[str, Any]:
    move_program(program_id, action, actor=caller.actor, if_match=if_match)
    return programs.program(program_id)


def _result(moved: Moved) -> dict[str, Any]:
    if moved.refusal is None:
        return {"id": moved.program_id, "ok": True, "status": moved.status}
    error = {"code": moved.refusal.code, "message": moved.refusal.message}
    return {"id": moved.program_id, "ok": False, "error": error}
