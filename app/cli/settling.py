"""Shows recorded purchases being settled: in this process, or by the workers."""

from __future__ import annotations

import time
from uuid import UUID

from app.cli.progress import progress
from app.core.queue import ring
from app.core.unit_of_work import unit_of_work
from app.queries.waiting import waiting_purchases
from app.services.earning_drain import drain

_LOOK_SECONDS = 0.5
_SILENT_SECONDS = 30.0


def settle_here(business_id: UUID) -> int:
    """Settle everything that waits, with a bar; returns how many purchases still wait (they failed)."""
    with progress("Settling", _waiting(business_id)) as advance:
        for settled in drain(business_id):
            advance(settled)
    return _waiting(business_id)


def wait_for_workers(business_id: UUID) -> int:
    """Ring the earning worker and watch it with a bar; gives up after 30 s without a step. Returns what still waits."""
    ring("earning", "earning.settle_purchases", business_id)
    left = total = _waiting(business_id)
    moved_at = time.monotonic()
    with progress("Waiting for the workers", total) as advance:
        while left and time.monotonic() - moved_at < _SILENT_SECONDS:
            time.sleep(_LOOK_SECONDS)
            now_left = _waiting(business_id)
            if now_left < left:
                advance(left - now_left)
                moved_at = time.monotonic()
            left = now_left
    return left


def _waiting(business_id: UUID) -> int:
    with unit_of_work(business_id):
        return waiting_purchases()
