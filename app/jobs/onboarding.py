"""Reminds the owners of a new business that their draft waits."""

from __future__ import annotations

from uuid import UUID

from app.jobs.runtime import job
from app.services import onboarding


@job(due="nudges")
def nudge_owners(_business_id: UUID) -> None:
    """Leave the mail that is due, if the business is still not live; run twice, it leaves none the second time."""
    onboarding.nudge_owners()
