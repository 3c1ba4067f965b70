"""A member's participation in one program: balance, progress, tier."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business


class Enrollment(TenantOwned, Base):
    """The kept figures of one enrollment, written with the entries that change them.

    ``balance`` is what matured lots hold, ``pending`` what unmatured lots hold, ``owed`` what refunds could not take:
    the sum of the entries is ``balance + pending - owed``. ``state`` is the fold of the rule (domain.rules),
    ``counted_at`` and ``counted_order_id`` the key of the last purchase folded in order. ``issued`` counts the vouchers
    that were not revoked, ``forfeited`` those that a cap withheld. Units: points, or minor units for ``money``.
    """

    __tablename__ = "enrollment"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    program_id: Mapped[UUID]
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    unit: Mapped[str | None]
    balance: Mapped[int] = mapped_column(BigInteger, default=0)
    pending: Mapped[int] = mapped_column(BigInteger, default=0)
    owed: Mapped[int] = mapped_column(BigInteger, default=0)
    lifetime: Mapped[int] = mapped_column(BigInteger, default=0)
    spent: Mapped[int] = mapped_column(BigInteger, default=0)
    expired: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[dict[str, Any] | None] = mapped_column(Json)
    issued: Mapped[int] = mapped_column(default=0)
    forfeited: Mapped[int] = mapped_column(default=0)
    tier: Mapped[str | None]
    tier_evaluated_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tier_warned_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted_order_id: Mapped[str | None]
    entry_count: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_active_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("member"),
        belongs_to("program"),
        unique_in_business("member_id", "program_id"),
        unique_in_business("id", "member_id", "program_id"),
        CheckConstraint("balance >= 0 AND pending >= 0 AND owed >= 0", name="never_negative"),
        CheckConstraint("owed = 0 OR balance + pending = 0", name="owed_only_when_empty"),
        CheckConstraint("issued >= 0 AND forfeited >= 0", name="counts"),
        CheckConstraint("unit IN ('points', 'money')", name="unit"),
        Index("ix_enrollment_program", "business_id", "program_id", "last_active_at"),
        Index("ix_enrollment_joined", "business_id", "program_id", "joined_at", "id"),
        Index("ix_enrollment_holder", "business_id", "tier", "member_id", postgresql_where=text("tier IS NOT NULL")),
        Index("ix_enrollment_tier", "business_id", "program_id", "tier", postgresql_where=text("tier IS NOT NULL")),
    )
