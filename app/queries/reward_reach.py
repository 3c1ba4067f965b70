"""What a number of points means: what a customer spends for them, and how many members could pay them today."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.money import exponent
from app.domain.rules.points_based import Config
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.program import Program
from app.queries.live_versions import newest_versions


@dataclass(frozen=True, slots=True)
class PointsProgram:
    """A program that can pay for rewards, and what it gives for one unit of money."""

    id: UUID
    name: str
    points_per_unit: Decimal


@dataclass(frozen=True, slots=True)
class Reach:
    """``spend_minor`` earns the points, None without a program; ``able`` of ``members`` have them now."""

    spend_minor: int | None
    able: int
    members: int


def points_programs() -> list[PointsProgram]:
    """The business's points programs that can be redeemed, the oldest first, drafts too."""
    rows = (
        session()
        .execute(
            select(Program.id, Program.name)
            .where(Program.rule_type == "POINTS_BASED", Program.deleted_at.is_(None))
            .where(or_(Program.redeem_until.is_(None), Program.redeem_until > clock.now()))
            .order_by(Program.created_at)
        )
        .all()
    )
    versions = newest_versions(row.id for row in rows) if rows else {}
    found = []
    for row in rows:
        config = versions[row.id].config
        assert isinstance(config, Config)
        found.append(PointsProgram(row.id, row.name, config.points_per_dollar))
    return found


def reach(points: int, payer: PointsProgram | None, currency: str) -> Reach:
    """What so many points of a program mean; two counts of one business's rows."""
    members = session().scalar(select(func.count()).select_from(Member).where(Member.erased_at.is_(None))) or 0
    if payer is None:
        return Reach(None, 0, members)
    able = session().scalar(
        select(func.count())
        .select_from(Enrollment)
        .where(Enrollment.program_id == payer.id, Enrollment.balance >= points)
    )
    units = Decimal(points) / payer.points_per_unit
    return Reach(round(units * 10 ** exponent(currency)), able or 0, members)
