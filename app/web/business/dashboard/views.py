"""Home: how the business is doing, and what needs somebody today."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, url_for

from app.core import clock
from app.domain.permissions import Permission
from app.queries import dashboard, purchases
from app.queries.setup import setup_facts
from app.web.business.dashboard import figures
from app.web.support.context import initials
from app.web.support.doors import area, page
from app.web.support.formatting import zone
from app.web.support.gains import gains
from app.web.support.sentences import rule_sentence
from app.web.support.setup_list import setup_list
from app.web.support.story import bought
from app.web.support.words import called

bp = area("dashboard", __name__)

_WEEKS = 7


@page(bp, "/", permission=Permission.DASHBOARD_VIEW)
def home() -> str:
    """Show the figures: eight statements."""
    now = clock.now()
    today = now.astimezone(zone()).date()
    programs = dashboard.program_figures(now)
    members = dashboard.member_figures(now)
    weeks = dashboard.visits_by_week(today, _WEEKS, zone())
    currency = g.business["currency"]
    return render_template(
        "business/dashboard/home.html",
        greeting=figures.greeting(now.astimezone(zone()), g.caller.actor.name),
        today_words=figures.today_words(today, programs),
        tickets=figures.tickets(programs, members, g.business["attention_total"]),
        kpis=figures.kpis(programs, members, weeks, currency),
        weeks=[{"label": figures.short_label(day), "total": total} for day, total in weeks],
        weeks_title=figures.weeks_title(weeks),
        top_members=[_top(found) for found in dashboard.top_members(now, zone())],
        currency=currency,
        programs=[_live(found) for found in programs if found["status"] == "ACTIVE"],
        latest=_latest(currency),
        is_new=members["total"] == 0,
        create_program_url=url_for("templates.index"),
        setup=setup_list(setup_facts()),
    )


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
