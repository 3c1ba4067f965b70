"""What is done to a purchase afterwards: completed, cancelled, moved, refunded (RULES 4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.money_fields import purchase_answer, taken_back_answer
from app.api.purchase_shapes import MoveBody, PurchaseShape, RefundBody, RefundPreviewShape, RefundShape
from app.api.routing import route
from app.domain.errors import ValidationErrors
from app.domain.money import MoneyError, format_money, to_minor
from app.domain.permissions import Caller, Permission
from app.queries import purchases as found
from app.queries.currency import currency
from app.services.corrections import cancel_purchase, move_purchase, refund_purchase
from app.services.purchases import complete_purchase
from app.services.refund_preview import preview_refund

bp = Blueprint("corrections", __name__, url_prefix="/purchases/<uuid:purchase_id>")


@route(bp, "POST", "/complete", permission=Permission.PURCHASE_RECORD, answers={200: PurchaseShape}, limit="ingest")
def complete(purchase_id: UUID) -> dict[str, Any]:
    """Complete a pending purchase, so that it earns."""
    complete_purchase(purchase_id)
    return _read(purchase_id)


@route(bp, "POST", "/cancel", permission=Permission.PURCHASE_CORRECT, answers={200: PurchaseShape}, limit="ingest")
def cancel(purchase_id: UUID, caller: Caller) -> dict[str, Any]:
    """Undo all that a purchase did."""
    cancel_purchase(purchase_id, reason="", actor=caller.actor)
    return _read(purchase_id)


@route(
    bp,
    "POST",
    "/move",
    permission=Permission.PURCHASE_CORRECT,
    body=MoveBody,
    answers={200: PurchaseShape},
    limit="ingest",
)
def move(purchase_id: UUID, body: MoveBody, caller: Caller) -> dict[str, Any]:
    """Give a purchase to another member."""
    move_purchase(purchase_id, member_id=body.member_id, reason=body.reason, actor=caller.actor)
    return _read(purchase_id)


@route(
    bp,
    "POST",
    "/refunds",
    permission=Permission.PURCHASE_REFUND,
    body=RefundBody,
    answers={202: RefundShape},
    limit="ingest",
)
def refund(purchase_id: UUID, body: RefundBody, caller: Caller) -> dict[str, Any]:
    """Refund a purchase in full or in part."""
    amount = _minor(body)
    correction_id = refund_purchase(
        purchase_id, amount_minor=amount, items=body.taken(), reason=body.reason, actor=caller.actor
    )
    return {
        "id": correction_id,
        "purchaseId": purchase_id,
        "amount": format_money(amount, currency()),
        "earning": "queued",
    }


@route(
    bp,
    "POST",
    "/refunds/preview",
    permission=Permission.PURCHASE_REFUND,
    body=RefundBody,
    answers={200: RefundPreviewShape},
    limit="ingest",
)
def preview(purchase_id: UUID, body: RefundBody, caller: Caller) -> dict[str, Any]:
    """Say what a refund would take back, saving nothing."""
    rows = preview_refund(
        purchase_id, amount_minor=_minor(body), items=body.taken(), currency=currency(), actor=caller.actor
    )
    return {"data": [taken_back_answer(row, currency()) for row in rows]}


def _minor(body: RefundBody) -> int:
    try:
        return to_minor(body.amount, currency())
    except MoneyError as error:
        raise ValidationErrors({"amount": [str(error)]}) from error


def _read(purchase_id: UUID) -> dict[str, Any]:
    return purchase_answer(found.purchase(purchase_id, currency()))
