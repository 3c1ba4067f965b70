"""Tells members which points run out: 30 and 7 days before, one mail a program and day (PRODUCT 14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.expiry import last_day
from app.models.enrollment import Enrollment
from app.models.ledger import Lot
from app.queries.live_versions import newest_versions
from app.services.ledger import mark_warned
from app.services.messages import NewMessage, Recipient, write_messages

WARNINGS = (30, 7)
"""Days before points run out on which their member is told, once each."""
ENROLLMENTS_AT_ONCE = 500
KIND = "points_expiring"


def warn_of_points() -> int:
    """Leave the mails for up to 500 enrollments with points that run out soon; returns how many there were.

    What has been spent since is no longer in the lots, so nobody hears of it. Business key of a mail: (member, program,
    last day, days before); a lot's ``warned_days`` is written with it.
    """
    now = clock.now()
    enrollment_ids = list(
        session().scalars(select(Lot.enrollment_id).where(_is_unwarned(now)).distinct().limit(ENROLLMENTS_AT_ONCE))
    )
    if not enrollment_ids:
        return 0
    for days in sorted(WARNINGS):
        write_messages(_mails(enrollment_ids, days, now))
        mark_warned(_lots(enrollment_ids, days, now), days)
    return len(enrollment_ids)


def _mails(enrollment_ids: Sequence[UUID], days: int, now: datetime) -> list[NewMessage]:
    rows = session().execute(
        select(Lot.enrollment_id, Lot.remaining, Lot.expires_at, Enrollment.member_id, Enrollment.program_id)
        .join(Enrollment, Enrollment.id == Lot.enrollment_id)
        .where(Lot.enrollment_id.in_(enrollment_ids), Enrollment.unit == "points", _runs_out(days, now))
    )
    found = list(rows)
    versions = newest_versions({row.program_id for row in found})
    points: dict[tuple[UUID, UUID, date], int] = defaultdict(int)
    for row in found:
        day = last_day(row.expires_at, versions[row.program_id].zone)
        points[row.member_id, row.program_id, day] += row.remaining
    return [
        _mail(member_id, program_id, day, total, days) for (member_id, program_id, day), total in sorted(points.items())
    ]


def _mail(member_id: UUID, program_id: UUID, day: date, points: int, days: int) -> NewMessage:
    context: dict[str, Any] = {
        "programId": str(program_id),
        "points": points,
        "lastDay": day.isoformat(),
        "days": days,
    }
    return NewMessage(KIND, Recipient(member_id=member_id), f"{program_id} {day} {days}", context)


def _lots(enrollment_ids: Sequence[UUID], days: int, now: datetime) -> list[UUID]:
    """The lots that a mail of today speaks of."""
    return list(session().scalars(select(Lot.id).where(Lot.enrollment_id.in_(enrollment_ids), _runs_out(days, now))))


def _is_unwarned(now: datetime) -> ColumnElement[bool]:
    return or_(*(_runs_out(days, now) for days in WARNINGS))


def _runs_out(days: int, now: datetime) -> ColumnElement[bool]:
    """Lots that run out within so many days and were not warned of as late as that."""
    is_open = and_(Lot.remaining > 0, Lot.expires_at > now, Lot.expires_at <= now + timedelta(days=days))
    return and_(is_open, func.coalesce(Lot.warned_days, 999) > days)
