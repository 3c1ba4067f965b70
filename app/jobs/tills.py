"""Looks every night which tills of a business have fallen silent."""

from __future__ import annotations

from uuid import UUID

from app.jobs.runtime import job
from app.services import till_silence


@job(due="silence")
def tell_of_silence(_business_id: UUID) -> None:
    """Leave the mails that are due; run twice, it leaves none the second time."""
    till_silence.tell_of_silence()
