"""How redemptions went: how many, how fast, how many were cancelled, over all and by reward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from app.core.unit_of_work import session
from app.models.redemption import Redemption


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One reward, or all together (``name`` ""); ``median_seconds`` is from the request to the hand-over."""

    reward_id: UUID | None
    name: str
    requested: int
    fulfilled: int
    cancelled: int
    points: int
    median_seconds: int | None

    @property
    def cancelled_percent(self) -> int | None:
        """How many of a hundred were cancelled; None while nothing was requested."""
        return round(100 * self.cancelled / self.requested) if self.requested else None


def redemption_report(
    since: datetime, until: datetime, *, most: int | None = None
) -> tuple[ReportRow, list[ReportRow]]:
    """(all together, by reward, the most wanted first) of what was requested in ``[since, until)``; two statements.

    ``most`` rewards at the most, all of them without it.
    """
    total = session().execute(_figures(since, until)).one()
    by_reward = session().execute(
        _figures(since, until)
        .add_columns(Redemption.reward_id, func.max(Redemption.name))
        .group_by(Redemption.reward_id)
        .order_by(func.count().desc(), func.max(Redemption.name))
        .limit(most)
    )
    rows = [_row(row, row[5], row[6] if row[5] else "Points as money") for row in by_reward]
    return _row(total, None, ""), rows


def _figures(since: datetime, until: datetime) -> Select[*tuple[object, ...]]:
    done, over = Redemption.fulfilled_at.is_not(None), Redemption.status == "cancelled"
    seconds = func.extract("epoch", Redemption.fulfilled_at - Redemption.requested_at)
    return select(
        func.count(),
        func.count().filter(done),
        func.count().filter(over),
        func.coalesce(func.sum(Redemption.points_redeemed - Redemption.points_returned), 0),
        func.percentile_cont(0.5).within_group(seconds),
    ).where(Redemption.requested_at >= since, Redemption.requested_at < until)


def _row(found: object, reward_id: UUID | None, name: str) -> ReportRow:
    requested, fulfilled, cancelled, points, median = found[:5]  # type: ignore[index]
    return ReportRow(
        reward_id, name, requested, fulfilled, cancelled, int(points), None if median is None else round(median)
    )
