"""How amounts, times and codes are written on pages: the filters and globals of the templates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import segno
from flask import Flask, g
from markupsafe import Markup

from app.core import clock
from app.domain.money import exponent, money_text

_MINUTE = 60
_HOUR = 3600
_DAY = 86_400
_WEEK = 7 * _DAY


def start(app: Flask) -> None:
    """Give the templates their filters and globals."""
    app.jinja_env.filters.update(
        money=money, points=points, local_time=local_time, ago=ago, date=long_date, short_day=short_day
    )
    app.jinja_env.globals.update(qr_svg=qr_svg)


def money(minor: int, currency: str) -> str:
    """Write 125000 UAH as ₴1,250 and 125050 as ₴1,250.50."""
    text = money_text(minor, currency)
    is_whole = minor % 10 ** exponent(currency) == 0
    return text.replace("." + "0" * exponent(currency), "", 1) if is_whole and exponent(currency) else text


def points(amount: int) -> str:
    """Write 1250 as 1,250."""
    return f"{amount:,}"


def local_time(at: datetime) -> str:
    """Write an instant as "12 Mar 2025, 09:12" on the clocks of the business."""
    local = at.astimezone(zone())
    return f"{local.day} {local:%b %Y, %H:%M}"


def long_date(at: datetime | date) -> str:
    """Write a day as "12 March 2025"."""
    day = at.astimezone(zone()) if isinstance(at, datetime) else at
    return f"{day.day} {day:%B %Y}"


def short_day(at: datetime | date) -> str:
    """Write a day of this year as "12 March", any other as "12 March 2025"."""
    day = at.astimezone(zone()).date() if isinstance(at, datetime) else at
    return yearly_day(day) if day.year == today().year else long_date(day)


def yearly_day(day: date) -> str:
    """Write a day that comes every year, such as a birthday, as "12 March"."""
    return f"{day.day} {day:%B}"


def last_short_day(ends_at: datetime) -> str:
    """Write the last day on which something can be used that ends at an instant, often the midnight after that day."""
    return short_day(ends_at - timedelta(microseconds=1))


def ago(at: datetime) -> str:
    """Write how long ago something was; after a week the day itself says more."""
    seconds = int((clock.now() - at).total_seconds())
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return _counted(seconds // _MINUTE, "minute")
    if seconds < _DAY:
        return _counted(seconds // _HOUR, "hour")
    return _counted(seconds // _DAY, "day") if seconds < _WEEK else long_date(at)


def qr_svg(text: str) -> Markup:
    """Draw a QR code without a margin (the plate around it is the quiet zone)."""
    drawn = segno.make(text, error="q", micro=False).svg_inline(omitsize=True, border=0)
    return Markup(drawn)  # noqa: S704 - segno draws paths; the text is in their shape alone


def zone() -> ZoneInfo:
    """Return the zone of the page's business; UTC on pages without one."""
    business = g.get("business")
    return ZoneInfo(business["timezone"] if business else "UTC")


def today() -> date:
    """Return the local day of the page's business."""
    return clock.now().astimezone(zone()).date()


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'} ago"
