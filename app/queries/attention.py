"""Reads what could not be done and waits for a person: the dead letters, the oldest first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from app.core.unit_of_work import session
from app.models.dead_letter import DeadLetter
from app.models.member import Member
from app.models.message import Message
from app.models.purchase import Purchase
from app.models.webhook import WebhookDelivery
from app.queries.paging import Slice, newer_than, slice_of
from app.queries.statements import AnyRow

PURCHASE, MESSAGE, WEBHOOK_DELIVERY = "purchase", "message", "webhook_delivery"


def open_letters(*, cursor: str | None = None, limit: int = 20) -> Slice:
    """Purchases not counted, mails and webhooks not sent, one statement. Raises UnknownCursor."""
    oldest = (
        select(
            DeadLetter,
            Purchase,
            Message.kind.label("message_kind"),
            WebhookDelivery.event_type,
            Member.id.label("member_id"),
            Member.name,
            Member.code,
        )
        .outerjoin(Purchase, and_(DeadLetter.kind == PURCHASE, Purchase.id == DeadLetter.subject_id))
        .outerjoin(Message, and_(DeadLetter.kind == MESSAGE, Message.id == DeadLetter.subject_id))
        .outerjoin(
            WebhookDelivery,
            and_(DeadLetter.kind == WEBHOOK_DELIVERY, WebhookDelivery.id == DeadLetter.subject_id),
        )
        .outerjoin(Member, Member.id.in_((Purchase.member_id, Message.member_id)) & Member.erased_at.is_(None))
        .where(DeadLetter.resolved_at.is_(None), newer_than(DeadLetter.created_at, DeadLetter.id, cursor))
        .order_by(DeadLetter.created_at, DeadLetter.id)
        .limit(limit + 1)
    )
    return slice_of([_letter(row) for row in session().execute(oldest)], limit, at="createdAt")


def _letter(row: AnyRow) -> dict[str, Any]:
    letter, purchase = row.DeadLetter, row.Purchase
    return {
        "id": letter.id,
        "kind": letter.kind,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "createdAt": letter.created_at,
        "memberId": row.member_id,
        "memberName": row.name,
        "memberCode": row.code,
        "messageKind": row.message_kind,
        "eventType": row.event_type,
        "source": purchase.source if purchase else None,
        "orderId": purchase.order_id if purchase else None,
        "amount": purchase.amount_minor if purchase else None,
        "occurredAt": purchase.occurred_at if purchase else letter.created_at,
    }
