"""How a program and a business stood at the end of each local day; trends read these rows and never the books."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to


class DayFigures:
    """The columns that both tables share.

    Levels at the end of ``day``: members, earned and redeemed members (those who ever did), active members (90 days in
    a program, 30 in a business), vouchers, points, spending (minor units, refunds taken off), members by tier. Of that
    day alone: ``new_members``, ``churned_members`` (active the day before, and no more), ``visits``. Points are minor
    units in a CASH_BACK program; a business's row counts points only. ``redemption_rate`` is a percentage.
    """

    day: Mapped[date] = mapped_column(primary_key=True)
    total_members: Mapped[int]
    active_members: Mapped[int]
    new_members: Mapped[int]
    churned_members: Mapped[int]
    visits: Mapped[int]
    earned_members: Mapped[int]
    redeemed_members: Mapped[int]
    redemption_rate: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    vouchers_issued: Mapped[int]
    vouchers_redeemed: Mapped[int]
    total_points_issued: Mapped[int] = mapped_column(BigInteger)
    total_points_redeemed: Mapped[int] = mapped_column(BigInteger)
    total_points_expired: Mapped[int] = mapped_column(BigInteger)
    total_points_outstanding: Mapped[int] = mapped_column(BigInteger)
    average_member_points: Mapped[int] = mapped_column(BigInteger)
    total_spending: Mapped[int] = mapped_column(BigInteger)
    average_spending_per_member: Mapped[int] = mapped_column(BigInteger)
    tier_distribution: Mapped[dict[str, Any]] = mapped_column(Json)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProgramDay(DayFigures, TenantOwned, Base):
    """One program at the end of one local day of its business."""

    __tablename__ = "program_day"
    __names_business__ = False

    program_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-5)

    __table_args__ = (belongs_to("program"),)


class BusinessDay(DayFigures, TenantOwned, Base):
    """The whole business at the end of one of its local days."""

    __tablename__ = "business_day"
