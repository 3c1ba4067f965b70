"""Recurring windows: an RFC 5545 rule for the days, a local start time and a duration (RULES 2).

Days are expanded a year at a time and kept. The rule is counted from Monday 3 January 2000, so that an INTERVAL means
the same for everyone; the expansion starts at the last whole interval before its year, and runs 7,600 years later,
where the calendar is the same to the day (it repeats every 400 years) and a rule that never comes true runs out of
calendar soon.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from app.domain.localtime import to_instant

PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "UNTIL", "WKST"})
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
LONGEST_MINUTES = 10080
MOST_INTERVAL = 366
_DAYS = {"DAILY": 1, "WEEKLY": 7}
_MONTHS = {"MONTHLY": 1, "YEARLY": 12}
_SHIFT_YEARS = 7600
_ANCHOR = datetime(2000 + _SHIFT_YEARS, 1, 3)  # noqa: DTZ001 - wall time
_LAST_YEAR = 9999 - _SHIFT_YEARS


class RecurrenceError(ValueError):
    """The text is a sentence for the owner who typed the rule."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A window that opens again and again: days by rule, `start` on the wall of `zone`, `duration` of real time."""

    rule: str
    start: time
    duration: timedelta
    zone: ZoneInfo

    @classmethod
    def compile(cls, rule: str, start: str, minutes: int, zone: ZoneInfo) -> "Recurrence":
        """From the stored fields; `start` is "HH:MM"."""
        return cls(rule, time.fromisoformat(start), timedelta(minutes=minutes), zone)

    def is_open(self, at: datetime) -> bool:
        """Whether an instant lies in one of the windows (its begin included, its end not)."""
        at = at.astimezone(UTC)
        today = at.astimezone(self.zone).date()
        for back in range(self.duration.days + 2):
            day = today - timedelta(days=back)
            if day in occurrence_days(self.rule, day.year):
                opens = to_instant(datetime.combine(day, self.start), self.zone)
                if opens <= at < opens + self.duration:
                    return True
        return False


@lru_cache(maxsize=2048)
def occurrence_days(rule: str, year: int) -> frozenset[date]:
    """The days of one calendar year on which the rule comes true; at most 366."""
    if not 2000 <= year <= _LAST_YEAR:
        return frozenset()
    shifted = year + _SHIFT_YEARS
    first, last = datetime(shifted, 1, 1), datetime(shifted, 12, 31)  # noqa: DTZ001 - wall time
    found = _parsed(rule, _start(rule, first)).between(first, last, inc=True)
    days = frozenset(at.date().replace(year=year) for at in found)
    until = _until(rule)
    return days if until is None else frozenset(day for day in days if day <= until)


def check_rule(rule: object) -> str:
    """The rule in one spelling, or RecurrenceError with what to write instead."""
    if not isinstance(rule, str) or not 1 <= len(rule) <= 200:
        raise RecurrenceError("Write the repetition as an RRULE, such as FREQ=WEEKLY;BYDAY=MO,WE")
    text = rule.strip().upper().removeprefix("RRULE:")
    parts = _split(text)
    if parts.get("FREQ") not in FREQUENCIES:
        raise RecurrenceError("Repeat daily, weekly, monthly or yearly (FREQ=DAILY, WEEKLY, MONTHLY or YEARLY)")
    unknown = sorted(parts.keys() - PARTS)
    if unknown:
        raise RecurrenceError(f"{unknown[0]} cannot be used here; use {', '.join(sorted(PARTS))}")
    if not _is_interval(parts.get("INTERVAL", "1")):
        raise RecurrenceError(f"INTERVAL must be between 1 and {MOST_INTERVAL}")
    try:
        first = next(iter(_parsed(text, _ANCHOR)), None)
        _until(text)
    except RecurrenceError:
        raise
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise RecurrenceError("Write the repetition as an RRULE, such as FREQ=WEEKLY;BYDAY=MO,WE") from error
    if first is None:
        raise RecurrenceError("This repetition never happens")
    return text


def _split(text: str) -> dict[str, str]:
    parts = [part.partition("=") for part in text.split(";")]
    if any(not value for _, _, value in parts) or len({key for key, _, _ in parts}) != len(parts):
        raise RecurrenceError("Write the repetition as an RRULE, such as FREQ=WEEKLY;BYDAY=MO,WE")
    return {key: value for key, _, value in parts}


def _is_interval(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST_INTERVAL


def _parsed(rule: str, start: datetime) -> rrule:
    kept = ";".join(part for part in rule.split(";") if not part.startswith("UNTIL="))
    return cast(rrule, rrulestr(kept, dtstart=start))


def _start(rule: str, before: datetime) -> datetime:
    """The anchor moved on by whole intervals to the last one at or before an instant, so that nothing else moves."""
    parts = _split(rule)
    interval = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] in _DAYS:
        step = _DAYS[parts["FREQ"]] * interval
        return _ANCHOR + timedelta(days=max(0, (before - _ANCHOR).days) // step * step)
    step = _MONTHS[parts["FREQ"]] * interval
    months = (before.year - _ANCHOR.year) * 12 + before.month - _ANCHOR.month
    months = max(0, months - 1) // step * step
    return _ANCHOR.replace(year=_ANCHOR.year + months // 12, month=months % 12 + 1)


def _until(rule: str) -> date | None:
    text = _split(rule).get("UNTIL")
    if text is None:
        return None
    if len(text) != len("20261231") or not (text.isascii() and text.isdigit()):
        raise RecurrenceError("Write UNTIL as a day, such as UNTIL=20261231")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))
