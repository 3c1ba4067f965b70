"""Home: how the business is doing, and what needs somebody today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, g, render_template, url_for

from app.core import clock
from app.domain.permissions import Permission
from app.queries import dashboard, purchases
from app.queries.setup import setup_facts
from app.queries.silent_tills import silent_tills
from app.queries.trends import trend
from app.web.business.dashboard import figures, month
from app.web.support.context import initials
from app.web.support.doors import area, page
from app.web.support.formatting import zone
from app.web.support.gains import gains
from app.web.support.sentences import rule_sentence
from app.web.support.setup_list import setup_list
from app.web.support.spreadsheet import csv_text
from app.web.support.story import bought
from app.web.support.words import called

bp = area("dashboard", __name__)

_WEEKS = 7
_DAY = timedelta(days=1)
_MONTH = timedelta(days=month.DAYS)


@page(bp, "/", permission=Permission.DASHBOARD_VIEW)
def home() -> str:
    """Show the figures; its key numbers are fetched anew every 30 s."""
    now = clock.now()
    read = _read(now)
    programs, today, currency = read["programs"], now.astimezone(zone()).date(), g.business["currency"]
    return render_template(
        "business/dashboard/home.html",
        greeting=figures.greeting(now.astimezone(zone()), g.caller.actor.name),
        today_words=figures.today_words(today, programs),
        tickets=figures.tickets(
            programs,
            read["members"],
            g.business["attention_total"],
            dashboard.birthdays(today),
            silent_tills() if g.caller.may(Permission.TILL_EDIT) else [],
        ),
        kpis=read["kpis"],
        weeks=[{"label": figures.short_label(day), "total": total} for day, total in read["weeks"]],
        weeks_title=figures.weeks_title(read["weeks"]),
        tiers=month.tiers(read["month"]),
        trend=month.trend_chart(read["month"]),
        top_members=[_top(found) for found in read["top"]],
        currency=currency,
        programs=[_live(found) for found in programs if found["status"] == "ACTIVE"],
        latest=_latest(currency),
        is_new=read["members"]["total"] == 0,
        create_program_url=url_for("templates.index"),
        setup=setup_list(setup_facts()),
    )


@page(bp, "/home/<table>.csv", permission=Permission.DASHBOARD_VIEW)
def export(table: str) -> Response:
    """Send a table of Home for a spreadsheet: figures, weeks, days, tiers or top-members."""
    now = clock.now()
    rows = month.csv_rows(table, _read(now), g.business["currency"])
    answer = Response(csv_text(rows), mimetype="text/csv")
    name = f"{table}-{now.astimezone(zone()):%Y-%m-%d}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _read(now: datetime) -> dict[str, Any]:
    """Read what both the page and its tables show."""
    today = now.astimezone(zone()).date()
    programs, members = dashboard.program_figures(now), dashboard.member_figures(now)
    weeks = dashboard.visits_by_week(today, _WEEKS, zone())
    days = trend(None, today - _MONTH - _DAY, today - _DAY)
    return {
        "programs": programs,
        "members": members,
        "weeks": weeks,
        "month": days,
        "kpis": figures.kpis(programs, members, weeks, g.business["currency"], days),
        "top": dashboard.top_members(now, zone()),
    }


def _top(found: dict[str, Any]) -> dict[str, Any]:
    name = called(found)
    return {
        "id": found["id"],
        "name": name,
        "initials": initials(name),
        "tier": found["tier"],
        "visits": found["visits"],
        "spent_minor": found["spent"],
    }


def _live(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": found["id"],
        "name": found["name"],
        "sentence": rule_sentence(found["version"]),
        "status": "active",
        "members": found["members"],
    }


def _latest(currency: str) -> list[dict[str, Any]]:
    """The newest purchases, each with the first thing that it brought."""
    latest = dashboard.latest_purchases()
    outcomes = purchases.outcomes([purchase["id"] for purchase in latest], currency)
    return [_event(purchase, outcomes.get(purchase["id"], []), currency) for purchase in latest]


def _event(purchase: dict[str, Any], outcomes: list[dict[str, Any]], currency: str) -> dict[str, Any]:
    given = [words for outcome in outcomes for words in gains(outcome, currency)]
    place = purchase["location_name"]
    return {
        "member_id": purchase["member_id"],
        "name": called(purchase),
        "initials": initials(called(purchase)),
        "words": f"{bought(purchase)} at {place}" if place else bought(purchase),
        "amount": given[0] if given else None,
        "at": purchase["occurred_at"],
    }
