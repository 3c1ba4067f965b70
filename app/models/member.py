"""A customer known to the business: one row a person a business."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, Numeric, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import unique_in_business


class Member(TenantOwned, Base):
    """The member row is also the lock under which all of a member's purchases settle.

    ``confirmed_email`` is the address to which a code was mailed and typed in: it says something about ``email`` while
    the two are the same.
    """

    __tablename__ = "member"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    confirmed_email: Mapped[str | None]
    phone: Mapped[str | None]
    birthday: Mapped[date | None]
    birthday_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    external_id: Mapped[str | None]
    code: Mapped[str]
    referral_code: Mapped[str]
    referred_by: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(default="active")
    private_multiplier: Mapped[Decimal | None] = mapped_column(Numeric(4, 3))
    attributes: Mapped[dict[str, Any]] = mapped_column("metadata", Json, default=dict)
    note: Mapped[str] = mapped_column(server_default="")
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_purchase_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    event_sequence: Mapped[int] = mapped_column(default=0)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into: Mapped[UUID | None]
    birth_month: Mapped[int | None] = mapped_column(
        SmallInteger, Computed("(EXTRACT(month FROM birthday))::smallint", persisted=True)
    )
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        unique_in_business("email"),
        unique_in_business("phone"),
        unique_in_business("external_id"),
        unique_in_business("code"),
        unique_in_business("referral_code"),
        CheckConstraint("status IN ('active', 'inactive', 'suspended', 'expired')", name="status"),
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        CheckConstraint("private_multiplier BETWEEN 1 AND 3", name="private_multiplier"),
        Index("ix_member_newest", "business_id", "joined_at", "id", postgresql_where=text("erased_at IS NULL")),
        Index("ix_member_status", "business_id", "status", "joined_at", "id"),
        Index(
            "ix_member_birth_month",
            "business_id",
            "birth_month",
            "joined_at",
            "id",
            postgresql_where=text("birth_month IS NOT NULL"),
        ),
        Index("ix_member_last_purchase", "business_id", "last_purchase_at"),
        Index("ix_member_merged_into", "business_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )
