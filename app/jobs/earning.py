"""Settles what waits: in one business, or in one after the other as they rang."""

from __future__ import annotations

import time
from contextlib import closing
from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job, round_of
from app.services import due, earning, purchases
from app.services.earning_drain import drain, settle_at_once

_MOST_SECONDS = 60.0
"""Well below the job's time limit, and so that one business's flood lets the others have their turn."""

_ROUND_SECONDS = 1.0


def settle_in_turn() -> None:
    """Settle in the businesses that rang: what a ring enqueues (`core.queue.rounds_of`)."""
    round_of("earning", settle_purchases, seconds=_ROUND_SECONDS)


@job(opens="nothing")
def settle_purchases(business_id: UUID) -> None:
    """Drain the business for a minute at most.

    What is left then is rung again at once; what failed, or is held by another worker, by the next sweep.
    """
    if settle_at_once(business_id):
        return
    with unit_of_work(business_id):
        seen = due.seen(business_id, "earning")
    is_over = _drain(business_id)
    with unit_of_work(business_id):
        due.answered(seen)
        if earning.has_waiting():
            due.leave("earning") if is_over else purchases.announce_waiting()


def _drain(business_id: UUID) -> bool:
    """Settle batch after batch; False when the time was over before the work."""
    deadline = time.monotonic() + _MOST_SECONDS
    with closing(drain(business_id)) as batches:
        return all(time.monotonic() < deadline for _ in batches)
