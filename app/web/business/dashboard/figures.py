"""The figures of Home, ready to show: key numbers, the finding over the chart, what needs somebody today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from flask import url_for

from app.domain.money import exponent
from app.web.support.formatting import money, points
from app.web.support.words import counted, listed

Program = Mapping[str, Any]
Weeks = Sequence[tuple[date, int]]

_NOON, _EVENING = 12, 18


def greeting(local: datetime, name: str) -> str:
    """Greet by the hour; an owner who has given no name is greeted without."""
    part = "morning" if local.hour < _NOON else "afternoon" if local.hour < _EVENING else "evening"
    return f"Good {part}" if "@" in name else f"Good {part}, {name.split()[0]}"


def today_words(today: date, programs: Sequence[Program]) -> str:
    """Say the day and what customers can collect on."""
    live = [program["name"] for program in programs if program["status"] == "ACTIVE"]
    day = f"{today:%A} {today.day} {today:%B}"
    if not live:
        return f"{day}. No program is live yet."
    return f"{day}. {listed(live[:3]) if len(live) <= 3 else counted(len(live), 'program')} {_are(live)} live."


def short_label(day: date) -> str:
    """Write the first day of a week as "5 Oct"."""
    return f"{day.day} {day:%b}"


def weeks_title(weeks: Weeks) -> str:
    """Say what the chart shows: the last seven days against the seven before."""
    now, before = weeks[-1][1], weeks[-2][1]
    said = f"{counted(now, 'visit')} in 7 days"
    if now > max(total for _, total in weeks[:-1]):
        return f"{said}, the most so far"
    if now == before:
        return f"{said}, as many as in the 7 before"
    return f"{said}, {abs(now - before):,} {'more' if now > before else 'fewer'} than in the 7 before"


def tickets(programs: Sequence[Program], members: Mapping[str, int], attention: int) -> list[dict[str, str]]:
    """Return up to three things that need a person."""
    return [*_failures(attention), *_drafts(programs), *_running_out(members["vouchers_expiring"])]


def kpis(programs: Sequence[Program], members: Mapping[str, int], weeks: Weeks, currency: str) -> list[dict[str, Any]]:
    """Return the six key numbers of Home."""
    return [
        _visits(weeks),
        {
            "label": "Members active in 30 days",
            "value": points(members["active"]),
            "note": f"of {counted(members['total'], 'member')}",
            "href": url_for("members.index"),
        },
        _outstanding(programs, currency),
        _redemption_rate(programs),
        _active(programs),
        _rewards(programs, members),
    ]


def worth_minor(programs: Iterable[Program], places: int) -> int:
    """Return what outstanding points are worth, rounded down to minor units: 1 / redemptionRate units each."""
    worth = sum((_worth(program, places) for program in programs), Fraction(0))
    return worth.numerator // worth.denominator


def _worth(program: Program, places: int) -> Fraction:
    if program["ruleType"] != "POINTS_BASED":
        return Fraction(0)
    return Fraction(program["outstanding"] * 10**places, program["version"].config.redemption_rate)


def _visits(weeks: Weeks) -> dict[str, Any]:
    return {
        "label": "Visits in 7 days",
        "value": points(weeks[-1][1]),
        "note": f"{points(weeks[-2][1])} in the 7 before",
        "series": [total for _, total in weeks],
    }


def _outstanding(programs: Sequence[Program], currency: str) -> dict[str, Any]:
    total = sum(program["outstanding"] for program in programs if program["ruleType"] == "POINTS_BASED")
    cash_back = sum(program["outstanding"] for program in programs if program["ruleType"] == "CASH_BACK")
    owed = f"You owe {money(worth_minor(programs, exponent(currency)), currency)}"
    return {
        "label": "Points outstanding",
        "value": points(total),
        "note": f"{owed}, and {money(cash_back, currency)} cash back" if cash_back else owed,
    }


def _redemption_rate(programs: Sequence[Program]) -> dict[str, Any]:
    earned = sum(program["vouchersIssued"] for program in programs)
    redeemed = sum(program["redemptions"] for program in programs)
    return {
        "label": "Redemption rate",
        "value": f"{100 * redeemed // earned}" if earned else "–",
        "unit": "%" if earned else None,
        "note": f"{points(redeemed)} of {counted(earned, 'reward')} earned" if earned else "No reward earned yet",
    }


def _active(programs: Sequence[Program]) -> dict[str, Any]:
    totals = {status: sum(program["status"] == status for program in programs) for status in ("ACTIVE", "SCHEDULED")}
    starts = f"{totals['SCHEDULED']} more scheduled" if totals["SCHEDULED"] else "None scheduled"
    return {
        "label": "Active programs",
        "value": points(totals["ACTIVE"]),
        "note": starts,
        "href": url_for("programs.index", status="active"),
    }


def _rewards(programs: Sequence[Program], members: Mapping[str, int]) -> dict[str, Any]:
    soon = members["vouchers_expiring"]
    note = f"{counted(soon, 'of them runs', 'of them run')} out within a week"
    return {
        "label": "Rewards earned",
        "value": points(sum(program["vouchersIssued"] for program in programs)),
        "note": note if soon else "None runs out within a week",
    }


def _failures(total: int) -> list[dict[str, str]]:
    if not total:
        return []
    title, href = f"{counted(total, 'thing')} could not be done", url_for("attention.index")
    return [_ticket("alert", title, "Nothing is lost.", href, "Look at them")]


def _drafts(programs: Sequence[Program]) -> list[dict[str, str]]:
    """A draft is worth a word while nothing else is live."""
    drafts = [program for program in programs if program["status"] == "DRAFT"]
    if not drafts or any(program["status"] == "ACTIVE" for program in programs):
        return []
    href = url_for("programs.show", program_id=drafts[0]["id"])
    return [_ticket("play", f"{drafts[0]['name']} is a draft", "Customers see it once it is active.", href, "Open it")]


def _running_out(total: int) -> list[dict[str, str]]:
    if not total:
        return []
    title = f"{counted(total, 'reward runs', 'rewards run')} out within a week"
    return [_ticket("gift", title, "Remind people at the counter.", url_for("members.index"), "See members")]


def _ticket(icon: str, title: str, words: str, href: str, link_words: str) -> dict[str, str]:
    return {"icon": icon, "title": title, "words": words, "href": href, "link_words": link_words}


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
