"""A file of purchases: which column means what, and one row of it as the purchase that it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.body import parsed
from app.domain.errors import ValidationErrors
from app.domain.localtime import to_instant
from app.domain.purchase_order import PurchaseBody, PurchaseOrder, purchase_order

REQUIRED = ("order_id", "occurred_at", "member", "amount")
OPTIONAL = ("member_name", "item", "category")
FIELDS = (*REQUIRED, *OPTIONAL)

_KNOWN_HEADERS: Mapping[str, Sequence[str]] = {
    "order_id": ("order id", "order", "order number", "receipt", "receipt number"),
    "occurred_at": ("occurred at", "sold at", "date", "time", "date and time"),
    "member": ("member", "card", "customer id", "external id", "member external id"),
    "amount": ("amount", "total", "sum"),
    "member_name": ("member name", "customer", "customer name"),
    "item": ("item", "product"),
    "category": ("category",),
}
_LETTERS_OF = re.compile(r"[\W_]+")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileTerms:
    """How to read one file. ``columns`` is field (one of FIELDS) → column; wall times are in ``zone``.

    ``shift_days`` moves every sale by whole days of wall time. ``name_of`` names a member whom the file does not name,
    given the external id.
    """

    columns: Mapping[str, str]
    source: str
    currency: str
    zone: ZoneInfo
    now: datetime
    shift_days: int = 0
    has_decimal_comma: bool = False
    name_of: Callable[[str], str] = field(default=lambda _: "")


class UnreadableRow(Exception):
    """Why a row is no purchase, in one sentence for whoever made the file."""


def guessed_columns(header: Sequence[str]) -> dict[str, str]:
    """Field → column, by the names of the columns; the first of two that mean the same."""
    known = {name: field for field, names in _KNOWN_HEADERS.items() for name in names}
    found: dict[str, str] = {}
    for title in header:
        meant = known.get(_LETTERS_OF.sub(" ", title).strip().casefold())
        if meant and meant not in found:
            found[meant] = title
    return found


def terms_problems(columns: Mapping[str, str], header: list[str]) -> list[str]:
    """What is wrong with a mapping, as sentences; empty when the file can be read with it."""
    unknown = [
        f"There is no field {name}; the fields are {', '.join(FIELDS)}" for name in columns if name not in FIELDS
    ]
    missing = [f"Map the field {name} to a column" for name in REQUIRED if name not in columns]
    absent = [f"The file has no column {name}" for name in columns.values() if name not in header]
    return unknown + missing + absent


def order_of(row: Row, terms: FileTerms) -> PurchaseOrder | None:
    """The purchase of a row, checked as the API checks one; None when it names no member.

    One item of quantity 1 at the row's amount, if an item or a category is mapped. Raises UnreadableRow.
    """
    card = _cell(row, terms, "member")
    if not card:
        return None
    try:
        order, problems = purchase_order(
            parsed(PurchaseBody, _body(row, terms, card)), currency=terms.currency, now=terms.now
        )
    except ValidationErrors as error:
        order, problems = None, error.errors
    if order is None:
        raise UnreadableRow("; ".join(dict.fromkeys(sentence for found in problems.values() for sentence in found)))
    return order


def _body(row: Row, terms: FileTerms, card: str) -> dict[str, Any]:
    amount = _cell(row, terms, "amount")
    if terms.has_decimal_comma:
        amount = amount.replace(",", ".")
    named = "item" in terms.columns or "category" in terms.columns
    return {
        "orderId": _cell(row, terms, "order_id"),
        "source": terms.source,
        "member": {"externalId": card, "name": _cell(row, terms, "member_name") or terms.name_of(card)},
        "createMember": True,
        "amount": amount,
        "occurredAt": _instant(_cell(row, terms, "occurred_at"), terms),
        "items": [_item(row, terms, amount)] if named else [],
    }


def _item(row: Row, terms: FileTerms, amount: str) -> dict[str, Any]:
    name = _cell(row, terms, "item")
    category = _cell(row, terms, "category") or name.lower().replace(" ", "_")
    return {"name": name or None, "category": category or None, "quantity": 1, "unitPrice": amount}


def _instant(text: str, terms: FileTerms) -> datetime:
    """A wall time of the zone, or an instant with its offset; shifted on the wall, then resolved (ARCHITECTURE 6)."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableRow(f"{text!r} is no time such as 2026-03-01T10:15") from error
    if at.tzinfo is not None and not terms.shift_days:
        return at
    wall = at if at.tzinfo is None else at.astimezone(terms.zone).replace(tzinfo=None)
    try:
        return to_instant(wall + timedelta(days=terms.shift_days), terms.zone)
    except OverflowError as error:
        raise UnreadableRow(f"{text!r} lies outside the calendar") from error


def _cell(row: Row, terms: FileTerms, name: str) -> str:
    column = terms.columns.get(name)
    return (row[column] or "").strip() if column else ""
