"""Lets the tiers of one business fall when their day has come, warns of it before, and tells of progress."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import tier_keeping, tier_progress


@job(opens="nothing")
def keep_tiers(business_id: UUID) -> None:
    """Batch after batch until nothing is due; members who are locked just now come with the next tick."""
    for step in (tier_keeping.keep_tiers, tier_keeping.warn_of_falls, tier_progress.tell_progress):
        is_more = True
        while is_more:
            with unit_of_work(business_id):
                is_more = step() > 0
