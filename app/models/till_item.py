"""One thing that a till did by itself and sent: a sale, a punch or a redemption, taken once for ever by its id."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, TenantOwned, UtcDateTime
from app.models.keys import belongs_to


class TillItem(TenantOwned, Base):
    """`id` is made by the device before it sends anything, and is the purchase's order id.

    `payload` is what was sent, without anything personal; `occurred_at` is by our clock. A conflict waits for the
    owner until `resolved_at`.
    """

    __tablename__ = "till_item"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    purchase_id: Mapped[UUID | None]
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[str | None]

    __table_args__ = (
        belongs_to("purchase"),
        CheckConstraint("kind IN ('sale', 'punch', 'redeem')", name="kind"),
        CheckConstraint("outcome IN ('recorded', 'conflict', 'undone')", name="outcome"),
        Index("ix_till_item_device", "business_id", "device_id", "occurred_at", "id"),
        Index(
            "ix_till_item_open",
            "business_id",
            "received_at",
            "id",
            postgresql_where=text("outcome = 'conflict' AND resolved_at IS NULL"),
        ),
    )
