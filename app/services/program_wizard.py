"""Keeps drafts that are being set up: how far the owner has come and what is typed but not yet sound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.core import clock
from app.domain.actor import Actor
from app.domain.errors import Conflict
from app.domain.wizard import RULES, Typed, WizardState
from app.models.program import Program
from app.services.program_locks import locked_program
from app.services.programs import create_program, update_program


def start_draft(body: Mapping[str, Any], *, actor: Actor) -> UUID:
    """Make a draft program with step 2 open; returns its id. Raises ValidationErrors."""
    program_id = create_program(body, actor=actor)
    locked_program(program_id).wizard = WizardState(reached=RULES, saved_at=clock.now()).as_json()
    return program_id


def keep_typed(program_id: UUID, part: str, typed: Typed) -> None:
    """Keep the raw texts of a part, sound or not. Raises NotFound, or Conflict ``not_a_draft``."""
    program = _draft(program_id)
    state = WizardState.from_json(program.wizard).keeping(part, typed, clock.now())
    program.wizard = state.as_json()


def finish_step(program_id: UUID, part: str, step: int, body: Mapping[str, Any], *, actor: Actor) -> None:
    """Make the typed part the program's own and open the next step.

    Raises NotFound, Conflict ``not_a_draft``, ValidationErrors with every violation.
    """
    program = _draft(program_id)
    update_program(program_id, body, actor=actor)
    program.wizard = WizardState.from_json(program.wizard).done_with(part, step, clock.now()).as_json()


def change_rule_type(program_id: UUID, body: Mapping[str, Any], kept: Typed, *, actor: Actor) -> None:
    """Give a draft another rule type; ``kept`` are the texts of the old one, found again when it is chosen again."""
    program = _draft(program_id)
    state = WizardState.from_json(program.wizard).keeping(program.rule_type, kept, clock.now())
    update_program(program_id, body, actor=actor)
    program.wizard = WizardState(RULES, state.typed, state.saved_at).as_json()


def _draft(program_id: UUID) -> Program:
    program = locked_program(program_id)
    if program.state != "draft":
        raise Conflict("not_a_draft", "This program is no draft any more")
    return program
