"""Warns of vouchers of one business that run out soon, and ends those whose time is over."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import voucher_expiry


@job(opens="nothing")
def expire_vouchers(business_id: UUID) -> None:
    """Batch after batch until nothing is due; members who are locked just now come with the next tick."""
    for step in (voucher_expiry.warn_of_expiry, voucher_expiry.expire_vouchers):
        is_more = True
        while is_more:
            with unit_of_work(business_id):
                is_more = step() > 0
