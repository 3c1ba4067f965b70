"""Expires the points of one business whose time is over."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import expiry


@job(opens="nothing")
def expire_points(business_id: UUID) -> None:
    """Batch after batch until nothing is due; members who are locked just now come with the next tick."""
    is_more = True
    while is_more:
        with unit_of_work(business_id):
            is_more = expiry.expire_points() > 0
