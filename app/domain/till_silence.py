"""When a till has been silent for too long: longer than it ever is, so that a closed weekend rings no bell."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import pairwise

LOOKS_BACK = timedelta(days=28)
SHORTEST = timedelta(days=2)
"""No till is asked about sooner: work that is not sent within 72 hours has to be decided by the owner."""

_REGULAR_DAYS = 3
_DAY = timedelta(days=1)


def silent_for(days: Collection[date], *, is_open: bool) -> timedelta | None:
    """How long a till may be silent before its owner is told; None for one that nobody would miss.

    ``days`` are those on which somebody signed in within the four weeks before it was last heard of. One that was left
    open may hold work that it has not sent, and is missed a day after its longest pause; one in regular use two days.
    """
    if not is_open and len(days) < _REGULAR_DAYS:
        return None
    pauses = [later - earlier for earlier, later in pairwise(sorted(days))]
    longest = max(pauses, default=_DAY)
    return max(SHORTEST, longest + (_DAY if is_open else 2 * _DAY))


def is_silent(seen_at: datetime, days: Collection[date], *, is_open: bool, now: datetime) -> bool:
    """Say whether a till that was last heard of at ``seen_at`` is missed by now."""
    allowed = silent_for(days, is_open=is_open)
    return allowed is not None and now - seen_at >= allowed
