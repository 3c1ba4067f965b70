"""Who is where in a tier program, who would be where at other thresholds, and what has changed of late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, case, func, literal, select

from app.core.unit_of_work import session
from app.domain.lifecycle import status_at
from app.domain.localtime import local_day, period_start
from app.domain.program import ProgramVersion
from app.domain.tiers import rank
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.program import Program
from app.models.tier_history import TierHistory


@dataclass(frozen=True, slots=True)
class Placed:
    """Members by the tier they hold and by the one that they would have; place 0 is none, 1 the lowest tier."""

    held: tuple[int, ...]
    would_be: tuple[int, ...]
    rising: int
    falling: int

    @property
    def total(self) -> int:
        """Everybody who takes part."""
        return sum(self.held)


def tier_programs(now: datetime) -> list[dict[str, Any]]:
    """{id, name, status} of the tier programs that were started and not deleted, the first one first; one statement."""
    rows = session().execute(
        select(Program.id, Program.name, Program.state, Program.starts_at, Program.ends_at)
        .where(Program.rule_type == "TIER_BASED", Program.deleted_at.is_(None), Program.state != "draft")
        .order_by(Program.created_at, Program.id)
    )
    return [
        {"id": row.id, "name": row.name, "status": status_at(row.state, row.starts_at, row.ends_at, now).value}
        for row in rows
    ]


def placed(version: ProgramVersion, values: Sequence[int], now: datetime) -> Placed:
    """Count everybody by the tier held, and by what ``values`` (the thresholds, rising) would make of them.

    By what has counted in the period that is running. Who would have less than they hold falls only where tiers can be
    lost, and then at the next evaluation. One statement, grouped over the program's enrollments.
    """
    terms, size = version.terms, len(version.terms.names) + 1
    metric = _metric(version, now)
    reached: ColumnElement[int] = literal(0, Integer)
    for value in values:
        reached = reached + case((metric >= value, 1), else_=0)
    grouped = (
        select(Enrollment.tier, reached.label("reached"), func.count().label("total"))
        .join(Member, Member.id == Enrollment.member_id)
        .where(Enrollment.program_id == version.program_id, Member.erased_at.is_(None), Member.merged_into.is_(None))
        .group_by(Enrollment.tier, reached)
    )
    held, would_be, rising, falling = [0] * size, [0] * size, 0, 0
    for row in session().execute(grouped):
        now_at = rank(row.tier, terms) + 1
        then_at = row.reached if terms.can_fall else max(now_at, row.reached)
        held[now_at] += row.total
        would_be[then_at] += row.total
        rising += row.total if then_at > now_at else 0
        falling += row.total if then_at < now_at else 0
    return Placed(tuple(held), tuple(would_be), rising, falling)


def latest_changes(program_id: UUID, limit: int = 10) -> list[dict[str, Any]]:
    """{memberId, name, code, from, to, reason, at} of the last changes of tiers in a program; one statement."""
    rows = session().execute(
        select(TierHistory, Member.name, Member.code)
        .join(Member, Member.id == TierHistory.member_id)
        .where(TierHistory.program_id == program_id, Member.erased_at.is_(None))
        .order_by(TierHistory.effective_at.desc(), TierHistory.id.desc())
        .limit(limit)
    )
    return [
        {
            "memberId": change.member_id,
            "name": name,
            "code": code,
            "from": change.from_tier,
            "to": change.to_tier,
            "reason": change.reason,
            "at": change.effective_at,
        }
        for change, name, code in rows
    ]


def _metric(version: ProgramVersion, now: datetime) -> ColumnElement[int]:
    """What has counted in the running period, out of the kept state; 0 where the last that counted was before it."""
    kept = func.coalesce(Enrollment.state["metric"].astext.cast(BigInteger), 0)
    first = period_start(version.terms.period, local_day(now, version.zone)).toordinal()
    is_running = and_(Enrollment.state.is_not(None), Enrollment.state["day"].astext.cast(Integer) >= first)
    return case((is_running, kept), else_=0)
