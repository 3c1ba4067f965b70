"""Reads what one till has done, the latest first: purchases, punches, rewards, and what waits for the owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.member import Member
from app.models.membership import Membership
from app.models.purchase import Purchase
from app.models.till_item import TillItem
from app.models.voucher import Voucher
from app.queries.paging import Slice, older_than, slice_of

Named = Mapping[UUID, Any]


def recent_here(device_id: UUID, *, since: datetime, cursor: str | None = None, limit: int = 20) -> Slice:
    """What a till has done since an instant; at most three statements. Raises UnknownCursor.

    Each has ``itemId``, ``outcome`` and ``reason`` beside what queries.till_items.till_history says of a purchase;
    ``id`` is None for what is no purchase, ``reward`` the description of what was given.
    """
    rows = session().execute(
        select(TillItem, Purchase)
        .outerjoin(Purchase, Purchase.id == TillItem.purchase_id)
        .where(TillItem.device_id == device_id, TillItem.occurred_at >= since)
        .where(older_than(TillItem.occurred_at, TillItem.id, cursor))
        .order_by(TillItem.occurred_at.desc(), TillItem.id.desc())
        .limit(limit + 1)
    )
    found = [(row.TillItem, row.Purchase) for row in rows]
    members, vouchers = _members(found)
    staff = _staff(item for item, purchase in found if purchase is None)
    lines = [_line(item, purchase, members, vouchers, staff) for item, purchase in found]
    return slice_of(lines, limit, at="occurredAt", key="itemId")


def _members(found: Iterable[tuple[TillItem, Purchase | None]]) -> tuple[Named, Named]:
    """Members by id, and what their rewards are called by voucher id; one statement."""
    member_ids, voucher_ids = set(), set()
    for item, purchase in found:
        member_ids.add(purchase.member_id if purchase else _id_in(item, "memberId"))
        voucher_ids.add(_id_in(item, "voucherId"))
    rows = session().execute(
        select(Member.id, Member.name, Member.code, Voucher.id.label("voucher_id"), Voucher.description)
        .outerjoin(Voucher, and_(Voucher.member_id == Member.id, Voucher.id.in_(voucher_ids - {None})))
        .where(Member.id.in_(member_ids - {None}))
    )
    members, vouchers = {}, {}
    for row in rows:
        members[row.id] = row
        vouchers[row.voucher_id] = row.description
    return members, vouchers


def _staff(items: Iterable[TillItem]) -> Named:
    """The names of who did what has no purchase to say so."""
    wanted = {_id_in(item, "staffId") for item in items} - {None}
    if not wanted:
        return {}
    here = Membership.business_id == current_business_id()
    rows = session().execute(select(Membership.id, Membership.name).where(here, Membership.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _line(item: TillItem, purchase: Purchase | None, members: Named, vouchers: Named, staff: Named) -> dict[str, Any]:
    member_id = purchase.member_id if purchase else _id_in(item, "memberId")
    member = members.get(member_id) if member_id else None
    line = {
        "itemId": item.id,
        "kind": item.kind,
        "outcome": item.outcome,
        "reason": item.reason,
        "reward": vouchers.get(_id_in(item, "voucherId")),  # type: ignore[arg-type]
        "memberId": member.id if member else None,
        "name": member.name if member else "",
        "code": member.code if member else "",
        "occurredAt": item.occurred_at,
        "recordedBy": staff.get(_id_in(item, "staffId")) or "",  # type: ignore[arg-type]
        "id": None,
        "count": item.payload.get("count", 1),
        "status": None,
    }
    return line | _of_purchase(purchase) if purchase else line


def _of_purchase(purchase: Purchase) -> dict[str, Any]:
    return {
        "id": purchase.id,
        "kind": purchase.kind,
        "count": purchase.count,
        "amount": purchase.amount_minor,
        "refunded": purchase.refunded_minor,
        "status": purchase.status,
        "recordedBy": purchase.recorded_by,
    }


def _id_in(item: TillItem, name: str) -> UUID | None:
    """An id of what was sent, which may be anything."""
    try:
        return UUID(str(item.payload.get(name)))
    except ValueError:
        return None
