"""Settles what waits in one business."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import due, earning
from app.services.earning_drain import drain


@job(opens="nothing", due="earning")
def settle_purchases(business_id: UUID) -> None:
    """Drain the business; what failed and waits for another try is rung again by the next sweep."""
    for _ in drain(business_id):
        pass
    with unit_of_work(business_id):
        if earning.has_waiting():
            due.leave("earning")
