"""Refunds as people ask for them, in the dashboard and at the till: the form, and every consequence in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.domain.actor import Actor
from app.domain.errors import Conflict, ValidationErrors
from app.domain.money import MoneyError, exact, format_money, to_minor
from app.queries.purchases import outcomes
from app.services.corrections import RefundItem, refund_purchase
from app.services.refund_preview import preview_refund
from app.web.support.formatting import long_date, money
from app.web.support.words import category_words, counted, listed

_COUNTED = (
    ("points", "point", None),
    ("punches", "punch", "punches"),
    ("stamps", "stamp", None),
    ("visits", "visit", None),
    ("vouchers", "reward that is ready", "rewards that are ready"),
)
_ADDING_UP = {
    "TIER_BASED": "Less counts towards the next tier. The tier now held stays until its next evaluation",
    "AMOUNT_SPENT": "Less counts towards the goal",
}
_LONGEST, _LONGEST_REASON = 24, 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A refund that can be asked for: minor units, the items it takes back, and what had been refunded before."""

    amount: int
    items: list[RefundItem] | None
    reason: str
    seen: int | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, to be shown again; ``asked`` is None where ``errors`` says why."""

    values: dict[str, str]
    errors: dict[str, str]
    asked: Asked | None


def read_refund(form: Mapping[str, str], purchase: Mapping[str, Any], currency: str) -> Typed:
    """Read amount, item-0, item-1 …, reason and seen; ``purchase`` is of queries.refunds."""
    names = ("amount", "reason", "seen", *(f"item-{item['index']}" for item in purchase["items"]))
    values = {name: form.get(name, "").strip()[:_LONGEST_REASON] for name in names}
    errors: dict[str, str] = {}
    items = _items(values, purchase, errors)
    amount = _amount(values, purchase, items, errors, currency)
    if errors or amount is None:
        return Typed(values, errors, None)
    seen = int(values["seen"]) if values["seen"].isascii() and values["seen"].isdecimal() else None
    return Typed(values, errors, Asked(amount, items or None, values["reason"], seen))


def first_values(purchase: Mapping[str, Any], currency: str) -> dict[str, str]:
    """Return what the form begins with: all that is left, or nothing where items can be chosen instead."""
    amount = "" if purchase["items"] else format_money(purchase["left"], currency)
    return {"amount": amount, "seen": str(purchase["refunded"])}


def consequences(purchase_id: UUID, asked: Asked, currency: str, actor: Actor) -> list[dict[str, str]]:
    """Return {program, words} for each program that the refund touches; saves nothing. Raises as a refund does."""
    taken = preview_refund(purchase_id, amount_minor=asked.amount, items=asked.items, currency=currency, actor=actor)
    kinds = {each["programId"]: each for each in outcomes([purchase_id], currency).get(purchase_id, [])}
    found = []
    for row in taken:
        words = _taken_words(row, currency)
        kind = kinds.get(row["programId"])
        if not words and kind is not None and kind["code"] is None:
            words = _ADDING_UP.get(kind["ruleType"], "")
        if words:
            found.append({"program": row["programName"], "words": f"{words}."})
    return found


def refund(purchase_id: UUID, asked: Asked, actor: Actor) -> None:
    """Ask for the refund. Raises as `services.corrections.refund_purchase` does."""
    refund_purchase(
        purchase_id,
        amount_minor=asked.amount,
        items=asked.items,
        reason=asked.reason,
        actor=actor,
        seen_minor=asked.seen,
    )


def refused(error: Conflict | ValidationErrors, asked: Asked) -> dict[str, str]:
    """Return one message for each field of the form."""
    if isinstance(error, Conflict):
        return {"": error.message}
    places = {f"items.{place}.quantity": f"item-{index}" for place, (index, _) in enumerate(asked.items or ())}
    known = {**places, "amount": "amount"}
    return {known.get(path, ""): messages[0] for path, messages in error.errors.items()}


def shown(purchase: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return the purchase as the pages draw it: what is left, its items, and what was given back so far."""
    return {
        "id": purchase["id"],
        "what": "Punch" if purchase["kind"] == "punch" else f"Purchase of {money(purchase['amount'], currency)}",
        "on": long_date(purchase["occurredAt"]),
        "left": money(purchase["left"], currency),
        "seen": purchase["refunded"],
        "is_open": purchase["status"] == "completed" and purchase["left"] > 0,
        "state": _state(purchase),
        "items": [_item(item, currency) for item in purchase["items"]],
        "refunds": [{**each, "words": money(each["amount"], currency)} for each in purchase["refunds"]],
    }


def _state(purchase: Mapping[str, Any]) -> str:
    if purchase["status"] == "cancelled":
        return "This purchase was taken back; there is nothing left to refund."
    if purchase["status"] == "pending":
        return "This purchase is not completed yet. Once it is, it can be refunded."
    if purchase["amount"] == 0:
        return "A punch has no amount. Undo it instead."
    return "" if purchase["left"] else "All of it has been refunded."


def _item(item: Mapping[str, Any], currency: str) -> dict[str, Any]:
    name = item["name"] or category_words(item["category"]) or f"Item {item['index'] + 1}"
    left = f"{item['left'].normalize():f}"
    words = f"{left} left, {money(item['unitPrice'], currency)} each" if item["left"] else "Given back"
    return {"key": f"item-{item['index']}", "name": name, "words": words, "is_open": bool(item["left"])}


def _items(values: Mapping[str, str], purchase: Mapping[str, Any], errors: dict[str, str]) -> list[RefundItem]:
    found = []
    for item in purchase["items"]:
        key = f"item-{item['index']}"
        if values[key] in ("", "0"):
            continue
        try:
            quantity = exact(_plain(values[key]))
        except MoneyError:
            quantity = Decimal(-1)
        if 0 < quantity <= item["left"]:
            found.append((item["index"], quantity))
        else:
            errors[key] = f"Enter how many come back, at most {item['left'].normalize():f}"
    return found


def _amount(
    values: Mapping[str, str],
    purchase: Mapping[str, Any],
    items: list[RefundItem],
    errors: dict[str, str],
    currency: str,
) -> int | None:
    left: int = purchase["left"]
    at_most = f"Enter {money(purchase['left'], currency)} or less; that is what is left"
    if not values["amount"]:
        if items:
            return min(left, _price(items, purchase))
        if not errors:
            errors["amount"] = "Enter an amount" + (", or how many items come back" if purchase["items"] else "")
        return None
    try:
        amount = to_minor(_plain(values["amount"]), currency)
    except MoneyError as error:
        said = str(error)
        errors["amount"] = said if said.startswith("Use") else "Enter the amount, for example 4.50"
        return None
    if amount <= 0:
        errors["amount"] = "Enter an amount above 0"
    elif amount > left:
        errors["amount"] = at_most
    return amount


def _price(items: Iterable[RefundItem], purchase: Mapping[str, Any]) -> int:
    """What the items cost in minor units, with their share of a discount on the whole, rounded down."""
    prices = {item["index"]: item["unitPrice"] for item in purchase["items"]}
    full = sum((quantity * prices[index] for index, quantity in items), Decimal(0))
    total = purchase["itemsTotal"]
    return int(full * purchase["amount"] / total) if total > purchase["amount"] else int(full)


def _plain(text: str) -> str:
    return text.replace(" ", "").replace("\u00a0", "").replace(",", ".")[:_LONGEST]


def _taken_words(row: Mapping[str, Any], currency: str) -> str:
    taken = [counted(row[key], one, many) for key, one, many in _COUNTED if row[key] > 0]
    taken += [f"{money(row['cashback'], currency)} of cash back"] if row["cashback"] > 0 else []
    said = [f"Takes back {listed(taken)}"] if taken else []
    if row["owed"] > 0:
        owed = money(row["owed"], currency) if row["unit"] == "money" else counted(row["owed"], "point")
        said.append(f"{owed} of it cannot be taken now and is owed, to be taken from what is earned next")
    return ". ".join(said)
