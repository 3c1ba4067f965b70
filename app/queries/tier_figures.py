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
from app.queries.paging import Slice, older_than, slice_of


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
    reached = _reached(values, _metric(version, now))
    grouped = (
        select(Enrollment.tier, reached.label("reached"), func.count().label("total"))
        .join(Member, Member.id == Enrollment.member_id)
        .where(*_takes_part(version))
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


def spread(version: ProgramVersion, top: int, bins: int, now: datetime) -> list[int]:
    """How many members' metric lies in each of ``bins`` equal steps from 0 to ``top``; the last holds all beyond it.

    Whoever has nothing yet is in the first. One statement, grouped over the program's enrollments.
    """
    step = func.least(_metric(version, now) * bins / max(1, top), bins - 1).cast(Integer)
    grouped = (
        select(step.label("step"), func.count())
        .select_from(Enrollment)
        .join(Member, Member.id == Enrollment.member_id)
        .where(*_takes_part(version))
        .group_by(step)
    )
    totals = {row[0]: row[1] for row in session().execute(grouped)}
    return [totals.get(place, 0) for place in range(bins)]


def movers(
    version: ProgramVersion,
    values: Sequence[int],
    now: datetime,
    *,
    is_rise: bool,
    cursor: str | None = None,
    limit: int = 50,
) -> Slice:
    """Who would rise, or drop, at these thresholds, who joined last first; one statement. Raises UnknownCursor.

    Each row is {id, at, memberId, name, code, from, to, metric}; a tier is None for none, ``at`` the day of joining.
    """
    terms, metric = version.terms, _metric(version, now)
    held = case(*((Enrollment.tier == name, place + 1) for place, name in enumerate(terms.names)), else_=0)
    reached = _reached(values, metric)
    found = session().execute(
        select(Enrollment.id, Enrollment.joined_at, Enrollment.tier, reached.label("reached"), metric.label("metric"))
        .add_columns(Member.id.label("member_id"), Member.name, Member.code)
        .join(Member, Member.id == Enrollment.member_id)
        .where(*_takes_part(version), reached > held if is_rise else reached < held)
        .where(older_than(Enrollment.joined_at, Enrollment.id, cursor))
        .order_by(Enrollment.joined_at.desc(), Enrollment.id.desc())
        .limit(limit + 1)
    )
    rows = [
        {
            "id": row.id,
            "at": row.joined_at,
            "memberId": row.member_id,
            "name": row.name,
            "code": row.code,
            "from": row.tier,
            "to": terms.names[row.reached - 1] if row.reached else None,
            "metric": row.metric,
        }
        for row in found
    ]
    return slice_of(rows, limit, at="at")


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


def _takes_part(version: ProgramVersion) -> tuple[ColumnElement[bool], ...]:
    return Enrollment.program_id == version.program_id, Member.erased_at.is_(None), Member.merged_into.is_(None)


def _reached(values: Sequence[int], metric: ColumnElement[int]) -> ColumnElement[int]:
    """Which place a metric reaches at these thresholds: 0 for none, 1 for the lowest."""
    reached: ColumnElement[int] = literal(0, Integer)
    for value in values:
        reached = reached + case((metric >= value, 1), else_=0)
    return reached


def _metric(version: ProgramVersion, now: datetime) -> ColumnElement[int]:
    """What has counted in the running period, out of the kept state; 0 where the last that counted was before it."""
    kept = func.coalesce(Enrollment.state["metric"].astext.cast(BigInteger), 0)
    first = period_start(version.terms.period, local_day(now, version.zone)).toordinal()
    is_running = and_(Enrollment.state.is_not(None), Enrollment.state["day"].astext.cast(Integer) >= first)
    return case((is_running, kept), else_=0)
