"""Purchases: recorded one by one or in bulk, and read with what they earned (API.md, Members, purchases)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from app.api.answers import Answer
from app.api.money_fields import purchase_answer
from app.api.pagination import CursorQuery, SliceOf, slice_answer
from app.api.purchase_shapes import BulkBody, BulkShape, PurchaseShape
from app.api.routing import Raw, route
from app.api.waiting import once_settled, preferred_seconds
from app.core import clock
from app.domain.body import Instant
from app.domain.errors import ValidationErrors
from app.domain.permissions import Caller, Permission
from app.domain.purchase_order import PurchaseBody, PurchaseOrder, read_order
from app.queries import purchases as found
from app.queries.currency import currency
from app.services.purchases import Refused, record_purchase, record_purchases

bp = Blueprint("purchases", __name__, url_prefix="/purchases")


class PurchasesQuery(CursorQuery):
    """Whose, in which state, sold within `[from, to)`."""

    member_id: UUID | None = None
    status: Literal["pending", "completed", "cancelled"] | None = None
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None


@route(
    bp,
    "POST",
    "",
    permission=Permission.PURCHASE_RECORD,
    body=Raw(PurchaseBody),
    answers={202: PurchaseShape, 200: PurchaseShape},
    limit="ingest",
)
def record(body: dict[str, Any], caller: Caller) -> Answer:
    """Record a purchase; the same (source, orderId) again gives the first one."""
    recorded = record_purchase(read_order(body, currency=currency(), now=clock.now()), actor=caller.actor)
    if not recorded.is_new:
        return Answer(_read(recorded.purchase_id), 200)
    answer = purchase_answer(found.purchase_of(recorded.values, currency()))
    seconds = preferred_seconds()
    if not seconds:
        return Answer(answer, 202)
    finish = once_settled(caller.business_id, recorded.purchase_id, seconds, lambda: _read(recorded.purchase_id))
    return Answer(answer, 202, finish=finish)


@route(
    bp,
    "POST",
    "/bulk",
    permission=Permission.PURCHASE_RECORD,
    body=BulkBody,
    answers={202: BulkShape},
    limit="ingest",
)
def record_in_bulk(body: BulkBody, caller: Caller) -> dict[str, Any]:
    """Record up to a thousand purchases; one that is refused holds back no other."""
    now = clock.now()
    orders: dict[int, PurchaseOrder] = {}
    refused: dict[int, dict[str, list[str]]] = {}
    for index, raw in enumerate(body.purchases):
        try:
            orders[index] = read_order(raw, currency=currency(), now=now)
        except ValidationErrors as error:
            refused[index] = error.errors
    recorded = dict(zip(orders, record_purchases(list(orders.values()), actor=caller.actor), strict=True))
    for index, answer in recorded.items():
        if isinstance(answer, Refused):
            refused[index] = {answer.field: [answer.message]}
    taken = [answer.is_new for answer in recorded.values() if not isinstance(answer, Refused)]
    rejected = [{"index": index, "errors": refused[index]} for index in sorted(refused)]
    return {"accepted": taken.count(True), "duplicates": taken.count(False), "rejected": rejected}


@route(
    bp,
    "GET",
    "",
    permission=Permission.PURCHASE_VIEW,
    query=PurchasesQuery,
    answers={200: SliceOf[PurchaseShape]},
)
def list_purchases(query: PurchasesQuery) -> dict[str, Any]:
    """List purchases, the latest sale first."""
    rows = found.purchases_slice(
        currency(),
        member_id=query.member_id,
        status=query.status,
        from_=query.from_,
        to=query.to,
        cursor=query.cursor,
        limit=query.limit,
    )
    return {**slice_answer(rows), "data": [purchase_answer(purchase) for purchase in rows.rows]}


@route(
    bp,
    "GET",
    "/<uuid:purchase_id>",
    permission=Permission.PURCHASE_VIEW,
    answers={200: PurchaseShape},
    limit="ingest",
)
def read_purchase(purchase_id: UUID) -> dict[str, Any]:
    """Read a purchase with what it did in each program, and why."""
    return _read(purchase_id)


def _read(purchase_id: UUID) -> dict[str, Any]:
    return purchase_answer(found.purchase(purchase_id, currency()))
