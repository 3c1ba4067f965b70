"""Reads the figures of Home: kept figures where there are some, else ranges of an index, never the whole ledger."""

from __future__ import annotations

from calendar import isleap
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, DateTime, Integer, cast, func, select, union_all
from sqlalchemy.orm import aliased

from app.core.unit_of_work import session
from app.domain.lifecycle import status_at
from app.models.day_figures import BusinessDay
from app.models.enrollment import Enrollment
from app.models.location import Location
from app.models.member import Member
from app.models.program import Program, ProgramVersion
from app.models.program_stats import ProgramStats
from app.models.purchase import Purchase
from app.models.redemption import Redemption
from app.models.reward import Reward
from app.models.voucher import Voucher
from app.queries.live_versions import compiled_versions
from app.queries.statements import AnyRow

_SHOWN_PROGRAMS = 200
_LOW_STOCK = 5
_ACTIVE_FOR = timedelta(days=30)
_FEBRUARY, _LAST_DAY = 2, 28


def program_figures(now: datetime) -> list[dict[str, Any]]:
    """Each program that was ever activated, the newest first: status by the clock, its rule compiled, its figures.

    ``outstanding`` is in points, or in minor units for CASH_BACK. One statement once the versions are known.
    """
    rows = (
        session()
        .execute(
            select(Program, ProgramVersion.id.label("version_id"), ProgramStats)
            .join(
                ProgramVersion,
                (ProgramVersion.program_id == Program.id) & (ProgramVersion.number == Program.newest_version),
            )
            .outerjoin(ProgramStats, ProgramStats.program_id == Program.id)
            .where(Program.deleted_at.is_(None))
            .order_by(Program.created_at.desc(), Program.id.desc())
            .limit(_SHOWN_PROGRAMS)
        )
        .all()
    )
    versions = compiled_versions({row.version_id for row in rows})
    return [_program(row, versions[row.version_id], now) for row in rows]


def member_figures(now: datetime) -> dict[str, int]:
    """How many members there are, came in the last 30 days, hold rewards that run out within a week, and wait for one.

    ``low_stock`` counts rewards of which a handful is left.
    """
    expiring = select(func.count()).where(
        Voucher.status == "available", Voucher.expires_at > now, Voucher.expires_at <= now + timedelta(days=7)
    )
    waiting = select(func.count()).where(Redemption.status.in_(("pending", "approved")))
    low = select(func.count()).where(
        Reward.deleted_at.is_(None), Reward.active, Reward.quantity_remaining <= _LOW_STOCK
    )
    active = select(func.count()).where(Member.last_purchase_at > now - _ACTIVE_FOR, Member.erased_at.is_(None))
    row = (
        session()
        .execute(
            select(
                select(func.count()).where(Member.erased_at.is_(None)).scalar_subquery().label("total"),
                active.scalar_subquery().label("active"),
                expiring.scalar_subquery().label("expiring"),
                waiting.scalar_subquery().label("waiting"),
                low.scalar_subquery().label("low"),
            )
        )
        .one()
    )
    return {
        "total": row.total,
        "active": row.active,
        "vouchers_expiring": row.expiring,
        "redemptions_waiting": row.waiting,
        "low_stock": row.low,
    }


def birthdays(today: date, limit: int = 4) -> list[dict[str, Any]]:
    """Members whose birthday is on a local day, by name; 29 February is 28 February in other years (PRODUCT 13)."""
    is_short = today.month == _FEBRUARY and today.day == _LAST_DAY and not isleap(today.year)
    days = (today.day, _LAST_DAY + 1) if is_short else (today.day,)
    rows = session().execute(
        select(Member.id, Member.name, Member.code)
        .where(Member.birth_month == today.month, func.extract("day", Member.birthday).in_(days))
        .where(Member.erased_at.is_(None))
        .order_by(Member.name, Member.id)
        .limit(limit)
    )
    return [dict(row._mapping) for row in rows]


def visits_by_week(today: date, weeks: int, zone: ZoneInfo) -> list[tuple[date, int]]:
    """Visits (a member's local days with a purchase) of so many times seven days, the last of which end ``today``.

    (first day, visits), the oldest first; seven days without any are 0. Days with a snapshot are read from it, only
    the purchases since by their index.
    """
    first = today - timedelta(days=7 * weeks - 1)
    kept = select(BusinessDay.day, BusinessDay.visits).where(BusinessDay.day.between(first, today))
    newest = func.coalesce(select(func.max(BusinessDay.day)).scalar_subquery(), first - timedelta(days=1))
    since = func.timezone(str(zone), cast(func.greatest(newest + 1, first), DateTime))
    local_day = cast(func.timezone(str(zone), Purchase.occurred_at), Date)
    visit = (
        select(Purchase.member_id, local_day.label("day"))
        .where(Purchase.occurred_at >= since, Purchase.status == "completed")
        .distinct()
        .subquery()
    )
    days = union_all(kept, select(visit.c.day, func.count()).group_by(visit.c.day)).subquery()
    week = cast(days.c.day - first, Integer) // 7
    found = {row[0]: int(row[1]) for row in session().execute(select(week, func.sum(days.c.visits)).group_by(week))}
    return [(first + timedelta(weeks=number), found.get(number, 0)) for number in range(weeks)]


def top_members(now: datetime, zone: ZoneInfo, limit: int = 5) -> list[dict[str, Any]]:
    """Who came most in the last 30 days, with what they spent (minor units) and the highest tier they hold."""
    day = cast(func.timezone(str(zone), Purchase.occurred_at), Date)
    visits = func.count(day.distinct())
    spent = func.sum(Purchase.amount_minor - Purchase.refunded_minor)
    best = (
        select(Purchase.member_id, visits.label("visits"), spent.label("spent"))
        .where(Purchase.occurred_at > now - _ACTIVE_FOR, Purchase.status == "completed")
        .group_by(Purchase.member_id)
        .order_by(visits.desc(), spent.desc(), Purchase.member_id)
        .limit(limit)
        .subquery()
    )
    held = aliased(Enrollment)
    tier = select(func.max(held.tier)).where(held.member_id == best.c.member_id).scalar_subquery()
    rows = session().execute(
        select(Member.id, Member.name, Member.code, tier.label("tier"), best.c.visits, best.c.spent)
        .join(best, best.c.member_id == Member.id)
        .where(Member.erased_at.is_(None))
        .order_by(best.c.visits.desc(), best.c.spent.desc(), Member.id)
    )
    return [{**row._mapping, "spent": int(row.spent)} for row in rows]


def latest_purchases(limit: int = 6) -> list[dict[str, Any]]:
    """The latest sales and punches with their members."""
    rows = session().execute(
        select(
            Purchase.id,
            Purchase.occurred_at,
            Purchase.kind,
            Purchase.amount_minor,
            Purchase.items,
            Member.id.label("member_id"),
            Member.name,
            Member.code,
            Location.name.label("location_name"),
        )
        .join(Member, Member.id == Purchase.member_id)
        .outerjoin(Location, Location.id == Purchase.location_id)
        .where(Member.erased_at.is_(None))
        .order_by(Purchase.occurred_at.desc(), Purchase.id.desc())
        .limit(limit)
    )
    return [dict(row._mapping) for row in rows]


def _program(row: AnyRow, version: Any, now: datetime) -> dict[str, Any]:
    program, kept = row.Program, row.ProgramStats
    return {
        "id": program.id,
        "name": program.name,
        "ruleType": program.rule_type,
        "status": status_at(program.state, program.starts_at, program.ends_at, now).value,
        "startsAt": program.starts_at,
        "version": version,
        "members": kept.enrollments if kept else 0,
        "issued": kept.issued if kept else 0,
        "outstanding": kept.outstanding if kept else 0,
        "vouchersIssued": kept.vouchers_issued if kept else 0,
        "redemptions": kept.redemptions if kept else 0,
    }
