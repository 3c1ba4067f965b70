"""A member's timeline as the templates draw it: facts of queries.timeline become lines, lines become days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from app.web.support.formatting import money, points
from app.web.support.gains import gains, purchase_receipt
from app.web.support.words import category_words, clock_time, counted, day_words

Fact = Mapping[str, Any]
Line = dict[str, Any]

_ENTRY_TITLES = {
    "reversal": ("undo", "out", "Taken back"),
    "expire": ("clock", "out", "Ran out"),
    "redeem": ("gift", "out", "Redeemed"),
    "restore": ("undo", "in", "Returned"),
    "adjust": ("pencil", "system", "Adjusted"),
    "bonus": ("gift", "in", "Bonus"),
    "transfer": ("people", "system", "Carried over"),
}
REASONS = {
    "automatic": "Reached by what was earned",
    "manual_promotion": "By hand",
    "special_event": "A special event",
    "period_end": "The period has ended",
    "inactivity": "No purchase for a long time",
}
"""Why a tier changed, by the reason in its history."""


def days(
    facts: Iterable[Fact],
    currency: str,
    undo_url: Callable[[Fact], str | None] = lambda _: None,
    refund_url: Callable[[Fact], str | None] = lambda _: None,
) -> list[dict[str, Any]]:
    """Group facts, the latest first, into local days: {label, lines}; the two say how one can be put right."""
    return [
        {
            "label": label,
            "lines": [
                line(fact, currency) | {"undo_url": undo_url(fact), "refund_url": refund_url(fact)} for fact in same_day
            ],
        }
        for label, same_day in groupby(facts, key=lambda fact: day_words(fact["at"]))
    ]


def line(fact: Fact, currency: str) -> Line:
    """Return one line of a timeline (components/timeline.html)."""
    return _LINES[fact["kind"]](fact, currency)


def bought(purchase: Mapping[str, Any]) -> str:
    """Return what a purchase was, from the stored items: "Latte and Croissant", else what kind it was."""
    kind = purchase.get("sale_kind") or purchase["kind"]
    names = list(dict.fromkeys(name or category_words(category) for category, _, _, name, _ in purchase["items"]))
    said = [name for name in names if name]
    if not said:
        return "Punch" if kind == "punch" else "Purchase"
    return said[0] if len(said) == 1 else f"{said[0]} and {len(said) - 1} more"


def _purchase(fact: Fact, currency: str) -> Line:
    given = [words for pair in fact["outcomes"] for words in gains(pair.first, currency)]
    is_sale = fact["sale_kind"] == "sale"
    return {
        "icon": "receipt" if is_sale else "stamp",
        "tone": "in",
        "title": f"{bought(fact)}, {money(fact['amount_minor'], currency)}" if is_sale else bought(fact),
        "meta": _purchase_meta(fact, currency),
        "amount": given[0] if given else None,
        "receipt": purchase_receipt(fact["outcomes"], currency),
    }


def _purchase_meta(fact: Fact, currency: str) -> str:
    at = f"{clock_time(fact['at'])}{' at ' + fact['location_name'] if fact['location_name'] else ''}"
    by = f"{fact['source']} {fact['order_id']}" if fact["source"] != "till" else f"Till, {fact['recorded_by']}"
    states = {
        "cancelled": fact["status"] == "cancelled",
        "not completed yet": fact["status"] == "pending",
        "needs you": fact["is_dead"],
        "counting…": fact["waiting"],
    }
    state = next((words for words, is_so in states.items() if is_so), None)
    back = f"{money(fact['refunded_minor'], currency)} given back" if fact["refunded_minor"] else None
    return ". ".join(words for words in (at, by, back, state) if words)


def _entry(fact: Fact, currency: str) -> Line:
    icon, tone, title = _ENTRY_TITLES[fact["entry_kind"]]
    is_money = fact["unit"] == "money"
    size = abs(fact["amount"])
    words = money(size, currency) if is_money else counted(size, "point")
    after = fact["balance_after"]
    return {
        "icon": icon,
        "tone": tone,
        "title": f"{title}: {words}",
        "meta": ". ".join(part for part in (clock_time(fact["at"]), fact["program_name"], fact["note"]) if part),
        "amount": f"{'+' if fact['amount'] > 0 else '−'}{words}",
        "amount_notes": [f"balance {money(after, currency) if is_money else points(after)}"],
        "why": fact["explanation"],
    }


def _message(fact: Fact, _currency: str) -> Line:
    states = {"sent": "Sent", "skipped": "Not sent: no address or no consent", "dead": "Could not be sent"}
    words = states.get(fact["state"], "On its way")
    title = f"E-mail: {fact['message_kind'].replace('_', ' ')}"
    return {"icon": "mail", "tone": "system", "title": title, "meta": f"{clock_time(fact['at'])}. {words}."}


def _tier(fact: Fact, _currency: str) -> Line:
    held = fact["to_tier"]
    title = f"{'Now' if fact['from_tier'] else 'Reached'} {held}" if held else f"No longer {fact['from_tier']}"
    meta = f"{clock_time(fact['at'])}. {fact['program_name']}. {REASONS[fact['reason']]}."
    return {"icon": "star", "tone": "system", "title": title, "meta": meta}


def _joined(fact: Fact, _currency: str) -> Line:
    return {
        "icon": "card",
        "tone": "system",
        "title": f"Joined {fact['program_name']}",
        "meta": clock_time(fact["at"]),
    }


_LINES: dict[str, Callable[[Fact, str], Line]] = {
    "purchase": _purchase,
    "entry": _entry,
    "tier": _tier,
    "joined": _joined,
    "message": _message,
}
