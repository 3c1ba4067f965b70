"""What the API takes and answers about purchases, what they earned, and their corrections."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints

from app.api.shapes import Shape
from app.domain.body import Body
from app.domain.purchase_order import LARGEST_AMOUNT_MINOR

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class ItemShape(Shape):
    """One line of a basket."""

    sku: str | None
    name: str | None
    category: str | None
    quantity: str
    unit_price: str


class OutcomeShape(Shape):
    """What a purchase did in one program, and why, or why nothing."""

    program_id: UUID
    program_name: str
    rule_type: str
    program_version: int
    points: int
    punches: int
    stamps: int
    visits: int
    tier: str | None
    vouchers: int
    cashback: str
    code: str | None
    explanation: str


class CausedVoucherShape(Shape):
    """A voucher that the purchase made due."""

    id: UUID
    code: str
    program_id: UUID
    description: str
    status: str
    expires_at: datetime | None


class PurchaseShape(Shape):
    """Money that a member spent; `outcomes` and `vouchers` are there once it has earned."""

    id: UUID
    source: str
    order_id: str
    kind: Literal["sale", "punch"]
    count: int
    member_id: UUID
    location_id: UUID | None
    amount: str
    refunded: str
    currency: str
    items: list[ItemShape]
    occurred_at: datetime
    status: Literal["pending", "completed", "cancelled"]
    earning: Literal["queued", "done"]
    is_dead: bool
    referral_code: str | None
    recorded_at: datetime
    recorded_by: str
    processed_at: datetime | None
    outcomes: list[OutcomeShape] = Field(default_factory=list)
    vouchers: list[CausedVoucherShape] = Field(default_factory=list)


class BulkBody(Body):
    """Up to a thousand purchases; each is read and refused by itself."""

    purchases: list[dict[str, object]] = Field(min_length=1, max_length=1000)


class RejectedShape(Shape):
    """One purchase of a bulk that was not taken, and why."""

    index: int
    errors: dict[str, list[str]]


class BulkShape(Shape):
    """How many were new, how many were there before, which were refused."""

    accepted: int
    duplicates: int
    rejected: list[RejectedShape]


class MoveBody(Body):
    """To whom the purchase belongs, and why."""

    member_id: UUID
    reason: Annotated[Reason, Field(min_length=1)]


class RefundItemBody(Body):
    """So many of the item at a place of the basket."""

    index: StrictInt = Field(ge=0)
    quantity: Decimal = Field(gt=0, decimal_places=3)


class RefundBody(Body):
    """How much goes back; without items every item and the rest shrink alike."""

    amount: Decimal = Field(gt=0, le=LARGEST_AMOUNT_MINOR)
    reason: Reason = ""
    items: list[RefundItemBody] | None = Field(default=None, min_length=1, max_length=500)

    def taken(self) -> list[tuple[int, Decimal]] | None:
        """The items as services take them."""
        return None if self.items is None else [(item.index, item.quantity) for item in self.items]


class RefundShape(Shape):
    """A refund that was asked for; the earning job puts it into the ledger."""

    id: UUID
    purchase_id: UUID
    amount: str
    earning: Literal["queued"]


class TakenBackShape(Shape):
    """What a refund would take back in one program; `owed` is what the member could not give."""

    program_id: UUID
    program_name: str
    points: int
    punches: int
    stamps: int
    visits: int
    cashback: str
    vouchers: int
    owed: int | str


class RefundPreviewShape(Shape):
    """What a refund would take back, by program."""

    data: list[TakenBackShape]
