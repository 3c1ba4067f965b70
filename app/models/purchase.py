"""A purchase, the corrections asked of it, and what it did in each program."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, belongs_to_enrollment, unique_in_business


class Purchase(TenantOwned, Base):
    """Money that a member spent. (business, source, order id) is unique for ever.

    ``revision`` counts the corrections asked for, ``settled_revision`` those that are in the ledger (null: never
    settled); ``waiting`` says that the earning job has work here. ``items`` is a list of
    ``[category, quantity text, unit price in minor units, name, sku]``.
    """

    __tablename__ = "purchase"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    order_id: Mapped[str]
    kind: Mapped[str] = mapped_column(default="sale")
    count: Mapped[int] = mapped_column(default=1)
    member_id: Mapped[UUID]
    location_id: Mapped[UUID | None]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    items: Mapped[list[Any]] = mapped_column(Json, default=list)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(default="completed")
    revision: Mapped[int] = mapped_column(default=0)
    settled_revision: Mapped[int | None]
    waiting: Mapped[bool] = mapped_column(default=True)
    attempts: Mapped[int] = mapped_column(default=0)
    is_dead: Mapped[bool] = mapped_column(default=False)
    is_historical: Mapped[bool] = mapped_column(default=False)
    referral_code: Mapped[str | None]
    sent: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[UUID | None]
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("member"),
        belongs_to("location"),
        unique_in_business("source", "order_id"),
        CheckConstraint("kind IN ('sale', 'punch')", name="kind"),
        CheckConstraint("status IN ('pending', 'completed', 'cancelled')", name="status"),
        CheckConstraint("amount_minor BETWEEN 0 AND 9999999999", name="amount"),
        CheckConstraint("refunded_minor BETWEEN 0 AND amount_minor", name="refunded"),
        CheckConstraint("count BETWEEN 1 AND 5", name="count"),
        Index("ix_purchase_waiting", "business_id", "id", postgresql_where=text("waiting")),
        Index("ix_purchase_waiting_member", "business_id", "member_id", postgresql_where=text("waiting")),
        Index("ix_purchase_member", "business_id", "member_id", "occurred_at", "order_id"),
        Index("ix_purchase_newest", "business_id", "occurred_at", "id"),
        Index("ix_purchase_dead", "business_id", "id", postgresql_where=text("is_dead")),
    )


class Correction(TenantOwned, Base):
    """A refund, a cancel or a move of a purchase that the earning job has to put into the ledger (RULES 4)."""

    __tablename__ = "correction"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purchase_id: Mapped[UUID]
    revision: Mapped[int]
    kind: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    items: Mapped[list[Any] | None] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(default="")
    from_member_id: Mapped[UUID | None]
    to_member_id: Mapped[UUID | None]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("purchase"),
        belongs_to("member", "from_member_id"),
        belongs_to("member", "to_member_id"),
        unique_in_business("purchase_id", "revision"),
        CheckConstraint("kind IN ('refund', 'cancel', 'move')", name="kind"),
        CheckConstraint("revision > 0", name="revision"),
        Index("ix_correction_from_member", "business_id", "from_member_id"),
        Index("ix_correction_to_member", "business_id", "to_member_id"),
    )


class Outcome(TenantOwned, Base):
    """What a purchase granted in one program as of one revision, and why; absolute, so the newest revision counts."""

    __tablename__ = "outcome"
    __names_business__ = False

    purchase_id: Mapped[UUID] = mapped_column(primary_key=True)
    program_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    enrollment_id: Mapped[UUID | None]
    version_id: Mapped[UUID]
    code: Mapped[str | None]
    adds: Mapped[int] = mapped_column(BigInteger, default=0)
    points: Mapped[int] = mapped_column(BigInteger, default=0)
    computed: Mapped[int] = mapped_column(BigInteger, default=0)
    punches: Mapped[int] = mapped_column(default=0)
    stamps: Mapped[int] = mapped_column(default=0)
    visits: Mapped[int] = mapped_column(default=0)
    cashback_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    vouchers: Mapped[int] = mapped_column(default=0)
    tier: Mapped[str | None]
    multipliers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    trace: Mapped[list[Any]] = mapped_column(Json, default=list)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    order_id: Mapped[str]
    local_day: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("purchase"),
        belongs_to("program_version", "version_id"),
        belongs_to_enrollment(),
        Index("ix_outcome_enrollment", "business_id", "enrollment_id", "occurred_at", "order_id"),
    )
