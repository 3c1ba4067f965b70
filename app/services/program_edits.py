"""Keeps what somebody changes in a live program until they publish it: one edit a person and program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound
from app.domain.lifecycle import Status
from app.domain.wizard import Typed, WizardState
from app.models.program import Program
from app.models.program_edit import ProgramEdit
from app.queries.program_edits import body_of
from app.services.program_checks import checked_program
from app.services.program_facts import status_of
from app.services.program_locks import locked_program
from app.services.program_versions import newest_snapshot
from app.services.programs import update_program

EDITABLE = (Status.SCHEDULED, Status.ACTIVE, Status.PAUSED)


def start_edit(program_id: UUID, typed: Mapping[str, Typed] | None = None, *, actor: Actor) -> None:
    """Begin to change a program as it is now, or go on with what was begun; ``typed`` is what is changed already.

    Raises NotFound, or Conflict: ``not_editable`` for a draft or an ended program, ``edit_open`` where ``typed`` would
    overwrite an edit.
    """
    program = _editable(program_id)
    known = _edit(program_id, actor)
    if known is not None and typed and WizardState.from_json(known.wizard).typed:
        raise Conflict("edit_open", "You have changes that are not published. Publish or discard them first")
    if known is not None and not typed:
        return
    edit = known or ProgramEdit(id=new_id(), program_id=program_id, user_id=actor.id)
    _rest_on(edit, program, typed or {})
    session().add(edit)
    session().flush()


def keep_edit(program_id: UUID, part: str, typed: Typed, *, actor: Actor) -> None:
    """Keep the raw texts of a part of the edit, sound or not. Raises NotFound where none was begun."""
    edit = _begun(program_id, actor)
    edit.wizard = WizardState.from_json(edit.wizard).keeping(part, typed, clock.now()).as_json()


def rebase_edit(program_id: UUID, typed: Mapping[str, Typed], *, actor: Actor) -> None:
    """Let the edit go on from the program as it is now, with these texts. Raises NotFound, Conflict."""
    program = _editable(program_id)
    _rest_on(_begun(program_id, actor), program, typed)


def publish_edit(program_id: UUID, changes: Mapping[str, Any], *, if_match: int, actor: Actor) -> None:
    """Make the changes the program's own from now on, and forget the edit.

    ``if_match`` is the ``version`` that the reviewer saw. Raises NotFound, PreconditionFailed, ValidationErrors,
    Conflict ``program_ended``.
    """
    update_program(program_id, changes, actor=actor, if_match=if_match)
    discard_edit(program_id, actor=actor)


def discard_edit(program_id: UUID, *, actor: Actor) -> None:
    """Forget what was typed; without an edit nothing happens."""
    mine = (ProgramEdit.program_id == program_id) & (ProgramEdit.user_id == actor.id)
    session().execute(delete(ProgramEdit).where(mine))


def sound_body(body: Mapping[str, Any], *, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A whole body as the product would keep it, so that bodies can be compared; only what ``sent`` names is looked up.

    Raises ValidationErrors.
    """
    draft = checked_program(body, sent=sent)
    dates = {"startsAt": draft.starts_at, "endsAt": draft.ends_at, "redeemUntil": draft.redeem_until}
    plain = {key: value for key, value in draft.snapshot.items() if key != "ruleConfigDomain"}
    return {"name": draft.name, "description": draft.description, **dates, **plain}


def _editable(program_id: UUID) -> Program:
    program = locked_program(program_id)
    if status_of(program, clock.now()) not in EDITABLE:
        raise Conflict("not_editable", "Only a program that is scheduled, active or paused is changed like this")
    return program


def _begun(program_id: UUID, actor: Actor) -> ProgramEdit:
    edit = _edit(program_id, actor)
    if edit is None:
        raise NotFound("program edit")
    return edit


def _edit(program_id: UUID, actor: Actor) -> ProgramEdit | None:
    mine = (ProgramEdit.program_id == program_id) & (ProgramEdit.user_id == actor.id)
    return session().scalars(select(ProgramEdit).where(mine).with_for_update()).one_or_none()


def _rest_on(edit: ProgramEdit, program: Program, typed: Mapping[str, Typed]) -> None:
    now = clock.now()
    edit.base, edit.base_version = body_of(program, newest_snapshot(program)), program.version
    edit.wizard = WizardState(typed=typed, saved_at=now if typed else None).as_json()
    edit.started_at = now
