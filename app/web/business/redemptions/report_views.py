"""The report of redemptions: how many, how fast, how many cancelled, by reward, and as CSV."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, render_template, request, url_for

from app.core import clock
from app.domain.localtime import end_of_day, local_day, start_of_day
from app.domain.permissions import Permission
from app.domain.reward_body import YEARS
from app.queries.redemption_report import ReportRow, redemption_report
from app.web.business.redemptions.tabs import tabs
from app.web.support.doors import area, page
from app.web.support.formatting import points, zone
from app.web.support.spreadsheet import csv_text

bp = area("redemptions_report", __name__, "/redemptions")

_DAYS, _MOST_SHOWN = 30, 100
_DATE = "Enter a date such as 2026-12-25"
_HEAD = ("Reward", "Requested", "Handed over", "Cancelled", "Cancelled %", "Points", "Median hours to hand over")


@page(bp, "/report", permission=Permission.REDEMPTION_VIEW)
def show() -> Any:
    """Show the figures of a span of days, the last thirty where nothing is asked."""
    first, last, errors = _span()
    since, until = _instants(first, last)
    total, rows = redemption_report(since, until, most=_MOST_SHOWN + 1)
    page_text = render_template(
        "business/redemptions/report.html",
        tabs=tabs("report"),
        total=_shown(total),
        rows=[_shown(row) for row in rows[:_MOST_SHOWN]],
        has_more=len(rows) > _MOST_SHOWN,
        typed={name: request.args.get(name) or day.isoformat() for name, day in (("from", first), ("to", last))},
        errors=errors,
        csv_url=_csv_url(first, last),
    )
    return page_text, 422 if errors else 200


@page(bp, "/report.csv", permission=Permission.REDEMPTION_VIEW)
def as_csv() -> Response:
    """Answer the same figures for a spreadsheet."""
    first, last, _ = _span()
    total, rows = redemption_report(*_instants(first, last))
    body = csv_text([_HEAD, *(_line(row.name, row) for row in rows), _line("All", total)])
    name = f"redemptions-{first}-{last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype="text/csv", headers=headers)


def _span() -> tuple[date, date, dict[str, str]]:
    """Return the first and the last local day, and what is wrong with what was typed."""
    today = local_day(clock.now(), zone())
    days, errors = {"from": today - timedelta(days=_DAYS - 1), "to": today}, {}
    for name in days:
        text = request.args.get(name, "").strip()
        try:
            days[name] = _day(text) if text else days[name]
        except ValueError:
            errors[name] = _DATE
    if not errors and days["to"] < days["from"]:
        errors["to"] = "End date must be after start date"
    return days["from"], days["to"], errors


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    return start_of_day(first, zone()), end_of_day(last, zone())


def _csv_url(first: date, last: date) -> str:
    asked: dict[str, Any] = {"from": first.isoformat(), "to": last.isoformat()}
    return url_for("redemptions_report.as_csv", **asked)


def _shown(row: ReportRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "requested": points(row.requested),
        "fulfilled": points(row.fulfilled),
        "cancelled": points(row.cancelled),
        "cancelled_words": "–" if row.cancelled_percent is None else f"{row.cancelled_percent} %",
        "points": points(row.points),
        "time_words": _time_words(row.median_seconds),
    }


def _time_words(seconds: int | None) -> str:
    if seconds is None:
        return "–"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}".replace(".0 ", " ")
    return "< 1 min"


def _line(name: str, row: ReportRow) -> list[Any]:
    hours = "" if row.median_seconds is None else f"{row.median_seconds / 3600:.2f}"
    percent = "" if row.cancelled_percent is None else row.cancelled_percent
    return [name, row.requested, row.fulfilled, row.cancelled, percent, row.points, hours]
