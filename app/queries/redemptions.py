"""Reads redemptions: one, a member's, the board's, and how many wait."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.domain.reward_registry import told_value
from app.models.member import Member
from app.models.redemption import Redemption
from app.queries.currency import currency as business_currency
from app.queries.paging import Slice, older_than, slice_of
from app.queries.statements import AnyRow, AnySelect

_COLUMNS = (
    "id",
    "member_id",
    "program_id",
    "reward_id",
    "kind",
    "name",
    "reward_type",
    "value",
    "points_redeemed",
    "points_returned",
    "status",
    "voucher_id",
    "code",
    "delivery_method",
    "shipping_address",
    "tracking_number",
    "notes",
    "location_id",
    "requested_by",
    "requested_at",
    "fulfilled_at",
    "moved_at",
    "moved_by",
    "version",
)


def redemption(redemption_id: UUID) -> dict[str, Any]:
    """The redemption object of API.md, with who it is for and who moved it last. Raises NotFound."""
    row = session().execute(_rows().where(Redemption.id == redemption_id)).one_or_none()
    if row is None:
        raise NotFound("redemption")
    return _object(row, business_currency())


def redemptions_slice(
    *,
    statuses: Collection[str] = (),
    member_id: UUID | None = None,
    location_id: UUID | None = None,
    delivery_method: str | None = None,
    requested_before: datetime | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Slice:
    """Redemptions that fit all that is asked, the newest first. Raises UnknownCursor."""
    wanted: list[ColumnElement[bool]] = [older_than(Redemption.requested_at, Redemption.id, cursor)]
    if statuses:
        wanted.append(Redemption.status.in_(statuses))
    if member_id is not None:
        wanted.append(Redemption.member_id == member_id)
    if location_id is not None:
        wanted.append(Redemption.location_id == location_id)
    if delivery_method is not None:
        wanted.append(Redemption.delivery_method == delivery_method)
    if requested_before is not None:
        wanted.append(Redemption.requested_at <= requested_before)
    newest = _rows().where(*wanted).order_by(Redemption.requested_at.desc(), Redemption.id.desc()).limit(limit + 1)
    currency = business_currency()
    return slice_of([_object(row, currency) for row in session().execute(newest)], limit, at="requestedAt")


def oldest_in(
    status: str,
    *,
    location_id: UUID | None = None,
    delivery_method: str | None = None,
    requested_before: datetime | None = None,
    limit: int = 20,
) -> list[dict[str, Any]]:
    """Those in one state, who has waited longest first: a column of the board."""
    wanted: list[ColumnElement[bool]] = [Redemption.status == status]
    if location_id is not None:
        wanted.append(Redemption.location_id == location_id)
    if delivery_method is not None:
        wanted.append(Redemption.delivery_method == delivery_method)
    if requested_before is not None:
        wanted.append(Redemption.requested_at <= requested_before)
    rows = session().execute(_rows().where(*wanted).order_by(Redemption.requested_at, Redemption.id).limit(limit))
    currency = business_currency()
    return [_object(row, currency) for row in rows]


def redemptions_by_id(ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Some redemptions, who has waited longest first; unknown ids are left out."""
    rows = session().execute(_rows().where(Redemption.id.in_(ids)).order_by(Redemption.requested_at, Redemption.id))
    currency = business_currency()
    return [_object(row, currency) for row in rows]


def counts_by_status() -> dict[str, int]:
    """How many redemptions are in each state, the ends left out: they only grow."""
    rows = session().execute(
        select(Redemption.status, func.count())
        .where(Redemption.status.in_(("pending", "approved", "shipped")))
        .group_by(Redemption.status)
    )
    return {row[0]: row[1] for row in rows}


def newest_waiting() -> dict[str, Any]:
    """{waiting, id, name}: how many nobody has looked at yet, and the one that came last (None where there is none)."""
    rows = session().execute(
        select(Redemption.id, Redemption.name, func.count().over().label("waiting"))
        .where(Redemption.status == "pending")
        .order_by(Redemption.requested_at.desc(), Redemption.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return (
        {"waiting": row.waiting, "id": str(row.id), "name": row.name} if row else {"waiting": 0, "id": None, "name": ""}
    )


def pending_redemptions() -> int:
    """How many wait for the business: pending or approved, for the dashboard's strip; one look at an index."""
    waiting = select(func.count()).where(Redemption.status.in_(("pending", "approved")))
    return session().scalar(waiting) or 0


def _rows() -> AnySelect:
    return select(*(getattr(Redemption, name) for name in _COLUMNS), Member.name.label("member_name")).join(
        Member, Member.id == Redemption.member_id
    )


def _object(row: AnyRow, currency: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "memberId": row.member_id,
        "memberName": row.member_name,
        "rewardId": row.reward_id,
        "programId": row.program_id,
        "kind": row.kind,
        "name": row.name,
        "rewardType": row.reward_type,
        "value": told_value(row.value, currency),
        "pointsRedeemed": row.points_redeemed,
        "pointsReturned": row.points_returned,
        "status": row.status,
        "voucherId": row.voucher_id,
        "voucherCode": row.code,
        "deliveryMethod": row.delivery_method,
        "shippingAddress": row.shipping_address,
        "trackingNumber": row.tracking_number,
        "notes": row.notes,
        "locationId": row.location_id,
        "requestedBy": row.requested_by,
        "requestedAt": row.requested_at,
        "fulfilledAt": row.fulfilled_at,
        "movedAt": row.moved_at,
        "movedBy": row.moved_by,
        "version": row.version,
    }
