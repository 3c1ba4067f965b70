"""Waits a moment for the worker, so that what a purchase brought stands on the page that first shows it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from uuid import UUID

from app.core import clock
from app.core.waiting_places import place
from app.queries.purchases import is_settled

PATIENCE = timedelta(milliseconds=300)
"""So long after it was recorded a purchase is waited for; from then on the page itself asks again."""

_FIRST_PAUSE = 0.004
_LONGEST_PAUSE = 0.008


def await_settled(purchase_id: UUID, recorded_at: datetime) -> None:
    """Return once the purchase is counted, when the patience is over, or at once where no thread may wait."""
    until = time.monotonic() + (recorded_at + PATIENCE - clock.now()).total_seconds()
    with place() as may_wait:
        pause = _FIRST_PAUSE
        while may_wait and time.monotonic() < until and not is_settled(purchase_id):
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
