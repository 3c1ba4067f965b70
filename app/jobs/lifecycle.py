"""Announces the programs of one business that the clock has started or ended, and tells members what is left."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import program_announcements, program_notices


@job(due="programs")
def announce_programs(_business_id: UUID) -> None:
    """Write the events of what has become true; run twice, it finds nothing the second time."""
    program_announcements.announce_programs()


@job(opens="nothing", due="notices")
def tell_participants(business_id: UUID) -> None:
    """Batch after batch, each one transaction; run twice, each member is told once."""
    is_more = True
    while is_more:
        with unit_of_work(business_id):
            is_more = program_notices.tell_participants() > 0
