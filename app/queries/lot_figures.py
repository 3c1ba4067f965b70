"""What lots say by the clock, whatever jobs have run: usable, pending, lapsed, and what expires next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, and_, any_, bindparam, func, select

from app.core.hot_statements import fetch
from app.models.ledger import Lot
from app.queries.statements import AnySelect

_IS_USABLE = Lot.is_matured | and_(Lot.available_at.is_not(None), Lot.available_at <= bindparam("now"))
_OPEN_LOTS: AnySelect = (
    select(Lot.enrollment_id, Lot.is_matured, _IS_USABLE.label("is_usable"), Lot.expires_at, func.sum(Lot.remaining))
    .where(Lot.enrollment_id == any_(bindparam("ids", type_=ARRAY(Lot.enrollment_id.type))), Lot.remaining > 0)
    .group_by(Lot.enrollment_id, Lot.is_matured, _IS_USABLE, Lot.expires_at)
    .order_by(Lot.expires_at.nulls_last())
)


@dataclass(slots=True)
class LotFigures:
    """Differences to the kept figures of one enrollment as of an instant, in its unit."""

    matured: int = 0
    lapsed_balance: int = 0
    lapsed_pending: int = 0
    expires_at: datetime | None = None
    expiring: int = 0


def lot_figures(enrollment_ids: Collection[UUID], now: datetime) -> dict[UUID, LotFigures]:
    """One statement for any number of enrollments; lots that expire together are summed in the database.

    ``matured`` is kept as pending but may be used by now, ``lapsed_balance`` and ``lapsed_pending`` are past their
    time in either bucket, ``expiring`` is what goes at ``expires_at``, the next time that something does.
    """
    rows = fetch(_OPEN_LOTS, {"ids": list(enrollment_ids), "now": now})
    found: dict[UUID, LotFigures] = {}
    for enrollment_id, is_matured, usable, expires_at, remaining in rows:
        _add(found.setdefault(enrollment_id, LotFigures()), is_matured, usable, expires_at, int(remaining), now)
    return found


def _add(
    figures: LotFigures, is_matured: bool, is_usable: bool, expires_at: datetime | None, remaining: int, now: datetime
) -> None:
    """Add the lots of one group; groups come with the soonest to expire first."""
    if expires_at is not None and expires_at <= now:
        if is_matured:
            figures.lapsed_balance += remaining
        else:
            figures.lapsed_pending += remaining
        return
    if is_usable and not is_matured:
        figures.matured += remaining
    if expires_at is not None and figures.expires_at in (None, expires_at):
        figures.expires_at = expires_at
        figures.expiring += remaining
