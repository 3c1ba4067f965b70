"""How many members have ever earned and ever redeemed: last night's snapshot, and who came anew since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import any_, func, select

from app.core.unit_of_work import session
from app.domain.localtime import end_of_day
from app.models.enrollment import Enrollment
from app.models.purchase import Outcome
from app.queries.trends import newest_snapshot
from app.queries.visits import earnings, has_brought, purchases_since, redemptions

_TENTH = Decimal("0.1")
_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reach:
    """Members with a positive earning, those of them with a redemption, and the snapshot that this stands on."""

    earned: int
    redeemed: int
    snapshot: dict[str, Any] | None

    @property
    def redemption_rate(self) -> Decimal:
        """Members with a redemption / members with a positive earning × 100, to one decimal; 0 before any earning."""
        return percent(self.redeemed, self.earned)


def reach(program_id: UUID | None, zone: ZoneInfo) -> Reach:
    """Of one program, or of the whole business; five statements at most, and after the first they read only today."""
    snapshot = newest_snapshot(program_id)
    if snapshot is None:
        return Reach(len(_earners(program_id, _ALWAYS)), len(_redeemers(program_id, _ALWAYS)), None)
    since = end_of_day(snapshot["day"], zone)
    earned, redeemed = _earners(program_id, since), _redeemers(program_id, since)
    return Reach(
        snapshot["earned_members"] + len(earned - _earned_before(program_id, since, earned)),
        snapshot["redeemed_members"] + len(redeemed - _redeemed_before(program_id, since, redeemed)),
        snapshot,
    )


def percent(part: int, whole: int) -> Decimal:
    """``part`` in hundredths of ``whole`` to one decimal; 0 of nothing."""
    return (Decimal(100 * part) / whole).quantize(_TENTH, ROUND_HALF_UP) if whole else Decimal("0.0")


def _earners(program_id: UUID | None, since: datetime) -> set[UUID]:
    of_program = [Outcome.program_id == program_id] if program_id else []
    found = earnings(Outcome.purchase_id == purchases_since(since), *of_program).subquery()
    return set(session().scalars(select(found.c.member_id).distinct()))


def _earned_before(program_id: UUID | None, since: datetime, member_ids: set[UUID]) -> set[UUID]:
    """Which of these members earned before: found through their enrollments."""
    if not member_ids:
        return set()
    enrolled = select(Enrollment.id).where(Enrollment.member_id.in_(member_ids))
    if program_id is not None:
        enrolled = enrolled.where(Enrollment.program_id == program_id)
    in_time = (Outcome.enrollment_id == any_(func.array(enrolled.scalar_subquery())), Outcome.occurred_at < since)
    return set(session().scalars(select(Outcome.member_id).where(*in_time, has_brought(Outcome)).distinct()))


def _redeemers(program_id: UUID | None, since: datetime) -> set[UUID]:
    found = redemptions().subquery()
    of_program = [found.c.program_id == program_id] if program_id else []
    return set(session().scalars(select(found.c.member_id).where(found.c.at >= since, *of_program).distinct()))


def _redeemed_before(program_id: UUID | None, since: datetime, member_ids: set[UUID]) -> set[UUID]:
    if not member_ids:
        return set()
    found = redemptions().subquery()
    of_program = [found.c.program_id == program_id] if program_id else []
    earlier = select(found.c.member_id).where(found.c.member_id.in_(member_ids), found.c.at < since, *of_program)
    return set(session().scalars(earlier.distinct()))
