"""Announces the programs of one business that the clock has started or ended."""

from __future__ import annotations

from uuid import UUID

from app.jobs.runtime import job
from app.services import program_announcements


@job(due="programs")
def announce_programs(_business_id: UUID) -> None:
    """Write the events of what has become true; run twice, it finds nothing the second time."""
    program_announcements.announce_programs()
