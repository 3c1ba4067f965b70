"""How far a member is in each program, as components/standing.html and components/progress.html draw it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.web.support.formatting import last_short_day, money, points, short_day
from app.web.support.words import counted

Enrollment = Mapping[str, Any]
Standing = dict[str, Any]

_ORDER = ("PUNCH_CARD", "STAMP_CARD", "VISIT_FREQUENCY", "POINTS_BASED", "AMOUNT_SPENT", "TIER_BASED", "CASH_BACK")
_CARDS = ("PUNCH_CARD", "STAMP_CARD", "VISIT_FREQUENCY")
_UNITS = {"punches": ("punch", "punches"), "stamps": ("stamp", "stamps"), "visits": ("visit", "visits")}


def standings(enrollments: Iterable[Enrollment], *, currency: str, icon: str) -> list[Standing]:
    """Return the standing in every program that a member can still use, those with a card to fill first.

    ``icon`` is the sprite's picture for what this business sells.
    """
    shown = [found for found in enrollments if found["programStatus"] != "ENDED" or _is_worth_something(found)]
    return [standing(found, currency=currency, icon=icon) for found in sorted(shown, key=_place)]


def standing(found: Enrollment, *, currency: str, icon: str) -> Standing:
    """Return one of them. ``found`` is of queries.enrollments: money in minor units."""
    drawn = {
        "program_id": found["programId"],
        "program_name": found["programName"],
        "rule_type": found["ruleType"],
        "icon": icon,
        "is_paused": found["programStatus"] == "PAUSED",
    }
    return {**drawn, **_DRAWN[found["ruleType"]](found, currency)}


def main_progress(enrollments: Iterable[Enrollment]) -> Standing | None:
    """Return how far a member is with the card that comes first: progress_words "7 of 9", unit "punches"."""
    cards = [found for found in enrollments if found["ruleType"] in _CARDS and found["programStatus"] != "ENDED"]
    return _card(min(cards, key=_place), "") if cards else None


def tier_of(enrollments: Iterable[Enrollment]) -> str | None:
    """Return the tier that a member holds in the first program that has tiers."""
    return next((found["tier"] for found in enrollments if found["tier"]), None)


def balance_of(enrollments: Iterable[Enrollment]) -> dict[str, str] | None:
    """Return the points that a member can use, over all programs with points; None without such a program."""
    held = [found["balance"] for found in enrollments if found["unit"] == "points"]
    return {"value": points(sum(held)), "unit": "point" if sum(held) == 1 else "points"} if held else None


def _is_worth_something(found: Enrollment) -> bool:
    return bool(found["balance"] or found["pending"])


def _place(found: Enrollment) -> tuple[bool, int]:
    return found["programStatus"] == "ENDED", _ORDER.index(found["ruleType"])


def _card(found: Enrollment, _currency: str) -> Standing:
    """Punches, stamps or visits: so many of so many."""
    progress = found["progress"]
    unit = next(key for key in _UNITS if key in progress)
    one, many = _UNITS[unit]
    done, total = progress[unit], progress["required"]
    return {
        "picture": "ring" if unit == "visits" else "stamps",
        "filled": done,
        "total": total,
        "unit": many,
        "headline": f"{counted(total - done, 'more ' + one, 'more ' + many)}",
        "sentence": _next(found),
        "note": _next(found),
        "progress_words": f"{done} of {total}",
    }


def _spent(found: Enrollment, currency: str) -> Standing:
    done, total = found["progress"]["spent"], found["progress"]["threshold"]
    words = f"{money(done, currency)} of {money(total, currency)}"
    ends = found["progress"]["periodEndsAt"]
    until = f" Until {short_day(ends)}." if ends else ""
    return {
        "picture": "bar",
        "filled": done,
        "total": total,
        "headline": f"{money(total - done, currency)} more" if done < total else "Goal reached",
        "sentence": _next(found) + until,
        "note": _next(found) + until,
        "progress_words": words,
        "spoken": words,
    }


def _points(found: Enrollment, _currency: str) -> Standing:
    upcoming = found["nextReward"]
    goal = found["balance"] + upcoming["remaining"] if upcoming else 0
    words = counted(found["balance"], "point")
    return {
        "picture": "bar" if upcoming else None,
        "filled": found["balance"],
        "total": goal,
        "unit": "points",
        "headline": counted(upcoming["remaining"], "more point") if upcoming else words,
        "sentence": f"Next reward at {counted(goal, 'point')}." if upcoming else "Ready to be used.",
        "progress_words": words,
        "spoken": f"{points(found['balance'])} of {counted(goal, 'point')}" if upcoming else words,
        "balance": {"value": points(found["balance"]), "unit": "point" if found["balance"] == 1 else "points"},
        "note": " ".join(_point_notes(found)) or None,
    }


def _point_notes(found: Enrollment) -> list[str]:
    expiry = found["progress"]["nextExpiry"]
    notes = {
        f"{points(found['pending'])} more arrive soon.": found["pending"],
        f"{counted(found['owed'], 'point')} are still to be made up for returned goods.": found["owed"],
    }
    run_out = [f"{points(expiry['points'])} run out on {last_short_day(expiry['at'])}."] if expiry else []
    return [note for note, amount in notes.items() if amount] + run_out


def _tier(found: Enrollment, currency: str) -> Standing:
    progress, tier = found["progress"], found["tier"]
    total = progress["metric"] + (progress["toNext"] or 0)
    missing = f"{_metric(found, progress['toNext'] or 0, currency)} more to {progress['nextTier']}"
    is_top = progress["nextTier"] is None
    keep = progress["toKeep"]
    return {
        "picture": None if is_top else "bar",
        "filled": progress["metric"],
        "total": 0 if is_top else total,
        "headline": tier or "No tier yet",
        "tier": tier,
        "sentence": "The highest there is." if is_top else f"{missing}.",
        "progress_words": tier or "No tier yet",
        "spoken": f"{_metric(found, progress['metric'], currency)} of {_metric(found, total, currency)}",
        "note": f"{_metric(found, keep, currency)} more keep {tier}." if keep else None if is_top else f"{missing}.",
    }


def _cash_back(found: Enrollment, currency: str) -> Standing:
    """Cash back stays pending until it is paid out."""
    total = found["balance"] + found["pending"]
    return {
        "picture": None,
        "filled": 0,
        "total": 0,
        "headline": f"{money(total, currency)} cash back",
        "sentence": "Pending until it is paid out." if found["pending"] else "Comes with every purchase.",
        "progress_words": money(total, currency),
        "spoken": f"{money(total, currency)} cash back",
        "balance": {"value": money(total, currency), "unit": "pending" if found["pending"] else "cash back"},
        "note": None,
    }


def _next(found: Enrollment) -> str:
    upcoming = found["nextReward"]
    return f"Next: {upcoming['description']}." if upcoming else ""


def _metric(found: Enrollment, amount: int, currency: str) -> str:
    """Write what a tier counts: money, visits or points."""
    if found["metricUnit"] == "spending":
        return money(amount, currency)
    return counted(amount, "visit" if found["metricUnit"] == "visits" else "point")


_DRAWN: dict[str, Callable[[Enrollment, str], Standing]] = {
    "PUNCH_CARD": _card,
    "STAMP_CARD": _card,
    "VISIT_FREQUENCY": _card,
    "AMOUNT_SPENT": _spent,
    "POINTS_BASED": _points,
    "TIER_BASED": _tier,
    "CASH_BACK": _cash_back,
}
