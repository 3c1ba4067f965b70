"""What forms about programs ask: the typed name or word, a day until which customers may redeem."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.expiry import last_day
from app.domain.localtime import end_of_day, local_day

REDEEM_FIELD = "redeem_until"


def confirmed_name_error(typed: str, name: str, field: str, verb: str) -> dict[str, str]:
    """Return the error of a form that asks for a program's name; empty when it is right."""
    if " ".join(typed.split()).casefold() == " ".join(name.split()).casefold():
        return {}
    return {field: f"Type {name} to {verb} it"}


def confirmed_word_error(typed: str, word: str) -> dict[str, str]:
    """Return the error of a form that asks for a word before something is done to many; empty when it is right."""
    return {} if typed.strip().casefold() == word else {"confirm_word": f"Type {word} to go on"}


def read_last_day(typed: str, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, dict[str, str]]:
    """Return the instant at which the typed last day is over, or the field's error; nothing typed is None."""
    text = typed.strip()
    if not text:
        return None, {}
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, {REDEEM_FIELD: "Enter a day as year-month-day, for example 2027-03-31"}
    if day < local_day(now, zone):
        return None, {REDEEM_FIELD: "Enter today or a later day"}
    if day.year > _LAST_YEAR:
        return None, {REDEEM_FIELD: f"Enter a day before the year {_LAST_YEAR + 1}"}
    return end_of_day(day, zone), {}


def written_last_day(until: datetime, zone: ZoneInfo) -> str:
    """Return the last local day before an instant, as the field shows it."""
    return last_day(until, zone).isoformat()


_LAST_YEAR = 2199
