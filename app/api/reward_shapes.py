"""What the API takes and answers about rewards and redemptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints

from app.api.pagination import CursorQuery, PageQuery, Query
from app.api.shapes import Shape
from app.core.config import settings
from app.domain.body import Body
from app.domain.reward_body import CodeKind, DeliveryMethod, RewardType, ValidHours

RedemptionState = Literal["pending", "approved", "shipped", "delivered", "redeemed", "cancelled"]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class RewardShape(Shape):
    """A reward of the catalogue; the platform's has no business and cannot be changed."""

    id: UUID
    business_id: UUID | None
    program_id: UUID | None
    name: str
    description: str
    reward_type: RewardType
    value: dict[str, Any] | None
    points_cost: int
    quantity_available: int | None
    quantity_remaining: int | None
    per_member_limit: int | None
    tier_exclusive: str | None
    active: bool
    starts_at: datetime | None
    ends_at: datetime | None
    voucher_expires_after_days: int | None
    code_kind: CodeKind
    shared_code: str | None
    location_ids: list[UUID]
    valid_hours: ValidHours
    hide_when_out: bool
    delivery_methods: list[DeliveryMethod]
    terms: str
    image_url: str | None
    image_alt: str
    version: int
    created_at: datetime
    updated_at: datetime


class RewardsQuery(PageQuery):
    """Which rewards to list."""

    active: bool | None = None


class ImageQuery(Query):
    """The words that stand for the picture."""

    alt: Annotated[str, Field(max_length=200)] = ""


class Address(Body):
    """Where to send it."""

    name: Line | None = None
    street: Line | None = None
    city: Line | None = None
    region: Line | None = None
    postal_code: Line | None = None
    country: Line | None = None


class RedemptionBody(Body):
    """A reward for points, or points for money (``kind`` credit)."""

    member_id: UUID
    reward_id: UUID | None = None
    program_id: UUID | None = None
    kind: Literal["reward", "credit"] = "reward"
    points: Annotated[StrictInt, Field(ge=1, le=1_000_000_000)] | None = None
    delivery_method: DeliveryMethod = "in_store"
    shipping_address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | Address | None = None
    notes: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    location_id: UUID | None = None


class MoveRedemptionBody(Body):
    """The status to bring it to, and what to note."""

    status: RedemptionState | None = None
    tracking_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None = None
    notes: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None


class RedemptionsQuery(CursorQuery):
    """Which redemptions to list."""

    status: RedemptionState | None = None
    member_id: UUID | None = None


class RedemptionShape(Shape):
    """A member turning points into a reward or money."""

    id: UUID
    member_id: UUID
    reward_id: UUID | None
    program_id: UUID
    kind: Literal["reward", "credit"]
    value: dict[str, Any] | None
    points_redeemed: int
    status: RedemptionState
    voucher_id: UUID | None
    voucher_code: str | None
    delivery_method: DeliveryMethod
    shipping_address: str | dict[str, Any] | None
    tracking_number: str | None
    notes: str
    requested_at: datetime
    fulfilled_at: datetime | None
    version: int


class RedeemVoucherBody(Body):
    """Where the voucher is handed in."""

    location_id: UUID | None = None


def reward_answer(found: Mapping[str, Any]) -> dict[str, Any]:
    """The reward object out of queries.rewards."""
    told = {name: value for name, value in found.items() if name not in ("imageKey", "valueWords")}
    key = found["imageKey"]
    return {**told, "imageUrl": f"{settings().base_url}/pictures/{key}" if key else None}


_TOLD = (
    "id", "memberId", "rewardId", "programId", "kind", "value", "pointsRedeemed", "status", "voucherId", "voucherCode",
    "deliveryMethod", "shippingAddress", "trackingNumber", "notes", "requestedAt", "fulfilledAt", "version",
)  # fmt: skip


def redemption_answer(found: Mapping[str, Any]) -> dict[str, Any]:
    """The redemption object out of queries.redemptions."""
    return {name: found[name] for name in _TOLD}
