"""What the page of one program shows: key numbers, the customer's card, cards by progress, who was here, versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import g

from app.core import clock
from app.domain.money import exponent
from app.domain.registry import RULES
from app.queries import program_history, program_page
from app.queries.program_wizard import open_locations
from app.services.program_lifecycle import REDEEMABLE_AFTER_THE_END
from app.web.business.programs.forms import written_last_day
from app.web.business.programs.rows import edit_url, locations_words, status_note
from app.web.support.cards_chart import cards_chart
from app.web.support.context import initials, shop_icon
from app.web.support.formatting import long_date, money, points
from app.web.support.gains import gains
from app.web.support.sample_card import sample_card
from app.web.support.sentences import program_sentence
from app.web.support.words import called, counted

Program = Mapping[str, Any]

_ACTIONS = {
    "DRAFT": ["activate", "duplicate", "delete"],
    "SCHEDULED": ["unschedule", "pause", "duplicate", "end", "delete"],
    "ACTIVE": ["pause", "duplicate", "end", "delete"],
    "PAUSED": ["resume", "duplicate", "end", "delete"],
    "ENDED": ["duplicate", "redeem", "delete"],
}
_VERSIONS = 3
_PRIMARY = {"DRAFT": "activate", "SCHEDULED": "edit", "ACTIVE": None, "PAUSED": "resume", "ENDED": "duplicate"}


def context(program: Program, *, may_edit: bool) -> dict[str, Any]:
    """Return the context of business/programs/show.html; six statements, seven with a card to fill."""
    now, currency = clock.now(), g.business["currency"]
    figures = program_page.program_figures(program["id"])
    chart, unfinished = cards_chart(program)
    return {
        "program": {
            "id": program["id"],
            "name": program["name"],
            "status": program["status"].lower(),
            "status_words": f"{_since(program)}{status_note(program, now)}. {locations_words(program)}.",
            "sentence": f"{program_sentence(program)}.",
            "type_words": RULES[program["ruleType"]].TITLE,
            "description": program["description"],
            "actions": _ACTIONS[program["status"]] if may_edit else [],
            "primary": _PRIMARY[program["status"]],
            "edit_url": edit_url(program) if may_edit else None,
        },
        "kpis": _kpis(program, figures, currency),
        "card": sample_card(program, currency, shop_icon()),
        "chart": chart,
        "participation": [
            {"words": "Active in the last 90 days", "total": figures["active_participants"]},
            {"words": "Quiet for longer", "total": max(0, figures["enrollments"] - figures["active_participants"])},
        ],
        "activity": [_event(row, currency) for row in program_page.latest_outcomes(program["id"], currency)],
        "versions": [_version(row, program["programVersion"]) for row in _latest_versions(program["id"])],
        "unfinished_words": _unfinished_words(program, figures, unfinished, currency),
        "redeem_day": _redeem_day(program, now),
        "locations": open_locations() if may_edit else [],
        "here": [str(each) for each in program["locationIds"]],
    }


def _unfinished_words(program: Program, figures: Mapping[str, Any], unfinished: int, currency: str) -> str | None:
    """Say what customers have begun or hold in it: cards, points, money; else how many take part."""
    held, enrolled = figures["outstanding"], figures["enrollments"]
    if unfinished:
        return f"{counted(unfinished, 'customer has', 'customers have')} unfinished cards."
    if held and program["ruleType"] == "CASH_BACK":
        return f"Customers hold {money(held, currency)} of cash back."
    if held:
        return f"Customers hold {counted(held, 'point')}."
    return f"{counted(enrolled, 'customer takes', 'customers take')} part." if enrolled else None


def _redeem_day(program: Program, now: datetime) -> str:
    """The last day to redeem: as it is set, else what ending the program now would set."""
    until = program["redeemUntil"] or now + REDEEMABLE_AFTER_THE_END
    return written_last_day(until, ZoneInfo(program["timezone"]))


def _since(program: Program) -> str:
    started = program["startsAt"]
    is_running = started and program["status"] in ("ACTIVE", "PAUSED")
    return f"Live since {long_date(started)}. " if is_running else ""


def _kpis(program: Program, figures: Mapping[str, Any], currency: str) -> list[dict[str, Any]]:
    """Five key numbers: who takes part, and what the program has given, in its own unit."""
    earned, redeemed = figures["vouchers_issued"], figures["redemptions"]
    return [
        {"label": "Enrolled", "value": points(figures["enrollments"]), "note": "in all"},
        {
            "label": "Active participants",
            "value": points(figures["active_participants"]),
            "note": "in the last 90 days",
        },
        *_given(program, figures, currency),
        {
            "label": "Redemption rate",
            "value": f"{100 * redeemed // earned}" if earned else "–",
            "unit": "%" if earned else None,
            "note": f"{points(redeemed)} of {points(earned)} redeemed" if earned else "No reward earned yet",
        },
    ]


def _given(program: Program, figures: Mapping[str, Any], currency: str) -> list[dict[str, Any]]:
    if program["ruleType"] == "CASH_BACK":
        return [
            {"label": "Cash back given", "value": money(figures["issued"], currency), "note": "in all"},
            {
                "label": "Cash back pending",
                "value": money(figures["outstanding"], currency),
                "note": "not paid out yet",
            },
        ]
    if program["ruleType"] == "POINTS_BASED":
        rate = int(program["ruleConfig"]["redemptionRate"])
        owed = figures["outstanding"] * 10 ** exponent(currency) // rate
        return [
            {"label": "Points given", "value": points(figures["issued"]), "note": "in all"},
            {
                "label": "Points outstanding",
                "value": points(figures["outstanding"]),
                "note": f"worth {money(owed, currency)}",
            },
        ]
    ready = figures["vouchers_issued"] - figures["redemptions"]
    return [
        {"label": "Rewards earned", "value": points(figures["vouchers_issued"]), "note": "in all"},
        {"label": "Not redeemed", "value": points(ready), "note": "ready or run out"},
    ]


def _event(row: Mapping[str, Any], currency: str) -> dict[str, Any]:
    given = gains(row, currency)
    name = called(row)
    return {
        "member_id": row["member_id"],
        "name": name,
        "initials": initials(name),
        "words": row["explanation"],
        "amount": given[0] if given else None,
        "at": row["at"],
    }


def _latest_versions(program_id: UUID) -> list[dict[str, Any]]:
    return program_history.versions_page(program_id, cursor=None, limit=_VERSIONS).rows


def _version(row: Mapping[str, Any], current: int) -> dict[str, Any]:
    return {
        "number": row["number"],
        "words": ". ".join(row["changes"]) or "Created",
        "by": row["created_by"] or "Regulars",
        "at": row["created_at"],
        "earned_words": f"{counted(row['earned'], 'purchase')} earned under it." if row["earned"] else None,
        "is_current": row["number"] == current,
    }
