"""The first steps of a new business: its kind, its ready draft, and the list of what is left to do."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.account_links import Purpose
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.lifecycle import Action
from app.models.program import Program
from app.queries.recipients import owner_ids
from app.queries.setup import founded_at, newest_draft, setup_facts
from app.services import due
from app.services.businesses import update_business
from app.services.messages import Recipient, write_message
from app.services.program_lifecycle import move_program
from app.services.program_templates import start_with_industry

_NUDGES = (timedelta(hours=1), timedelta(hours=20))


def choose_industry(industry: str, *, instead_of: UUID | None, actor: Actor) -> UUID:
    """Keep the kind of business and make its ready draft; returns the program's id.

    ``instead_of`` is the draft of an earlier choice: it is deleted if it still is a draft.
    """
    update_business({"industry": industry}, actor)
    if instead_of is not None and _is_draft(instead_of):
        move_program(instead_of, Action.DELETE, actor=actor)
    return start_with_industry(industry, actor=actor)


def plan_nudges() -> None:
    """Look one hour and twenty hours from now whether the new business is live, and remind its owner if it is not."""
    for pause in _NUDGES:
        due.leave("nudges", clock.now() + pause)


def nudge_owners() -> int:
    """Mail the owners a link to the draft that waits, if nothing was ever activated; returns how many mails.

    Each of the two reminders once, however often this runs; one that comes late is left out for the next.
    """
    facts, draft = setup_facts(), newest_draft()
    if facts.has_activated or draft is None:
        return 0
    since = clock.now() - founded_at()
    number = sum(since >= pause for pause in _NUDGES)
    context = {"link": Purpose.DRAFT, "thingId": str(draft), "programId": str(draft)}
    owners = owner_ids() if number else []
    for owner_id in owners:
        write_message("activate_draft", Recipient(user_id=owner_id), f"{number}", context)
    return len(owners)


def dismiss_setup(*, actor: Actor) -> None:
    """Put the setup list away for good."""
    update_business({"settings": {"setupDismissed": True}}, actor)


def _is_draft(program_id: UUID) -> bool:
    state = select(Program.state).where(Program.id == program_id, Program.deleted_at.is_(None))
    found = session().scalar(state)
    if found is None:
        raise NotFound("program")
    return found == "draft"
