"""Something a member may claim once: it has a code, it is redeemed or it expires."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business


class Voucher(TenantOwned, Base):
    """A rule's reward, issued under the lock of its member; the enrollment counts those that were not revoked."""

    __tablename__ = "voucher"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    member_id: Mapped[UUID]
    program_id: Mapped[UUID]
    enrollment_id: Mapped[UUID]
    version_id: Mapped[UUID]
    purchase_id: Mapped[UUID | None]
    reward_type: Mapped[str]
    reward_value: Mapped[Any] = mapped_column(Json)
    description: Mapped[str]
    status: Mapped[str] = mapped_column(default="available")
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    redeemed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    location_id: Mapped[UUID | None]

    __table_args__ = (
        belongs_to("member"),
        belongs_to("program"),
        belongs_to("enrollment"),
        belongs_to("program_version", "version_id"),
        belongs_to("purchase"),
        belongs_to("location"),
        unique_in_business("code"),
        CheckConstraint("status IN ('available', 'redeemed', 'expired', 'revoked')", name="status"),
        Index("ix_voucher_enrollment", "business_id", "enrollment_id", "issued_at"),
        Index("ix_voucher_member", "business_id", "member_id", "issued_at"),
        Index("ix_voucher_open", "business_id", "member_id", postgresql_where=text("status = 'available'")),
        Index("ix_voucher_redeemed", "business_id", "redeemed_at", postgresql_where=text("status = 'redeemed'")),
        Index(
            "ix_voucher_expiring",
            "business_id",
            "expires_at",
            postgresql_where=text("status = 'available' AND expires_at IS NOT NULL"),
        ),
    )
