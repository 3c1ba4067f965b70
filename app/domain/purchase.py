"""A purchase as the rules see it, and what is left of it after refunds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID

PurchaseKind = Literal["sale", "punch"]
PurchaseKey = tuple[datetime, str]


def category_key(text: str | None) -> str | None:
    """How categories compare: trimmed and without regard to case; blank is none (RULES 1)."""
    key = text.strip().casefold() if text else ""
    return key or None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a basket; its total is quantity × unit price, never rounded. `category` is a `category_key`."""

    category: str | None
    quantity: Fraction
    unit_price_minor: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """Money a member spent (`sale`), or `count` punches given at the till (`punch`, no amount)."""

    id: UUID
    kind: PurchaseKind
    count: int
    amount_minor: int
    items: tuple[Item, ...]
    occurred_at: datetime
    order_id: str
    location_id: UUID | None

    @property
    def key(self) -> PurchaseKey:
        """Where the purchase stands among its member's: by time, then by order id as text (RULES 2)."""
        return (self.occurred_at, self.order_id)


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back: for named items (index in the basket, quantity), or evenly over all when `items` is None."""

    amount_minor: int
    items: tuple[tuple[int, Fraction], ...] | None = None


def after_refunds(purchase: Purchase, refunds: Sequence[Refund]) -> Purchase:
    """The purchase at its reduced amount, refunds applied in their order (RULES 4).

    Places in the basket stay, so that a later refund finds its item; an item given back whole has quantity 0.
    More than is left takes what is left: services refuse such a refund before it is stored.
    """
    amount = purchase.amount_minor
    quantities = [item.quantity for item in purchase.items]
    for refund in refunds:
        left = max(0, amount - refund.amount_minor)
        if refund.items is None:
            share = Fraction(left, amount) if amount else Fraction(0)
            quantities = [quantity * share for quantity in quantities]
        else:
            for index, quantity in refund.items:
                quantities[index] = max(Fraction(0), quantities[index] - quantity)
        amount = left
    items = tuple(replace(item, quantity=left) for item, left in zip(purchase.items, quantities, strict=True))
    return replace(purchase, amount_minor=amount, items=items)


def cancelled(purchase: Purchase) -> Purchase:
    """The purchase with everything undone: no money, no items left, no punches."""
    items = tuple(replace(item, quantity=Fraction(0)) for item in purchase.items)
    return replace(purchase, amount_minor=0, count=0, items=items)
