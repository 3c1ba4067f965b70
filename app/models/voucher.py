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
    """A reward to hand in, issued under the lock of its member.

    A rule's voucher has an enrollment, which counts those that were not revoked. A catalogue's has a redemption, and
    ``program_id`` is the program that was paid with; the redemption refers to the voucher, so ``redemption_id`` itself
    is no foreign key. ``warned_days`` is the last warning that went out: 7, then 1.
    """

    __tablename__ = "voucher"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    member_id: Mapped[UUID]
    program_id: Mapped[UUID]
    enrollment_id: Mapped[UUID | None]
    version_id: Mapped[UUID | None]
    redemption_id: Mapped[UUID | None]
    reward_id: Mapped[UUID | None]
    purchase_id: Mapped[UUID | None]
    reward_type: Mapped[str]
    reward_value: Mapped[Any] = mapped_column(Json)
    description: Mapped[str]
    status: Mapped[str] = mapped_column(default="available")
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    redeemed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    location_id: Mapped[UUID | None]
    warned_days: Mapped[int | None]

    __table_args__ = (
        belongs_to("member"),
        belongs_to("program"),
        belongs_to("enrollment"),
        belongs_to("program_version", "version_id"),
        belongs_to("purchase"),
        belongs_to("location"),
        belongs_to("reward"),
        unique_in_business("code"),
        CheckConstraint("status IN ('available', 'redeemed', 'expired', 'revoked')", name="status"),
        CheckConstraint(
            "(enrollment_id IS NULL) = (redemption_id IS NOT NULL) AND (version_id IS NULL) = (enrollment_id IS NULL)",
            name="origin",
        ),
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
