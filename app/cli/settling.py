"""Shows recorded purchases being settled: in this process, or by the workers."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from app.cli.progress import Advance, progress
from app.core.queue import ring
from app.core.unit_of_work import unit_of_work
from app.queries.waiting import waiting_purchases
from app.services.earning_drain import drain

_LOOK_SECONDS = 0.5
_SILENT_SECONDS = 30.0


def settle_here(business_id: UUID) -> int:
    """Settle everything that waits, with a bar; what another process holds is waited for. Returns what still waits."""
    return _watched("Settling", business_id, _drained)


def wait_for_workers(business_id: UUID) -> int:
    """Ring the earning worker and watch it with a bar; gives up after 30 s without a step. Returns what still waits."""
    ring("earning", "earning.settle_purchases", business_id)
    return _watched("Waiting for the workers", business_id, lambda _business_id, _advance: 0)


def _watched(label: str, business_id: UUID, work: Callable[[UUID, Advance], int]) -> int:
    """Work and look in turn until nothing waits, or until nothing has moved for too long."""
    left = _waiting(business_id)
    moved_at = time.monotonic()
    with progress(label, left) as advance:
        while left and time.monotonic() - moved_at < _SILENT_SECONDS:
            settled = work(business_id, advance)
            before, left = left, _waiting(business_id)
            if left < before:
                advance(max(0, before - left - settled))  # what others have settled meanwhile
                moved_at = time.monotonic()
            if left:
                time.sleep(_LOOK_SECONDS)
    return left


def _drained(business_id: UUID, advance: Advance) -> int:
    settled = 0
    for batch in drain(business_id):
        advance(batch)
        settled += batch
    return settled


def _waiting(business_id: UUID) -> int:
    with unit_of_work(business_id):
        return waiting_purchases()
