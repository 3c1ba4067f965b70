"""Local wall time and its calendar: instants, days, months and periods in a program's own zone (ARCHITECTURE 6)."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

Period = Literal["monthly", "quarterly", "yearly", "lifetime"]
Window = Literal["day", "week", "month", "program"]

_MONTHS: dict[str, int] = {"monthly": 1, "quarterly": 3, "yearly": 12}


@cache
def zone_names() -> frozenset[str]:
    """Every name of the timezone database, such as Europe/Kyiv; read once, because that takes some 10 ms."""
    return frozenset(available_timezones())


def to_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a naive wall time: one that is skipped moves forward, one that exists twice is the first."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which a local day begins."""
    return to_instant(datetime.combine(day, time.min), zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which a local day is over: the begin of the next one (intervals are half-open)."""
    return start_of_day(day + timedelta(days=1), zone)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day on the wall of `zone` at an instant."""
    return at.astimezone(zone).date()


def add_months(day: date, months: int) -> date:
    """Calendar months later; a day that the month has not becomes its last (31 January + 1 = last of February)."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_start(period: str, day: date) -> date:
    """First local day of the calendar period that holds `day`; `lifetime` begins with the calendar itself."""
    if period == "lifetime":
        return date.min
    length = _MONTHS[period]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def period_end(period: str, day: date) -> date | None:
    """First local day after the calendar period that holds `day`; None for `lifetime`."""
    return None if period == "lifetime" else add_months(period_start(period, day), _MONTHS[period])


def period_key(period: str, day: date) -> str:
    """A name for the calendar period that holds `day`: "2026-03", "2026-Q1", "2026" or "lifetime"."""
    if period == "monthly":
        return f"{day.year:04d}-{day.month:02d}"
    if period == "quarterly":
        return f"{day.year:04d}-Q{(day.month + 2) // 3}"
    return f"{day.year:04d}" if period == "yearly" else "lifetime"


def window_key(per: str, day: date) -> str:
    """A name for the window of a cap or budget that holds `day`: day, ISO week (from Monday), month or the program."""
    if per == "day":
        return day.isoformat()
    if per == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return f"{day.year:04d}-{day.month:02d}" if per == "month" else "program"
