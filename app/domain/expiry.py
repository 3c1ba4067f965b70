"""When points become usable and when they, and vouchers, run out: by local days of the program's zone (RULES 3)."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.localtime import add_months, end_of_day, local_day, start_of_day

_INSTANT = timedelta(microseconds=1)


def lot_times(
    occurred_at: datetime, day: date, pending_days: int, expiration_months: int | None, zone: ZoneInfo
) -> tuple[datetime, datetime | None]:
    """(available_at, expires_at) of points earned on local `day`; available at once when nothing is pending."""
    available_at = _available_at(day, pending_days, zone) if pending_days else occurred_at
    return available_at, None if expiration_months is None else _expires_at(day, expiration_months, zone)


def voucher_expires_at(days: int | None, issued_at: datetime, zone: ZoneInfo) -> datetime | None:
    """The end of the local day `days` after the one of issue; None leaves it to the program's redeemUntil."""
    return None if days is None else end_of_day(local_day(issued_at, zone) + timedelta(days=days), zone)


def last_day(expires_at: datetime, zone: ZoneInfo) -> date:
    """The last local day on which something that expires at this instant can still be used."""
    return local_day(expires_at - _INSTANT, zone)


@lru_cache(maxsize=4096)
def _available_at(day: date, pending_days: int, zone: ZoneInfo) -> datetime:
    return start_of_day(day + timedelta(days=pending_days), zone)


@lru_cache(maxsize=4096)
def _expires_at(day: date, months: int, zone: ZoneInfo) -> datetime:
    return end_of_day(add_months(day, months), zone)
