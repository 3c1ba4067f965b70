"""What a purchase brought, in words that fit beside it: "+20 points", "+1 punch", "1 reward"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.queries.timeline import OutcomePair
from app.web.support.formatting import money
from app.web.support.words import counted

_COUNTED = (("points", "point"), ("punches", "punch"), ("stamps", "stamp"), ("visits", "visit"))
_NOTHING_MORE = "Counted"
_MANY = {"punch": "punches"}

Outcome = Mapping[str, Any]


def gains(outcome: Outcome, currency: str) -> list[str]:
    """Return everything that one outcome gave; empty when it gave nothing that can be counted."""
    found = [f"+{counted(outcome[key], one, _MANY.get(one))}" for key, one in _COUNTED if outcome[key]]
    if outcome["cashback"]:
        found.append(f"+{money(outcome['cashback'], currency)} cash back")
    if outcome["vouchers"]:
        found.append(f"+{counted(outcome['vouchers'], 'reward')}")
    return found


def purchase_receipt(outcomes: Sequence[OutcomePair], currency: str) -> dict[str, Any] | None:
    """Return the receipt of a purchase: a row with its reason for each program that gave, the others beside it."""
    rows = [row for pair in outcomes for row in _rows(pair, currency)]
    missed = [
        {"words": pair.first["programName"], "why": pair.first["explanation"]}
        for pair in outcomes
        if pair.first["code"] is not None
    ]
    if not rows and not missed:
        return None
    return {"rows": rows, "total": None, "missed": missed, "missed_words": counted(len(missed), "other program")}


def _rows(pair: OutcomePair, currency: str) -> list[dict[str, Any]]:
    """One row for what was earned, and one for what is left of it once something was given back.

    A program that has counted the purchase without giving or saying anything, as tiers do, has no row.
    """
    if pair.first["code"] is not None or not (gains(pair.first, currency) or _why(pair.first, currency)):
        return []
    name = f"{pair.first['programName']} v{pair.first['programVersion']}"
    amount = ", ".join(gains(pair.first, currency)) or "counted"
    row = {"words": name, "amount": amount, "why": _why(pair.first, currency)}
    if pair.last is pair.first or gains(pair.last, currency) == gains(pair.first, currency):
        return [row]
    left = ", ".join(gains(pair.last, currency)) or "nothing left"
    return [row, {"words": "After what was given back", "amount": left, "why": _why(pair.last, currency)}]


def _why(outcome: Outcome, currency: str) -> str | None:
    """Return the reason, unless it only says the amount once more."""
    said = outcome["explanation"]
    repeated = [words.removeprefix("+") for words in gains(outcome, currency)]
    return None if said == _NOTHING_MORE or said in repeated else str(said)
