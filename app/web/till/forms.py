"""The forms of the till: a purchase with an amount, or a punch without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.domain.body import parsed
from app.domain.errors import ValidationErrors
from app.domain.money import MoneyError, exact
from app.domain.purchase_order import PurchaseBody, PurchaseOrder, purchase_order
from app.domain.till_body import SOURCE

FIELDS = ("member", "member_id", "amount", "category", "location_id", "kind", "count", "again")
COUNTS = ("1", "2", "3", "4", "5")
_SHOWN = frozenset({"amount", "member", "location_id", "category"})
_LONGEST_AMOUNT = 24


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, kept to be shown again."""

    values: dict[str, str]

    @property
    def is_punch(self) -> bool:
        """Say whether the punch button was pressed."""
        return self.values["kind"] == "punch"

    @property
    def is_meant(self) -> bool:
        """Say whether whoever was asked "Punch again?" has said yes."""
        return self.values["again"] == "yes"

    @property
    def member_id(self) -> UUID | None:
        """Return the member whom the page was about."""
        return as_uuid(self.values["member_id"])


def read_typed(form: Mapping[str, str]) -> Typed:
    """Read the fields as text, whatever they hold; a quick amount is one that was tapped instead of typed."""
    values = {name: form.get(name, "").strip() for name in FIELDS}
    return Typed(values | {"amount": form.get("quick", "").strip() or values["amount"]})


def read_order(typed: Typed, key: str, member_id: UUID, currency: str, now: datetime) -> PurchaseOrder:
    """Return the order to record; its order id is the key that the server made for this rendering of the form.

    Raises ValidationErrors with a message for each field of the form.
    """
    if as_uuid(key) is None:
        raise ValidationErrors({"": ["This form is incomplete. Find the customer again"]})
    body = {"orderId": key, "source": SOURCE, "memberId": str(member_id), **_sale_or_punch(typed)}
    if typed.values["location_id"]:
        body["locationId"] = typed.values["location_id"]
    read, problems = purchase_order(parsed(PurchaseBody, body), currency=currency, now=now)
    if read is None:
        raise ValidationErrors(problems)
    return read


def shown_errors(errors: Mapping[str, list[str]]) -> dict[str, str]:
    """Return one message for each field that the form shows; the rest is about all of it."""
    names = {"locationId": "location_id", "memberId": "member"}
    found = {names.get(path, path): messages[0] for path, messages in errors.items()}
    return {name if name in _SHOWN else "": message for name, message in found.items()}


def as_uuid(text: str) -> UUID | None:
    """Return the UUID that a text says, if it says one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _sale_or_punch(typed: Typed) -> dict[str, object]:
    if typed.is_punch:
        return {"kind": "punch", "count": _count(typed.values["count"])}
    amount = _amount(typed.values["amount"])
    category = typed.values["category"]
    items = [{"category": category, "quantity": 1, "unitPrice": amount}] if category else []
    return {"kind": "sale", "amount": amount, "items": items}


def _count(text: str) -> int:
    """Read how many punches; a tap without a choice is one."""
    if text and text not in COUNTS:
        raise ValidationErrors({"": ["Punch between 1 and 5 at a time"]})
    return int(text or 1)


def _amount(text: str) -> Decimal:
    """Read 42.50, 42,50 and 1 250,00; a sale of nothing is no sale."""
    plain = text.replace(" ", "").replace("\u00a0", "").replace(",", ".")
    try:
        amount = exact(plain[:_LONGEST_AMOUNT])
    except MoneyError as error:
        raise ValidationErrors({"amount": ["Enter the amount, for example 42.50"]}) from error
    if amount <= 0:
        raise ValidationErrors({"amount": ["Enter an amount above 0"]})
    return amount
