"""`Prefer: wait=N`: hold the answer back until a purchase has earned, for some seconds and in some threads only."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request

from app.api.answers import Answer
from app.core.unit_of_work import unit_of_work
from app.core.waiting_places import place
from app.queries import purchases

LONGEST_SECONDS = 5
_FIRST_PAUSE = 0.01
_LONGEST_PAUSE = 0.05
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*(\d{1,4})(?=$|[,;\s])")


def preferred_seconds() -> int:
    """Seconds that the caller would wait (RFC 7240), at most 5; 0 without the preference."""
    named = _WAIT.search(request.headers.get("Prefer", "").lower())
    return min(int(named[1]), LONGEST_SECONDS) if named else 0


def once_settled(
    business_id: UUID, purchase_id: UUID, seconds: int, read: Callable[[], Any]
) -> Callable[[Answer], Answer]:
    """What finishes an answer: ``read`` with 200 once the purchase is settled, else the answer as it was.

    At most half of a process's threads wait; the next caller gets the first answer at once.
    """

    def finish(answer: Answer) -> Answer:
        with place() as may_wait:
            return _polled(answer, business_id, purchase_id, seconds, read) if may_wait else answer

    return finish


def _polled(answer: Answer, business_id: UUID, purchase_id: UUID, seconds: int, read: Callable[[], Any]) -> Answer:
    deadline = time.monotonic() + seconds
    pause = _FIRST_PAUSE
    while time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        with unit_of_work(business_id):
            if purchases.is_settled(purchase_id):
                return Answer(read(), 200, {"Preference-Applied": f"wait={seconds}"})
    return answer
