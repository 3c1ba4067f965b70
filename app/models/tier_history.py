"""Every change of a member's tier, with its reason and the instant from which it counts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, belongs_to_enrollment, unique_in_business

REASONS = ("automatic", "manual_promotion", "special_event", "period_end", "inactivity")


class TierHistory(TenantOwned, Base):
    """``order_id`` orders changes at one instant: a rise counts from the purchase after (effective_at, order_id)."""

    __tablename__ = "tier_history"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enrollment_id: Mapped[UUID]
    member_id: Mapped[UUID]
    program_id: Mapped[UUID]
    number: Mapped[int]
    from_tier: Mapped[str | None]
    to_tier: Mapped[str | None]
    reason: Mapped[str]
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    order_id: Mapped[str] = mapped_column(default="")
    purchase_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to_enrollment(),
        belongs_to("purchase"),
        unique_in_business("enrollment_id", "number"),
        CheckConstraint(f"reason IN {REASONS!r}", name="reason"),
        Index("ix_tier_history_enrollment", "business_id", "enrollment_id", "effective_at"),
        Index("ix_tier_history_latest", "business_id", "program_id", "effective_at", "id"),
    )
