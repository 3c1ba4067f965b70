"""A member turning points into a reward or into money: what was paid, where it stands, and who moved it last."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, belongs_to_enrollment, unique_in_business

STATUSES = ("pending", "approved", "shipped", "delivered", "redeemed", "cancelled")
DELIVERY_METHODS = ("in_store", "digital", "shipping")


class Redemption(TenantOwned, Base):
    """Written with its debit, under the lock of its member; ``name``, ``reward_type`` and ``value`` are as requested.

    ``points_returned`` is what a cancel put back; ``holds_stock`` whether a unit of the reward's stock is taken by it.
    ``code`` is what the member shows or types elsewhere. ``request_key`` makes a request of the till or portal one.
    """

    __tablename__ = "redemption"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    program_id: Mapped[UUID]
    enrollment_id: Mapped[UUID]
    reward_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(default="reward")
    name: Mapped[str]
    reward_type: Mapped[str]
    value: Mapped[dict[str, Any] | None] = mapped_column(Json)
    points_redeemed: Mapped[int] = mapped_column(BigInteger)
    points_returned: Mapped[int] = mapped_column(BigInteger, default=0)
    holds_stock: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="pending")
    voucher_id: Mapped[UUID | None]
    code: Mapped[str | None]
    delivery_method: Mapped[str] = mapped_column(default="in_store")
    shipping_address: Mapped[Any | None] = mapped_column(Json)
    tracking_number: Mapped[str | None]
    notes: Mapped[str] = mapped_column(default="")
    location_id: Mapped[UUID | None]
    request_key: Mapped[str | None]
    requested_by: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fulfilled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_by: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        belongs_to_enrollment(),
        belongs_to("reward"),
        belongs_to("voucher"),
        belongs_to("location"),
        unique_in_business("request_key"),
        CheckConstraint("kind IN ('reward', 'credit')", name="kind"),
        CheckConstraint("(kind = 'reward') = (reward_id IS NOT NULL)", name="reward"),
        CheckConstraint(f"status IN {STATUSES!r}", name="status"),
        CheckConstraint(f"delivery_method IN {DELIVERY_METHODS!r}", name="delivery_method"),
        CheckConstraint("points_redeemed > 0 AND points_returned BETWEEN 0 AND points_redeemed", name="points"),
        CheckConstraint("points_returned = 0 OR status = 'cancelled'", name="returned_when_cancelled"),
        Index("ix_redemption_newest", "business_id", "requested_at", "id"),
        Index("ix_redemption_status", "business_id", "status", "requested_at", "id"),
        Index("ix_redemption_member", "business_id", "member_id", "requested_at", "id"),
        Index("ix_redemption_reward", "business_id", "reward_id", "requested_at"),
        Index("ix_redemption_voucher", "business_id", "voucher_id", postgresql_where=text("voucher_id IS NOT NULL")),
    )
