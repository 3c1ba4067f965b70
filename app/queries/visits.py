"""Statements about who came, earned and redeemed: by program, and with a null program for the whole business."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Integer, Uuid, any_, case, cast, func, null, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from app.models.ledger import LedgerEntry
from app.models.purchase import Outcome, Purchase
from app.models.voucher import Voucher

ACTIVE_IN_PROGRAM_DAYS = 90
ACTIVE_IN_BUSINESS_DAYS = 30

_NO_PROGRAM = cast(null(), Uuid(as_uuid=True))


def earnings(*where: Any) -> Any:
    """Each purchase that counted in a program as of its newest revision: program, member, purchase, when (``at``).

    Sorted rather than joined with itself, which cannot be planned badly while a new business has no statistics.
    """
    newest = (
        select(Outcome)
        .ext(distinct_on(Outcome.purchase_id, Outcome.program_id))
        .where(*where)
        .order_by(Outcome.purchase_id, Outcome.program_id, Outcome.revision.desc())
        .subquery()
    )
    found = newest.c
    return select(found.program_id, found.member_id, found.purchase_id, found.occurred_at.label("at")).where(
        has_brought(found)
    )


def purchases_since(since: datetime) -> Any:
    """The ids of the purchases from an instant on, as an array that is read by their index before anything else."""
    return any_(func.array(select(Purchase.id).where(Purchase.occurred_at >= since).scalar_subquery()))


def has_brought(outcome: Any) -> Any:
    """Whether an outcome brought its member forward: it counted, or gave points or cash back."""
    return or_(outcome.adds > 0, outcome.points > 0, outcome.cashback_minor > 0)


def redemptions() -> Any:
    """Each voucher handed in and each entry that spends points: program, member, when (``at``)."""
    return union_all(
        select(Voucher.program_id, Voucher.member_id, Voucher.redeemed_at.label("at")).where(
            Voucher.status == "redeemed"
        ),
        select(LedgerEntry.program_id, LedgerEntry.member_id, LedgerEntry.occurred_at).where(
            LedgerEntry.kind == "redeem"
        ),
    )


def visits(zone: ZoneInfo) -> Any:
    """A member's local days: each is a visit, and the begin of a span of being active."""
    day = _visit_days(zone)
    return select(
        day.c.program_id, day.c.day, func.count().label("visits"), func.count().label("active_members")
    ).group_by(day.c.program_id, day.c.day)


def visit_ends(zone: ZoneInfo) -> Any:
    """Where those spans end: at the next visit, or after so many days without one, which makes a member quiet."""
    day = _visit_days(zone)
    next_day = func.lead(day.c.day).over(partition_by=(day.c.program_id, day.c.member_id), order_by=day.c.day)
    days = case((day.c.program_id.is_(None), ACTIVE_IN_BUSINESS_DAYS), else_=ACTIVE_IN_PROGRAM_DAYS)
    quiet = (day.c.day + cast(days, Integer)).label("quiet")
    span = select(day.c.program_id, cast(quiet, Date).label("quiet"), next_day.label("next_day")).subquery()
    is_quiet = or_(span.c.next_day.is_(None), span.c.next_day > span.c.quiet)
    end = case((is_quiet, span.c.quiet), else_=span.c.next_day)
    return select(
        span.c.program_id,
        end.label("day"),
        (-func.count()).label("active_members"),
        func.count().filter(is_quiet).label("churned_members"),
    ).group_by(span.c.program_id, end)


def spending(zone: ZoneInfo) -> Any:
    """What was paid for the purchases that counted, and for all of them, in minor units after refunds."""
    found = earnings().subquery()
    day = _day(Purchase.occurred_at, zone)
    paid = func.sum(Purchase.amount_minor - Purchase.refunded_minor).label("total_spending")
    return union_all(
        select(found.c.program_id.label("program_id"), day.label("day"), paid)
        .join(Purchase, Purchase.id == found.c.purchase_id)
        .group_by(found.c.program_id, day),
        select(_NO_PROGRAM, day, paid).where(Purchase.status == "completed").group_by(day),
    )


def _visit_days(zone: ZoneInfo) -> Any:
    found = earnings().subquery()
    return union_all(
        select(
            found.c.program_id.label("program_id"), found.c.member_id, _day(found.c.at, zone).label("day")
        ).distinct(),
        select(_NO_PROGRAM, Purchase.member_id, _day(Purchase.occurred_at, zone))
        .where(Purchase.status == "completed")
        .distinct(),
    ).subquery()


def _day(at: Any, zone: ZoneInfo) -> Any:
    return cast(func.timezone(str(zone), at), Date)
