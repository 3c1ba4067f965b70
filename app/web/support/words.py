"""Small words that pages share: counts, names, days, and contacts of which not everything is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.web.support.formatting import short_day, today, zone

_SHOWN_START, _SHOWN_END = 3, 2
_DOTS = "••"
_WEEK_DAYS = 7


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write "1 visit" and "1,250 visits"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def called(member: Mapping[str, Any]) -> str:
    """Return a member's name; who has told none is called by the code on the card."""
    return member["name"] or f"Member {member['code']}"


def first_name(member: Mapping[str, Any]) -> str:
    """Return what staff say at the counter."""
    return member["name"].split()[0] if member["name"].split() else called(member)


def masked_phone(phone: str | None) -> str | None:
    """Write +380671234518 as "+380 ••• •• 18": enough to recognise, too little to call."""
    return None if phone is None else f"{phone[: _SHOWN_START + 1]} {_DOTS}• {_DOTS} {phone[-_SHOWN_END:]}"


def masked_email(email: str | None) -> str | None:
    """Write cleo@example.com as "c•••@example.com"."""
    if email is None:
        return None
    name, _, host = email.partition("@")
    return f"{name[:1]}{_DOTS}•@{host}"


def day_words(at: datetime) -> str:
    """Write a local day as people say it: Today, Yesterday, Tuesday, "12 March", "12 March 2024"."""
    day = at.astimezone(zone()).date()
    ago = (today() - day).days
    if ago in (0, 1):
        return "Yesterday" if ago else "Today"
    if 0 < ago < _WEEK_DAYS:
        return f"{day:%A}"
    return short_day(day)


def clock_time(at: datetime) -> str:
    """Write the local time of day as "09:12"."""
    return f"{at.astimezone(zone()):%H:%M}"


def listed(words: Sequence[str]) -> str:
    """Join with commas and an "and"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def category_words(category: str | None) -> str | None:
    """Write the stored category "hot_chocolate" as "Hot chocolate"."""
    return category.replace("_", " ").capitalize() if category else None
