"""Reads what tills have done: conflicts that wait for the owner, the last punch of a member, today's history."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.till import ASK_AGAIN_WITHIN
from app.domain.till_body import SOURCE
from app.models.device import Device
from app.models.member import Member
from app.models.purchase import Purchase
from app.models.till_item import TillItem
from app.models.voucher import Voucher
from app.queries.paging import Slice, newer_than, older_than, slice_of
from app.queries.till_waiting import OPEN_CONFLICT

_LATEST = 200


def seconds_since_punch(member_id: UUID) -> int | None:
    """How many seconds ago a till punched this member's card, if that was less than a minute ago."""
    now = clock.now()
    last = session().scalar(
        select(Purchase.recorded_at)
        .where(Purchase.member_id == member_id, Purchase.occurred_at > now - 2 * ASK_AGAIN_WITHIN)
        .where(Purchase.kind == "punch", Purchase.source == SOURCE, Purchase.status == "completed")
        .where(Purchase.recorded_at > now - ASK_AGAIN_WITHIN)
        .order_by(Purchase.recorded_at.desc())
        .limit(1)
    )
    return None if last is None else max(0, int((now - last).total_seconds()))


def note_of(member_id: UUID) -> str:
    """What the business has written down about a member; "" for nothing."""
    return session().scalar(select(Member.note).where(Member.id == member_id)) or ""


def usual_amounts(most: int = 4) -> list[int]:
    """Amounts (minor units) that the last 200 purchases had more than once, the smallest first."""
    latest = (
        select(Purchase.amount_minor)
        .where(Purchase.amount_minor > 0)
        .order_by(Purchase.occurred_at.desc(), Purchase.id.desc())
        .limit(_LATEST)
    )
    counts = Counter(session().scalars(latest))
    return sorted(amount for amount, times in counts.most_common(most) if times > 1)


def ready_by_member(member_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """{id, words} of the rewards that several members may have now, the soonest to run out first; one statement."""
    now = clock.now()
    rows = session().execute(
        select(Voucher.member_id, Voucher.id, Voucher.description)
        .where(Voucher.member_id.in_(member_ids), Voucher.status == "available")
        .where(or_(Voucher.expires_at.is_(None), Voucher.expires_at > now))
        .order_by(Voucher.expires_at.nulls_last(), Voucher.issued_at)
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.member_id].append({"id": row.id, "words": row.description})
    return found


def conflicts(*, cursor: str | None = None, limit: int = 20) -> Slice:
    """What tills sent and could not be recorded, the oldest first; one statement. Raises UnknownCursor."""
    rows = session().execute(
        select(TillItem, Device.name.label("device_name"))
        .join(Device, Device.id == TillItem.device_id)
        .where(*OPEN_CONFLICT)
        .where(newer_than(TillItem.received_at, TillItem.id, cursor))
        .order_by(TillItem.received_at, TillItem.id)
        .limit(limit + 1)
    )
    return slice_of([_conflict(row.TillItem, row.device_name) for row in rows], limit, at="receivedAt")


def till_history(*, location_id: UUID | None, since: datetime, cursor: str | None = None, limit: int = 20) -> Slice:
    """What tills recorded since an instant (at one location, if one is named), the latest first; one statement."""
    query = (
        select(Purchase, Member.name, Member.code)
        .join(Member, Member.id == Purchase.member_id)
        .where(Purchase.source == SOURCE, Purchase.occurred_at >= since)
        .where(older_than(Purchase.occurred_at, Purchase.id, cursor))
        .order_by(Purchase.occurred_at.desc(), Purchase.id.desc())
        .limit(limit + 1)
    )
    if location_id is not None:
        query = query.where(Purchase.location_id == location_id)
    return slice_of([_line(*row) for row in session().execute(query)], limit, at="occurredAt")


def till_purchase(purchase_id: UUID) -> dict[str, Any] | None:
    """One line of the history; None for what no till recorded."""
    row = (
        session()
        .execute(
            select(Purchase, Member.name, Member.code)
            .join(Member, Member.id == Purchase.member_id)
            .where(Purchase.id == purchase_id, Purchase.source == SOURCE)
        )
        .first()
    )
    return None if row is None else _line(*row)


def _conflict(item: TillItem, device_name: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "payload": item.payload,
        "reason": item.reason,
        "occurredAt": item.occurred_at,
        "receivedAt": item.received_at,
        "deviceName": device_name,
    }


def _line(purchase: Purchase, name: str, code: str) -> dict[str, Any]:
    return {
        "id": purchase.id,
        "kind": purchase.kind,
        "count": purchase.count,
        "amount": purchase.amount_minor,
        "refunded": purchase.refunded_minor,
        "status": purchase.status,
        "memberId": purchase.member_id,
        "name": name,
        "code": code,
        "occurredAt": purchase.occurred_at,
        "recordedAt": purchase.recorded_at,
        "recordedBy": purchase.recorded_by,
        "staffId": purchase.staff_id,
    }
