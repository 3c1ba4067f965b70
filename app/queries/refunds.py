"""Reads what is left of a purchase to be refunded, and what has been refunded so far."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.models.purchase import Correction, Purchase


def refundable(purchase_id: UUID) -> dict[str, Any]:
    """{id, memberId, kind, status, occurredAt, amount, refunded, left, itemsTotal, items, refunds}; two statements.

    ``items`` are {index, name, category, unitPrice, left}, ``refunds`` {at, by, amount, reason}, the earliest first;
    money in minor units. ``left`` of an item is the quantity that no refund has taken back. Raises NotFound.
    """
    purchase = session().scalars(select(Purchase).where(Purchase.id == purchase_id)).one_or_none()
    if purchase is None:
        raise NotFound("purchase")
    made = session().scalars(
        select(Correction)
        .where(Correction.purchase_id == purchase_id, Correction.kind == "refund")
        .order_by(Correction.revision)
    )
    refunds = made.all()
    returned = [Decimal(0)] * len(purchase.items)
    for index, quantity in (item for refund in refunds for item in refund.items or ()):
        returned[index] += Decimal(quantity)
    return {
        "id": purchase.id,
        "memberId": purchase.member_id,
        "kind": purchase.kind,
        "status": purchase.status,
        "occurredAt": purchase.occurred_at,
        "amount": purchase.amount_minor,
        "refunded": purchase.refunded_minor,
        "left": purchase.amount_minor - purchase.refunded_minor,
        "items": [
            {
                "index": index,
                "name": name,
                "category": category,
                "unitPrice": unit_price,
                "left": Decimal(bought) - taken,
            }
            for index, ((category, bought, unit_price, name, _), taken) in enumerate(
                zip(purchase.items, returned, strict=True)
            )
        ],
        "itemsTotal": int(sum(Decimal(item[1]) * item[2] for item in purchase.items)),
        "refunds": [
            {"at": each.requested_at, "by": each.requested_by, "amount": each.amount_minor, "reason": each.reason}
            for each in refunds
        ],
    }
