"""Where a refund takes points from, in the order of RULES 4, and whether a refund may be asked for at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from app.domain.errors import ValidationErrors
from app.domain.ledger import LotView, spend_order
from app.domain.money import money_text
from app.domain.purchase import Purchase, Refund


@dataclass(frozen=True, slots=True)
class Taking:
    """How `amount` points were found: from lots, from what had run out already, and what stays owed."""

    allocations: tuple[tuple[UUID, int], ...]
    expired_counted: int
    owed: int

    @property
    def taken(self) -> int:
        """What leaves the lots."""
        return sum(amount for _, amount in self.allocations)


def take_back(
    amount: int, lots: Sequence[LotView], own_lot_id: UUID | None, now: datetime, own_expired: int = 0
) -> Taking:
    """`amount` points out of an enrollment's lots as of `now`: what expired of the purchase's own lot counts as taken
    already, then pending points (its own lot before others), then the rest of its own lot, then the other lots soonest
    to expire, and what is left is owed.

    `own_expired` is how much of the own lot has been written off by expiry and not been counted by an earlier refund;
    what `remaining` still shows in an own lot past its time is counted the same way.
    """
    usable = [lot for lot in lots if lot.remaining > 0 and (lot.expires_at is None or lot.expires_at > now)]
    pending = spend_order([lot for lot in usable if lot.available_at > now])
    active = spend_order([lot for lot in usable if lot.available_at <= now])
    lapsed = sum(lot.remaining for lot in lots if lot.id == own_lot_id and lot not in usable)

    counted = min(amount, own_expired + lapsed)
    from_pending, left = _draw(amount - counted, _own_first(pending, own_lot_id))
    from_active, left = _draw(left, _own_first(active, own_lot_id))
    return Taking((*from_pending, *from_active), counted, left)


def check_refund(purchase: Purchase, earlier: Sequence[Refund], refund: Refund, currency: str) -> None:
    """Raises ValidationErrors when a refund goes past the amount, the basket or what is left of an item."""
    errors: dict[str, list[str]] = {}
    left = purchase.amount_minor - sum(other.amount_minor for other in earlier)
    if not 0 < refund.amount_minor <= left:
        errors["amount"] = [f"Refund more than nothing and at most {money_text(max(0, left), currency)}"]
    returned: dict[int, Fraction] = {}
    for other in (*earlier, refund):
        for index, quantity in other.items or ():
            returned[index] = returned.get(index, Fraction(0)) + quantity
    for place, (index, quantity) in enumerate(refund.items or ()):
        if not 0 <= index < len(purchase.items):
            errors[f"items.{place}.index"] = ["This purchase has no such item"]
        elif quantity <= 0 or returned[index] > purchase.items[index].quantity:
            errors[f"items.{place}.quantity"] = ["Give back more than nothing and at most what was bought"]
    if errors:
        raise ValidationErrors(errors)


def _own_first(lots: Sequence[LotView], own_lot_id: UUID | None) -> list[LotView]:
    return sorted(lots, key=lambda lot: lot.id != own_lot_id)


def _draw(amount: int, lots: Sequence[LotView]) -> tuple[list[tuple[UUID, int]], int]:
    allocations = []
    for lot in lots:
        taken = min(amount, lot.remaining)
        if taken:
            allocations.append((lot.id, taken))
            amount -= taken
    return allocations, amount
