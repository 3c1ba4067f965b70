"""The first steps of a new business: its kind, its ready draft, and the list of what is left to do."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.lifecycle import Action
from app.models.program import Program
from app.services.businesses import update_business
from app.services.program_lifecycle import move_program
from app.services.program_templates import start_with_industry


def choose_industry(industry: str, *, instead_of: UUID | None, actor: Actor) -> UUID:
    """Keep the kind of business and make its ready draft; returns the program's id.

    ``instead_of`` is the draft of an earlier choice: it is deleted if it still is a draft.
    """
    update_business({"industry": industry}, actor)
    if instead_of is not None and _is_draft(instead_of):
        move_program(instead_of, Action.DELETE, actor=actor)
    return start_with_industry(industry, actor=actor)


def dismiss_setup(*, actor: Actor) -> None:
    """Put the setup list away for good."""
    update_business({"settings": {"setupDismissed": True}}, actor)


def _is_draft(program_id: UUID) -> bool:
    state = select(Program.state).where(Program.id == program_id, Program.deleted_at.is_(None))
    found = session().scalar(state)
    if found is None:
        raise NotFound("program")
    return found == "draft"
