"""Traces in plain words: one sentence about what a purchase earned, or why it did not (RULES 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.domain.money import money_text

Params = Mapping[str, Any]

_NOTHING_SAID = "Counted"
_TIMES = {"2": "double", "3": "triple", "0.5": "half"}
_WINDOWS = {"day": "a day", "week": "a week", "month": "a month", "program": "in this program"}
_FACTORS = {"tier": "your tier", "campaign": "the bonus", "badge": "your badge"}
_TAKEN_FOR = {
    "refund": "taken back for a refund",
    "cancel": "taken back, the purchase was cancelled",
    "move": "taken back, the purchase belongs to somebody else",
}


def sentence(trace: Sequence[Sequence[Any]], currency: str, *, hide_arithmetic: bool = False) -> str:
    """One sentence for owner, staff and member alike; money in the business's currency.

    With ``hide_arithmetic`` (a member with a private multiplier, RULES 6) points stand without factors or amounts.
    """
    parts = [_line(code, params, currency, hide_arithmetic) for code, params in trace]
    said = "; ".join(part for part in parts if part) or _NOTHING_SAID
    return said[0].upper() + said[1:]


def _line(code: str, params: Params, currency: str, hide_arithmetic: bool) -> str:
    if code == "points" and hide_arithmetic:
        return _points_alone(params)
    say = _LINES.get(code)
    return say(params, currency) if say else code.replace("_", " ")


def _points(params: Params, currency: str) -> str:
    if "amount" not in params:
        return _points_alone(params)
    steps = [f"{money_text(params['amount'], currency)} × {params['rate']} points"]
    steps += [f"{_name(category)} counts {_times(weight)}" for category, weight in params.get("categories", ())]
    steps += _factors(params)
    return f"{', '.join(steps)} = {_count(params['points'], 'point')}"


def _points_alone(params: Params) -> str:
    return _count(params["points"], "point")


def _cashback(params: Params, currency: str) -> str:
    steps = [f"{params['rate']} % of {money_text(params['amount'], currency)}", *_factors(params)]
    most = f" (at most {money_text(params['maximum'], currency)} a purchase)" if "maximum" in params else ""
    return f"{', '.join(steps)} = {money_text(params['cashback'], currency)} back{most}"


def _limit(who: str) -> Callable[[Params, str], str]:
    def say(params: Params, currency: str) -> str:
        amount = _limited(params["granted"], params["unit"], currency)
        most = _limited(params["max"], params["unit"], currency)
        return f"{amount} of it granted, {who} is {most} {_WINDOWS[params['per']]}"

    return say


def _limited(amount: int, unit: str, currency: str) -> str:
    return money_text(amount, currency) if unit == "cashback" else _count(amount, unit.removesuffix("s"))


def _below_minimum(params: Params, currency: str) -> str:
    amount, minimum = money_text(params["amount"], currency), money_text(params["minimum"], currency)
    return f"{amount} is below the minimum of {minimum}"


def _factors(params: Params) -> list[str]:
    return [f"{name or _FACTORS[kind]} × {value}" for kind, name, value in params.get("factors", ())]


def _name(category: str) -> str:
    return category.replace("_", " ")


def _times(weight: str) -> str:
    return _TIMES.get(weight, f"× {weight}")


def _count(amount: int | Decimal, noun: str) -> str:
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def _fixed(text: str) -> Callable[[Params, str], str]:
    return lambda *_: text


_LINES: dict[str, Callable[[Params, str], str]] = {
    "points": _points,
    "punches": lambda params, _: "1 punch" if params["punches"] == 1 else f"{params['punches']} punches",
    "stamps": lambda params, _: _count(params["stamps"], "stamp"),
    "visit": _fixed("a visit"),
    "spent": lambda params, currency: f"{money_text(params['amount'], currency)} towards the next reward",
    "cashback": _cashback,
    "reward_earned": lambda params, _: f"{_count(params['rewards'], 'reward')} earned",
    "tier_reached": lambda params, _: f"{params['tier']} reached",
    "member_cap_reached": _limit("the most for one member"),
    "budget_reached": _limit("the program's budget"),
    "taken_back": lambda params, _: f"{params['points']:,} {_TAKEN_FOR.get(params['reason'], 'taken back')}",
    "adjusted": lambda params, _: (
        f"{_count(abs(params['points']), 'point')} {'given' if params['points'] > 0 else 'taken away'} by hand"
    ),
    "imported": lambda params, _: f"from the file {params['file']}",
    "undone": _fixed("undone: what was done before is taken back"),
    "merged": lambda params, _: f"{_count(params['points'], 'point')} of the same person's other account",
    "merged_away": _fixed("counts for the account that this one was merged into"),
    "unmerged": _fixed("back to the account they came from"),
    "redeemed": lambda params, _: f"{_count(params['points'], 'point')} turned into a reward",
    "returned": lambda params, _: f"{_count(params['points'], 'point')} back from a cancelled redemption",
    "expired": lambda params, _: f"{_count(params['points'], 'point')} ran out",
    "zero_amount": _fixed("nothing was paid"),
    "member_not_active": _fixed("this member is suspended or has expired, so nothing is earned"),
    "program_not_live": _fixed("the program was not running then"),
    "location_not_participating": _fixed("this location does not take part"),
    "blackout_date": lambda params, _: f"nothing is earned on {params['date']}",
    "outside_recurrence": _fixed("outside the days and hours of this program"),
    "segment_not_targeted": _fixed("this program is for other members"),
    "not_enrolled": _fixed("the member has not joined this program"),
    "below_minimum": _below_minimum,
    "category_not_matched": lambda params, _: f"only {_name(params['category'])} counts",
    "outside_valid_hours": _fixed("outside the hours of this program"),
    "excluded_by_priority": _fixed("another program counted this purchase instead"),
    "nothing_earned": _fixed("too little for a point or a stamp"),
    "already_counted_today": _fixed("today's visit was counted already"),
}
"""Code -> how it is said; every code that the engine or the ledger writes into a trace is here."""
