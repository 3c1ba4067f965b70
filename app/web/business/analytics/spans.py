"""How far back the page looks, and days gathered into weeks where they would be too many to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SPANS = (30, 90, 365)

_BY_DAY = 30
_WEEK = 7
_LEVELS = ("enrollments", "active_participants", "points_outstanding")


def read_span(text: str) -> int:
    """Return the days asked for; anything else means the shortest span."""
    return int(text) if text in {str(span) for span in SPANS} else SPANS[0]


def periods(series: Sequence[dict[str, Any]], span: int) -> list[dict[str, Any]]:
    """Return the days themselves, or weeks that end today; a week begun before the span counts what is in it.

    What happened is added up; how it stood is that of the week's last day. ``day`` is the first of each.
    """
    if span <= _BY_DAY or not series:
        return list(series)
    head = len(series) % _WEEK
    starts = ([0] if head else []) + list(range(head, len(series), _WEEK))
    return [_gathered(series[start:end]) for start, end in zip(starts, [*starts[1:], len(series)], strict=True)]


def _gathered(days: Sequence[dict[str, Any]]) -> dict[str, Any]:
    last = days[-1]
    levels = {name: last[name] for name in _LEVELS}
    happened = {name: sum(day[name] for day in days) for name in last if name not in (*_LEVELS, "day")}
    return {"day": days[0]["day"], **happened, **levels}
