"""The figures over the trends: key numbers, and the redemption rate by both of its definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g

from app.domain.money import exponent
from app.web.support.formatting import money, points
from app.web.support.words import counted

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unit:
    """What a program gives: its word, how an amount is written, and its places behind the point (0 unless money)."""

    name: str
    written: Callable[[int], str]
    places: int
    is_vouchers: bool


def unit_of(program: Mapping[str, Any]) -> Unit:
    """Return points, money, or the rewards of a card."""
    currency = g.business["currency"]
    if program["ruleType"] == "CASH_BACK":
        return Unit("Cash back", lambda minor: money(minor, currency), exponent(currency), False)
    is_points = program["ruleType"] == "POINTS_BASED"
    return Unit("Points" if is_points else "Rewards", points, 0, not is_points)


def kpis(known: Figures, unit: Unit) -> list[dict[str, Any]]:
    """Return five key numbers as of now."""
    issued, redeemed, left = amounts(known, unit)
    return [
        {
            "label": "Enrolled",
            "value": points(known["enrollments"]),
            "note": "in all",
            "what": "Members who take part, whether or not they have bought something.",
        },
        {
            "label": "Active participants",
            "value": points(known["active_participants"]),
            "note": "in the last 90 days",
            "what": "Members who earned or used something in this program in the last 90 days.",
        },
        {
            "label": f"{unit.name} earned",
            "value": unit.written(issued),
            "note": "in all",
            "what": "All that purchases have brought, less what refunds took back.",
        },
        {
            "label": f"{unit.name} redeemed",
            "value": unit.written(redeemed),
            "note": "in all",
            "what": "All that members have used.",
        },
        {
            "label": f"{unit.name} {'not redeemed' if unit.is_vouchers else 'outstanding'}",
            "value": unit.written(left),
            "note": "ready or run out" if unit.is_vouchers else f"{unit.written(known['points_expired'])} expired",
            "what": "Earned, and not used." if unit.is_vouchers else "Earned, and neither used nor expired.",
        },
    ]


def rates(known: Figures, unit: Unit) -> list[dict[str, Any]]:
    """Return both redemption rates, each with what is counted."""
    issued, redeemed, _ = amounts(known, unit)
    what = unit.name.lower()
    given = (
        known["redemption_rate_points"]
        if not unit.is_vouchers
        else f"{100 * redeemed / issued:.1f}"
        if issued
        else "0.0"
    )
    return [
        {
            "id": "rate-members",
            "label": "Members who redeemed",
            "value": f"{known['redemption_rate']} %",
            "note": f"{points(known['redeemed_members'])} of {counted(known['earned_members'], 'member')} who earned",
            "words": "Members who have redeemed at least once, divided by members who have earned at least once.",
        },
        {
            "id": "rate-given",
            "label": f"{unit.name} redeemed",
            "value": f"{given} %",
            "note": f"{unit.written(redeemed)} of {unit.written(issued)}",
            "words": f"All {what} redeemed, divided by all {what} earned; what refunds took back is taken off.",
        },
    ]


def split(known: Figures) -> list[dict[str, Any]]:
    """Return the members in three parts, {name, total, share in percent}: how far they have come."""
    redeemed, earned = known["redeemed_members"], known["earned_members"]
    parts = {
        "Redeemed": redeemed,
        "Earned, never redeemed": max(0, earned - redeemed),
        "Joined only": max(0, known["enrollments"] - earned),
    }
    return shares(parts)


def split_title(parts: Sequence[Figures]) -> str:
    """Say the finding: who has earned and has had nothing for it yet, else how many have."""
    waiting = parts[1]["total"]
    if waiting:
        return f"{counted(waiting, 'member has', 'members have')} earned and never redeemed"
    return f"{counted(parts[0]['total'], 'member has', 'members have')} redeemed"


def shares(parts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return {name, total, share} of each part; shares are whole percents of the sum."""
    whole = sum(parts.values())
    return [
        {"name": name, "total": total, "share": round(100 * total / whole) if whole else 0}
        for name, total in parts.items()
    ]


def amounts(known: Figures, unit: Unit) -> tuple[int, int, int]:
    """Return what was earned, redeemed and is left, in the program's unit."""
    if unit.is_vouchers:
        issued, redeemed = known["vouchers_issued"], known["vouchers_redeemed"]
        return issued, redeemed, issued - redeemed
    return known["points_issued"], known["points_redeemed"], known["points_outstanding"]
