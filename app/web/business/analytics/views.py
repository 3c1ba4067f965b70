"""The analytics of a program: figures that stay fresh, trends with their tables, and all of it as CSV."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Response, g, render_template, request, url_for

from app.core import clock
from app.domain.localtime import local_day, start_of_day
from app.domain.permissions import Permission
from app.queries import program_analytics
from app.queries import programs as found
from app.web.business.analytics import figures, spans, tables
from app.web.support.cards_chart import cards_chart
from app.web.support.doors import area, page
from app.web.support.formatting import zone
from app.web.support.spreadsheet import csv_text

bp = area("analytics", __name__, "/programs")


@page(bp, "/<uuid:program_id>/analytics", permission=Permission.PROGRAM_VIEW)
def show(program_id: UUID) -> str:
    """Show how a program has done in the last 30, 90 or 365 days; twelve statements at most."""
    program, span = found.program(program_id), spans.read_span(request.args.get("days", ""))
    known = _known(program_id, span)
    unit = figures.unit_of(program)
    periods = spans.periods(known["series"], span)
    return render_template(
        "business/analytics/show.html",
        program={"id": program_id, "name": program["name"], "status": program["status"].lower()},
        kpis=figures.kpis(known, unit),
        rates=figures.rates(known, unit),
        as_of=known["as_of"],
        split=figures.split(known),
        split_title=figures.split_title(figures.split(known)),
        tiers=figures.shares(known["tierDistribution"]) if program["ruleType"] == "TIER_BASED" else [],
        spans=[_span_link(program_id, each, span) for each in spans.SPANS],
        days=span,
        charts=[tables.people(periods, span), tables.amounts_chart(periods, span, unit)],
        cards=cards_chart(program)[0],
        locations=tables.locations(_locations(program_id, span), g.business["currency"]),
    )


@page(bp, "/<uuid:program_id>/analytics/<table>.csv", permission=Permission.PROGRAM_VIEW)
def export(program_id: UUID, table: str) -> Response:
    """Send a table of the page for a spreadsheet: its days one by one, its figures, cards or locations."""
    program, span = found.program(program_id), spans.read_span(request.args.get("days", ""))
    rows = _rows(program, table, span)
    answer = Response(csv_text(rows), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{table}-{_today():%Y-%m-%d}.csv")
    return answer


def _rows(program: dict[str, Any], table: str, span: int) -> list[list[Any]]:
    program_id, unit = program["id"], figures.unit_of(program)
    match table:
        case "days":
            return tables.day_rows(_known(program_id, span)["series"], unit)
        case "figures":
            return tables.figure_rows(_known(program_id, span), unit)
        case "cards":
            chart = cards_chart(program)[0] or {"first_column": "On the card", "rows": []}
            return [[chart["first_column"], "Members"], *([row["label"], row["total"]] for row in chart["rows"])]
        case "split":
            return [
                ["Group", "Members"],
                *([row["name"], row["total"]] for row in figures.split(_known(program_id, span))),
            ]
        case "tiers":
            return [
                ["Tier", "Members"],
                *([tier, total] for tier, total in _known(program_id, span)["tierDistribution"].items()),
            ]
        case "locations":
            return tables.location_rows(_locations(program_id, span), g.business["currency"])
        case _:
            raise tables.UnknownTable


def _known(program_id: UUID, span: int) -> dict[str, Any]:
    today = _today()
    return program_analytics.program_analytics(program_id, today - timedelta(days=span - 1), today, zone(), clock.now())


def _locations(program_id: UUID, span: int) -> list[dict[str, Any]]:
    return program_analytics.by_location(program_id, start_of_day(_today() - timedelta(days=span - 1), zone()))


def _today() -> date:
    return local_day(clock.now(), zone())


def _span_link(program_id: UUID, span: int, current: int) -> dict[str, Any]:
    href = url_for("analytics.show", program_id=program_id, days=span)
    return {"label": f"{span} days", "href": href, "is_current": span == current}
