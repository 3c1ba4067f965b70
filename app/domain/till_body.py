"""What a till sends when it has done something: each item with an id of its own, made before it was sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from app.domain.body import Body

SOURCE = "till"
MOST_ITEMS = 100

_LONGEST_OFFSET_MS = 100 * 366 * 86_400_000


class TillItemBody(Body):
    """A sale, a punch or a redemption. `occurredAt` is by its own clock, `offsetMs` what ours was ahead of that.

    `isUndone` says that whoever did it took it back at once; `isAgain` that they were asked and meant it.
    """

    id: UUID
    kind: Literal["sale", "punch", "redeem"]
    member_id: UUID
    staff_id: UUID
    occurred_at: AwareDatetime
    offset_ms: int | None = Field(default=None, ge=-_LONGEST_OFFSET_MS, le=_LONGEST_OFFSET_MS)
    amount: Decimal | None = None
    count: int = Field(default=1, ge=1, le=5)
    category: Annotated[str, StringConstraints(max_length=100)] | None = None
    location_id: UUID | None = None
    voucher_id: UUID | None = None
    is_offline: bool = False
    is_undone: bool = False
    is_again: bool = False

    def purchase(self, at: datetime) -> dict[str, Any]:
        """The body of the purchase that this item is, having happened at ``at`` by our clock."""
        body: dict[str, Any] = {"orderId": str(self.id), "source": SOURCE, "memberId": str(self.member_id)}
        body |= {"kind": self.kind, "occurredAt": at.astimezone(UTC).isoformat()}
        if self.location_id:
            body["locationId"] = str(self.location_id)
        if self.kind == "punch":
            return body | {"count": self.count}
        items = [{"category": self.category, "quantity": 1, "unitPrice": self.amount}] if self.category else []
        return body | {"amount": self.amount, "items": items}


class ContactBody(Body):
    """One contact: what has gathered, and what the device's clock says now."""

    device_now: AwareDatetime
    items: list[dict[str, Any]] = Field(default_factory=list, max_length=MOST_ITEMS)

    def offset(self, now: datetime) -> timedelta:
        """How far our clock is ahead of the device's."""
        return now - self.device_now
