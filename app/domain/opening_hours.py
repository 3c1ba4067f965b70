"""Opening hours: spans of wall time by weekday, read from what people type and told in few words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

WEEKDAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
MOST_SPANS = 6
"""As many as one day may have."""

Span = Mapping[str, str]
Hours = Mapping[str, Sequence[Span]]

_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.](\d{2}))?", re.IGNORECASE)
_ADVICE = "Write times as 08:00–14:00, 16:00–22:00, or leave the day empty"


def read_day(text: str) -> list[dict[str, str]]:
    """Return the spans of "8-14, 16:00 – 22:00" as {opens, closes}; ValueError says how to write them.

    A span that closes no later than it opens runs over midnight, and belongs to the day on which it opens.
    """
    spans = [_read_span(part.strip()) for part in re.split(r"[,;\n]", text) if part.strip()]
    if len(spans) > MOST_SPANS:
        raise ValueError(f"A day has at most {MOST_SPANS} spans")
    return spans


def day_text(spans: Iterable[Span]) -> str:
    """Return spans as they are typed: "08:00–14:00, 16:00–22:00"."""
    return ", ".join(f"{span['opens']}–{span['closes']}" for span in spans)


def overlaps(hours: Hours) -> dict[str, str]:
    """Return an error for each weekday with a span that runs into another, of the same day or of the next."""
    taken = sorted(
        (start, end, day) for number, day in enumerate(WEEKDAYS) for start, end in _minutes(number, hours.get(day, ()))
    )
    found = {}
    for (_, end, day), (following, _, next_day) in zip(taken, [*taken[1:], *_next_week(taken[:1])], strict=True):
        if following < end:
            clash = "" if next_day == day else f" on {WEEKDAYS[next_day]}"
            found[day] = f"{WEEKDAYS[day]} runs into the next hours{clash}: let one end before the other begins"
    return found


def hours_words(hours: Hours) -> list[tuple[str, str]]:
    """Return (days, times) with equal days together: [("Mon–Fri", "08:00–20:00"), ("Sat", "10:00–16:00")].

    Days without hours are left out; no hours at all are an empty list.
    """
    rows: list[tuple[list[str], str]] = []
    for day, name in WEEKDAYS.items():
        times = day_text(hours.get(day, ()))
        if rows and rows[-1][1] == times:
            rows[-1][0].append(name[:3])
        else:
            rows.append(([name[:3]], times))
    return [(days[0] if len(days) == 1 else f"{days[0]}–{days[-1]}", times) for days, times in rows if times]


def hours_sentence(hours: Hours) -> str:
    """Return the same on one line: "Mon–Fri 08:00–20:00, Sat 10:00–16:00"; empty without hours."""
    return ", ".join(f"{days} {times}" for days, times in hours_words(hours))


def covers(hours: Hours, local: datetime) -> bool:
    """Whether a wall time lies in the hours, half-open; no hours at all are any time."""
    at = local.weekday() * _DAY_MINUTES + local.hour * 60 + local.minute
    spans = [span for number, day in enumerate(WEEKDAYS) for span in _minutes(number, hours.get(day, ()))]
    return not spans or any(start <= minute < end for start, end in spans for minute in (at, at + _WEEK_MINUTES))


def without_closed_days(hours: Hours) -> dict[str, Any]:
    """Return the hours as they are kept: only days with spans."""
    return {day: [dict(span) for span in hours[day]] for day in WEEKDAYS if hours.get(day)}


def _read_span(text: str) -> dict[str, str]:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(_ADVICE)
    opens, closes = _wall(found[1], found[2]), _wall(found[3], found[4])
    if opens == "24:00":
        raise ValueError("Hours begin at 23:59 at the latest")
    if opens == closes:
        raise ValueError("Opening and closing time are the same; write 00:00–24:00 for the whole day")
    return {"opens": opens, "closes": closes}


def _wall(hour: str, minute: str | None) -> str:
    at = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or at > _DAY_MINUTES:
        raise ValueError(_ADVICE)
    return f"{at // 60:02d}:{at % 60:02d}"


def _minutes(number: int, spans: Iterable[Span]) -> Iterable[tuple[int, int]]:
    """Yield the spans of the weekday with this number as minutes of the week; over midnight the end is later."""
    for span in spans:
        opens, closes = _of_day(span["opens"]), _of_day(span["closes"])
        start = number * _DAY_MINUTES + opens
        yield start, start + (closes - opens if closes > opens else closes + _DAY_MINUTES - opens)


def _next_week(first: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    return [(start + _WEEK_MINUTES, end + _WEEK_MINUTES, day) for start, end, day in first]


def _of_day(wall: str) -> int:
    hour, _, minute = wall.partition(":")
    return int(hour) * 60 + int(minute)
