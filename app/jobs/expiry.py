"""Expires the points of one business whose time is over, and tells of those that soon will be."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import expiry, points_warnings


@job(opens="nothing")
def expire_points(business_id: UUID) -> None:
    """Batch after batch until nothing is due; members who are locked just now come with the next tick."""
    for step in (expiry.expire_points, points_warnings.warn_of_points):
        is_more = True
        while is_more:
            with unit_of_work(business_id):
                is_more = step() > 0
