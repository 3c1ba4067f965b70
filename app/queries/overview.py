"""Reads the dashboard of the API: kept figures, short lists, and the last month out of the snapshots."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.core.unit_of_work import session
from app.domain.localtime import local_day
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.program import Program
from app.models.program_stats import ProgramStats
from app.models.voucher import Voucher
from app.queries import dashboard
from app.queries.program_totals import program_counts
from app.queries.reach import percent, reach
from app.queries.trends import trend

_SHOWN = 5
_MONTH = timedelta(days=30)
_DAY = timedelta(days=1)


def overview(zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Everything that GET /dashboard answers, in snake_case and minor units; fifteen statements at most."""
    members, points, found = dashboard.member_figures(now), _points(), reach(None, zone)
    statuses = program_counts()
    today = local_day(now, zone)
    month = trend(None, today - _MONTH - _DAY, today - _DAY)
    redeemed = points["issued"] - points["expired"] - points["outstanding"]
    return {
        "total_programs": sum(statuses.values()),
        "active_programs": next((total for status, total in statuses.items() if status == "ACTIVE"), 0),
        "total_members": members["total"],
        "active_members": members["active"],
        "total_points_outstanding": points["outstanding"],
        "total_points_redeemed": redeemed,
        "average_points_per_member": points["outstanding"] // members["total"] if members["total"] else 0,
        "redemption_rate": found.redemption_rate,
        "redemption_rate_points": percent(redeemed, points["issued"]),
        "recent_members": _recent_members(),
        "top_members": _top_members(now, zone),
        "upcoming_rewards": _upcoming_rewards(now),
        "tier_distribution": _tiers(),
        "programs_by_status": {str(status.value): total for status, total in statuses.items()},
        "membership_trend_last_month": [_membership(row) for row in month[-_MONTH.days :]],
        "redemption_trend_last_month": _redemption(month),
    }


def _points() -> dict[str, int]:
    """Sums of the kept figures of all programs that give points."""
    sums = [func.coalesce(func.sum(getattr(ProgramStats, name)), 0) for name in ("issued", "expired", "outstanding")]
    row = session().execute(
        select(*sums)
        .join(Program, Program.id == ProgramStats.program_id)
        .where(Program.deleted_at.is_(None), Program.rule_type != "CASH_BACK")
    )
    issued, expired, outstanding = (int(total) for total in row.one())
    return {"issued": issued, "expired": expired, "outstanding": outstanding}


def _recent_members() -> list[dict[str, Any]]:
    rows = session().execute(
        select(Member.id, Member.name, Member.joined_at)
        .where(Member.erased_at.is_(None))
        .order_by(Member.joined_at.desc(), Member.id.desc())
        .limit(_SHOWN)
    )
    return [dict(row._mapping) for row in rows]


def _top_members(now: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    top = dashboard.top_members(now, zone, _SHOWN)
    balances = _balances({member["id"] for member in top})
    return [
        {key: member[key] for key in ("id", "name", "tier", "visits", "spent")}
        | {"points": balances.get(member["id"], 0)}
        for member in top
    ]


def _balances(member_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = session().execute(
        select(Enrollment.member_id, func.sum(Enrollment.balance))
        .where(Enrollment.member_id.in_(member_ids), Enrollment.unit == "points")
        .group_by(Enrollment.member_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _upcoming_rewards(now: datetime) -> list[dict[str, Any]]:
    """Vouchers ready to be handed in that run out first."""
    rows = session().execute(
        select(
            Voucher.id,
            Voucher.program_id,
            Voucher.member_id,
            Member.name.label("member_name"),
            Voucher.description,
            Voucher.expires_at,
        )
        .join(Member, Member.id == Voucher.member_id)
        .where(Voucher.status == "available", Voucher.expires_at > now)
        .order_by(Voucher.expires_at, Voucher.id)
        .limit(_SHOWN)
    )
    return [dict(row._mapping) for row in rows]


def _tiers() -> dict[str, int]:
    held = select(Enrollment.tier, func.count()).where(Enrollment.tier.is_not(None)).group_by(Enrollment.tier)
    return {str(tier): total for tier, total in session().execute(held.order_by(Enrollment.tier))}


def _membership(row: dict[str, Any]) -> dict[str, Any]:
    names = ("total_members", "active_members", "new_members", "churned_members")
    return {"date": row["day"], **{name: row[name] for name in names}}


def _redemption(month: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each day added to the levels; the row before the month is only there to be taken off."""
    levels = ("total_points_redeemed", "vouchers_redeemed")
    before = [dict.fromkeys(levels, 0), *month]
    series = [
        {
            "date": row["day"],
            "points_redeemed": row[levels[0]] - earlier[levels[0]],
            "vouchers_redeemed": row[levels[1]] - earlier[levels[1]],
        }
        for earlier, row in zip(before, month, strict=False)
    ]
    return series[-_MONTH.days :]
