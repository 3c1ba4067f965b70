"""Reads from the books what moved on which local day, for the snapshots: a pass over the history of one business."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Uuid, case, cast, func, literal, null, select, union_all

from app.core.unit_of_work import session
from app.models.enrollment import Enrollment
from app.models.ledger import LedgerEntry
from app.models.member import Member
from app.models.tier_history import TierHistory
from app.models.voucher import Voucher
from app.queries.visits import earnings, redemptions, spending, visit_ends, visits

_NO_PROGRAM = cast(null(), Uuid(as_uuid=True))


@dataclass(frozen=True, slots=True)
class Movement:
    """By how much figures change on a day; without a program it is the business's own. ``tier`` is one of its tiers."""

    program_id: UUID | None
    day: date
    figures: dict[str, int]
    tier: str | None = None


def movements(zone: ZoneInfo) -> Iterator[Movement]:
    """Everything that moved, in no order; twelve statements."""
    for statement in (_joins(zone), _entries(zone), _vouchers(zone), visits(zone), visit_ends(zone), spending(zone)):
        yield from _told(statement)
    yield from _firsts(zone)
    yield from _tiers(zone)


def _told(statement: Any) -> Iterator[Movement]:
    for row in session().execute(statement):
        figures = {name: int(amount) for name, amount in row._mapping.items() if name not in ("program_id", "day")}
        yield Movement(row.program_id, row.day, figures)


def _joins(zone: ZoneInfo) -> Any:
    """Who came, and whose data was erased: such a member is one no more."""
    enrolled, joined, erased = (
        _day(column, zone) for column in (Enrollment.joined_at, Member.joined_at, Member.erased_at)
    )
    return union_all(
        select(
            Enrollment.program_id.label("program_id"),
            enrolled.label("day"),
            func.count().label("total_members"),
            func.count().label("new_members"),
        ).group_by(Enrollment.program_id, enrolled),
        select(_NO_PROGRAM, joined, func.count(), func.count()).group_by(joined),
        select(_NO_PROGRAM, erased, -func.count(), literal(0)).where(Member.erased_at.is_not(None)).group_by(erased),
    )


def _entries(zone: ZoneInfo) -> Any:
    """What the books say of each program, and of all points together; issued is what refunds have left of it."""
    day, amount = _day(LedgerEntry.occurred_at, zone), LedgerEntry.amount

    def total(kinds: tuple[str, ...], sign: int) -> Any:
        return func.coalesce(func.sum(case((LedgerEntry.kind.in_(kinds), sign * amount), else_=0)), 0)

    sums = [
        total(("earn", "bonus", "adjust", "reversal"), 1).label("total_points_issued"),
        total(("redeem", "restore"), -1).label("total_points_redeemed"),
        total(("expire",), -1).label("total_points_expired"),
        func.sum(amount).label("total_points_outstanding"),
    ]
    by_program = select(LedgerEntry.program_id.label("program_id"), day.label("day"), *sums)
    of_business = select(_NO_PROGRAM, day, *sums).where(LedgerEntry.unit == "points")
    return union_all(by_program.group_by(LedgerEntry.program_id, day), of_business.group_by(day))


def _vouchers(zone: ZoneInfo) -> Any:
    """Vouchers given and handed in, of each program and of all."""
    issued, redeemed = _day(Voucher.issued_at, zone), _day(Voucher.redeemed_at, zone)
    is_given, is_redeemed = Voucher.status != "revoked", Voucher.status == "redeemed"
    counts = (func.count().label("vouchers_issued"), literal(0).label("vouchers_redeemed"))
    return union_all(
        select(Voucher.program_id.label("program_id"), issued.label("day"), *counts)
        .where(is_given)
        .group_by(Voucher.program_id, issued),
        select(_NO_PROGRAM, issued, *counts).where(is_given).group_by(issued),
        select(Voucher.program_id, redeemed, literal(0), func.count())
        .where(is_redeemed)
        .group_by(Voucher.program_id, redeemed),
        select(_NO_PROGRAM, redeemed, literal(0), func.count()).where(is_redeemed).group_by(redeemed),
    )


def _firsts(zone: ZoneInfo) -> Iterator[Movement]:
    """On which day each member earned and redeemed for the first time, in a program and anywhere."""
    for name, events in (("earned_members", earnings()), ("redeemed_members", redemptions())):
        found = events.subquery()
        by_program = select(found.c.program_id, found.c.member_id, func.min(found.c.at).label("at"))
        anywhere = select(_NO_PROGRAM.label("program_id"), found.c.member_id, func.min(found.c.at).label("at"))
        for firsts in (
            by_program.group_by(found.c.program_id, found.c.member_id).subquery(),
            anywhere.group_by(found.c.member_id).subquery(),
        ):
            day = _day(firsts.c.at, zone)
            counted = select(firsts.c.program_id, day.label("day"), func.count().label(name))
            yield from _told(counted.group_by(firsts.c.program_id, day))


def _tiers(zone: ZoneInfo) -> Iterator[Movement]:
    """Who rose into a tier and who fell out of it."""
    day = _day(TierHistory.effective_at, zone)
    for column, sign in ((TierHistory.to_tier, 1), (TierHistory.from_tier, -1)):
        changed = select(TierHistory.program_id, day.label("day"), column.label("tier"), func.count().label("total"))
        for row in session().execute(changed.where(column.is_not(None)).group_by(TierHistory.program_id, day, column)):
            for program_id in (row.program_id, None):
                yield Movement(program_id, row.day, {"members": sign * row.total}, row.tier)


def _day(at: Any, zone: ZoneInfo) -> Any:
    return cast(func.timezone(str(zone), at), Date)
