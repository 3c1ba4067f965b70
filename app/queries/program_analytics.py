"""Reads how a program has done: its kept figures, and day by day out of the snapshots up to today."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, any_, func, select

from app.core.unit_of_work import session
from app.domain.localtime import local_day, start_of_day
from app.models.location import Location
from app.models.purchase import Outcome, Purchase
from app.queries.program_page import program_figures
from app.queries.reach import Reach, percent, reach
from app.queries.trends import trend
from app.queries.visits import earnings, purchases_since

_DAY = timedelta(days=1)
_PAID = func.sum(Purchase.amount_minor - Purchase.refunded_minor)
_GROWING = {
    "points_issued": "total_points_issued",
    "points_redeemed": "total_points_redeemed",
    "points_expired": "total_points_expired",
    "vouchers_issued": "vouchers_issued",
    "vouchers_redeemed": "vouchers_redeemed",
    "spending": "total_spending",
}
_STANDING = {
    "enrollments": "total_members",
    "active_participants": "active_members",
    "points_outstanding": "total_points_outstanding",
}
_OF_THE_DAY = {"joined": "new_members", "churned": "churned_members", "visits": "visits"}


def program_analytics(program_id: UUID, first: date, last: date, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Figures as of now and the series from ``first`` to ``last``; eight statements at most.

    ``series`` has a row a day on which the program had a history: what happened that day (joined, churned, visits,
    points and vouchers, spending) and how it stood at its end (enrollments, active participants, outstanding). Today
    stands there so far as the kept figures know it. Amounts are points, or minor units in a CASH_BACK program.
    """
    kept, found = program_figures(program_id), reach(program_id, zone)
    snapshots = trend(program_id, first - _DAY, last)
    figures = _figures(kept, found)
    today = local_day(now, zone)
    if first <= today <= last:
        snapshots.append(_today(program_id, today, figures, found.snapshot, start_of_day(today, zone)))
    return {**figures, "series": [row for row in _series(snapshots) if row["day"] >= first]}


def by_location(program_id: UUID, since: datetime) -> list[dict[str, Any]]:
    """Purchases that counted, members and spending (minor units) since an instant, by location, the busiest first."""
    rows = session().execute(
        select(
            Location.name,
            func.count().label("purchases"),
            func.count(Purchase.member_id.distinct()).label("members"),
            _PAID.label("spending"),
        )
        .select_from(Purchase)
        .outerjoin(Location, Location.id == Purchase.location_id)
        .where(_counted_since(program_id, since))
        .group_by(Location.id, Location.name)
        .order_by(func.count().desc(), Location.name)
    )
    return [{**row._mapping, "spending": int(row.spending)} for row in rows]


def _counted_since(program_id: UUID, since: datetime) -> ColumnElement[bool]:
    """The purchases from an instant on that counted in the program; an array, so that each is looked up by its key."""
    found = earnings(Outcome.program_id == program_id, Outcome.purchase_id == purchases_since(since)).subquery()
    return Purchase.id == any_(func.array(select(found.c.purchase_id).scalar_subquery()))


def _figures(kept: dict[str, Any], found: Reach) -> dict[str, Any]:
    redeemed = kept["issued"] - kept["expired"] - kept["outstanding"]
    return {
        "enrollments": kept["enrollments"],
        "active_participants": kept["active_participants"],
        "earned_members": found.earned,
        "redeemed_members": found.redeemed,
        "redemption_rate": found.redemption_rate,
        "redemption_rate_points": percent(redeemed, kept["issued"]),
        "points_issued": kept["issued"],
        "points_redeemed": redeemed,
        "points_expired": kept["expired"],
        "points_outstanding": kept["outstanding"],
        "vouchers_issued": kept["vouchers_issued"],
        "vouchers_redeemed": kept["redemptions"],
        "as_of": kept["as_of"],
        "tierDistribution": found.snapshot["tier_distribution"] if found.snapshot else {},
    }


def _today(
    program_id: UUID, today: date, figures: dict[str, Any], before: dict[str, Any] | None, since: datetime
) -> dict[str, Any]:
    """A snapshot of the day that is not over: levels as they are kept now."""
    came = select(func.count(Purchase.member_id.distinct()).label("visits"), func.coalesce(_PAID, 0).label("paid"))
    found = session().execute(came.where(_counted_since(program_id, since))).one()
    levels = {**_GROWING, **_STANDING}
    return {
        "day": today,
        **{column: figures[name] for name, column in levels.items() if name != "spending"},
        "total_spending": (before["total_spending"] if before else 0) + int(found.paid),
        "new_members": figures["enrollments"] - (before["total_members"] if before else 0),
        "churned_members": 0,
        "visits": found.visits,
    }


def _series(snapshots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Levels that only grow become what each day added; the first row's day before is empty unless it is there."""
    before = dict.fromkeys(_GROWING.values(), 0)
    series = []
    for row in snapshots:
        series.append(
            {
                "day": row["day"],
                **{name: row[column] for name, column in (_STANDING | _OF_THE_DAY).items()},
                **{name: row[column] - before[column] for name, column in _GROWING.items()},
            }
        )
        before = row
    return series
