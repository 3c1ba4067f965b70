"""Refunds, cancellations and moves of purchases: asked for here, put into the ledger by the earning job (RULES 4)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, ValidationErrors
from app.domain.money import money_text
from app.models.member import Member
from app.models.purchase import Correction, Purchase
from app.queries.currency import currency
from app.services import audit
from app.services.purchases import announce_waiting, locked_purchase

RefundItem = tuple[int, Decimal]
"""(index of the item, quantity taken back)"""


def refund_purchase(
    purchase_id: UUID,
    *,
    amount_minor: int,
    items: Sequence[RefundItem] | None,
    reason: str,
    actor: Actor,
    seen_minor: int | None = None,
) -> UUID:
    """Ask for a refund of ``amount_minor`` (minor units); returns the correction's id.

    ``seen_minor`` is what had been refunded when whoever asks looked: a form that is sent twice refunds once. Locks the
    purchase. Raises NotFound, Conflict ``not_refundable`` for a purchase that is not completed or was refunded since,
    or ValidationErrors when it goes past the amount or the quantities that are left.
    """
    purchase = locked_purchase(purchase_id)
    if seen_minor is not None and purchase.refunded_minor != seen_minor:
        raise Conflict("not_refundable", "This purchase has been refunded since you looked. Check what is left")
    if purchase.status != "completed":
        raise Conflict("not_refundable", f"A {purchase.status} purchase cannot be refunded")
    _check_amount(purchase, amount_minor)
    _check_items(purchase, items)
    purchase.refunded_minor += amount_minor
    return _ask(
        purchase,
        actor,
        kind="refund",
        amount_minor=amount_minor,
        items=None if items is None else [[index, format(quantity, "f")] for index, quantity in items],
        reason=reason,
    )


def cancel_purchase(purchase_id: UUID, *, reason: str, actor: Actor) -> None:
    """Undo all that a purchase did. Cancelling twice changes nothing. Locks the purchase; raises NotFound."""
    purchase = locked_purchase(purchase_id)
    if purchase.status == "cancelled":
        return
    was_pending = purchase.status == "pending"
    purchase.status = "cancelled"
    if not was_pending:
        _ask(purchase, actor, kind="cancel", reason=reason)


def move_purchase(purchase_id: UUID, *, member_id: UUID, reason: str, actor: Actor) -> None:
    """Give a purchase to another member: what it granted is undone on the first and granted to the second.

    Locks the purchase. Raises NotFound, Conflict ``not_movable``, or ValidationErrors for an unknown member.
    """
    purchase = locked_purchase(purchase_id)
    if purchase.status == "cancelled":
        raise Conflict("not_movable", "A cancelled purchase cannot be moved")
    if session().scalar(select(Member.id).where(Member.id == member_id, Member.erased_at.is_(None))) is None:
        raise ValidationErrors({"memberId": ["No such member in this business"]})
    if purchase.member_id == member_id:
        return
    from_member_id, purchase.member_id = purchase.member_id, member_id
    audit.record(
        actor,
        "purchase.moved",
        ("purchase", purchase.id),
        {"memberId": str(from_member_id)},
        {"memberId": str(member_id), "reason": reason},
    )
    if purchase.status == "completed":
        _ask(purchase, actor, kind="move", reason=reason, from_member_id=from_member_id, to_member_id=member_id)


def _ask(purchase: Purchase, actor: Actor, *, kind: str, **values: Any) -> UUID:
    """Add the correction at the purchase's next revision; a move takes two: one undoes, the next grants anew."""
    revision = purchase.revision + 1
    purchase.revision += 2 if kind == "move" else 1
    purchase.waiting = True
    purchase.is_dead = False
    correction = Correction(
        id=new_id(),
        purchase_id=purchase.id,
        revision=revision,
        kind=kind,
        requested_at=clock.now(),
        requested_by=actor.name,
        **values,
    )
    session().add(correction)
    announce_waiting()
    return correction.id


def _check_amount(purchase: Purchase, amount_minor: int) -> None:
    left = purchase.amount_minor - purchase.refunded_minor
    if not 0 < amount_minor <= left:
        said = (
            f"Refund at most {money_text(left, currency())}; that is what is left" if left else "Nothing is left of it"
        )
        raise ValidationErrors({"amount": [said]})


def _check_items(purchase: Purchase, items: Sequence[RefundItem] | None) -> None:
    if items is None:
        return
    left = [Decimal(item[1]) for item in purchase.items]
    for earlier in session().scalars(select(Correction.items).where(Correction.purchase_id == purchase.id)):
        for index, quantity in earlier or ():
            left[index] -= Decimal(quantity)
    problems: dict[str, list[str]] = {}
    for place, (index, quantity) in enumerate(items):
        if not 0 <= index < len(left):
            problems[f"items.{place}.index"] = [f"The purchase has {len(left)} items, counted from 0"]
        elif not 0 < quantity <= left[index]:
            problems[f"items.{place}.quantity"] = [f"{left[index].normalize():f} of this item can be refunded"]
        else:
            left[index] -= quantity
    if problems:
        raise ValidationErrors(problems)
