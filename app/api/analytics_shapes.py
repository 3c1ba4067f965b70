"""What the API takes and answers about how a business and its programs are doing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.api.pagination import Query
from app.api.shapes import Shape
from app.domain.body import Day

_LONGEST_DAYS = 366


class AnalyticsQuery(Query):
    """Local days of the business, both included; by default the last thirty, and 366 at most."""

    from_: Day | None = Field(None, alias="from")
    to: Day | None = None

    @model_validator(mode="after")
    def _check_order(self) -> AnalyticsQuery:
        if self.from_ and self.to and not 0 <= (self.to - self.from_).days < _LONGEST_DAYS:
            raise ValueError(f"to must be from or later, and at most {_LONGEST_DAYS} days are read at once")
        return self


class PeriodShape(Shape):
    """What happened on a day. Amounts are points, or money as a decimal string, as `unit` says."""

    points_issued: int | str
    points_redeemed: int | str
    points_expired: int | str
    points_outstanding: int | str
    vouchers_issued: int
    vouchers_redeemed: int
    enrollments: int
    active_participants: int


class AnalyticsDayShape(PeriodShape):
    """One local day; enrollments, active participants and points outstanding are those at its end."""

    date: date
    joined: int
    churned: int
    visits: int
    spending: str


class AnalyticsShape(PeriodShape):
    """A program's figures in all, and its days."""

    program_id: UUID
    unit: Literal["points", "money"]
    earned_members: int
    redeemed_members: int
    redemption_rate: Decimal
    redemption_rate_points: Decimal
    tier_distribution: dict[str, int]
    as_of: datetime | None
    series: list[AnalyticsDayShape]


class RecentMemberShape(Shape):
    """Somebody who joined lately."""

    id: UUID
    name: str
    joined_at: datetime


class TopMemberShape(Shape):
    """Somebody who came most in the last 30 days."""

    id: UUID
    name: str
    tier: str | None
    visits: int
    spent: str
    points: int


class UpcomingRewardShape(Shape):
    """A voucher that is ready, among those that run out first."""

    id: UUID
    program_id: UUID
    member_id: UUID
    member_name: str
    description: str
    expires_at: datetime


class MembershipDayShape(Shape):
    """Members on one local day."""

    date: date
    total_members: int
    active_members: int
    new_members: int
    churned_members: int


class RedemptionDayShape(Shape):
    """Redemptions of one local day."""

    date: date
    points_redeemed: int
    vouchers_redeemed: int


class DashboardShape(Shape):
    """The key figures of a business; members are active with a purchase in 30 days."""

    total_programs: int
    active_programs: int
    total_members: int
    active_members: int
    total_points_outstanding: int
    total_points_redeemed: int
    average_points_per_member: int
    redemption_rate: Decimal
    redemption_rate_points: Decimal
    recent_members: list[RecentMemberShape]
    top_members: list[TopMemberShape]
    upcoming_rewards: list[UpcomingRewardShape]
    tier_distribution: dict[str, int]
    programs_by_status: dict[str, int]
    membership_trend_last_month: list[MembershipDayShape]
    redemption_trend_last_month: list[RedemptionDayShape]
