"""Records purchases: each with its due row in one transaction, once for each (business, source, order id)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from app.core import clock
from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.member_ref import MemberRef
from app.domain.purchase_order import HISTORICAL_AFTER, PurchaseOrder
from app.models.location import Location
from app.models.purchase import Purchase
from app.services import due
from app.services.member_lookup import resolve_members


@dataclass(frozen=True, slots=True)
class Recorded:
    """A purchase that is in the database; ``is_new`` is false when the same order had been recorded before.

    ``values`` are the columns of a new one, so that nobody has to read back what was just written.
    """

    purchase_id: UUID
    is_new: bool
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why one order was not recorded; ``field`` is the dotted path of the body."""

    code: str
    field: str
    message: str


def record_purchase(order: PurchaseOrder, *, actor: Actor, is_historical: bool = False) -> Recorded:
    """Record one purchase and ring the earning worker after the commit.

    The same (source, order id) again gives the first purchase when every field that both carry is equal. Raises
    Conflict ``order_id_reused`` or ValidationErrors (unknown member or location).
    """
    answer = record_purchases([order], actor=actor, is_historical=is_historical)[0]
    if isinstance(answer, Recorded):
        return answer
    if answer.code == "order_id_reused":
        raise Conflict(answer.code, answer.message)
    raise ValidationErrors({answer.field: [answer.message]}, code=answer.code)


def record_purchases(
    orders: Sequence[PurchaseOrder], *, actor: Actor, is_historical: bool = False
) -> list[Recorded | Refused]:
    """Record many purchases with a fixed number of statements; the answers stand in the order of ``orders``.

    Most orders are new, so that they are: the unique key finds the others. Only orders that may make a member are
    looked up first, since a repeated one must not.
    """
    answers: dict[int, Recorded | Refused] = {}
    _refuse_unknown_locations(orders, answers)
    known = _recorded_before([order for order in orders if order.create_member])
    wanted = [place for place, order in enumerate(orders) if place not in answers]
    members = _members_of([orders[place] for place in wanted], known, actor)
    rows: dict[int, dict[str, Any]] = {}
    for place in wanted:
        order = orders[place]
        member_id = members.get(order.member)
        if member_id is None:
            answers[place] = Refused("member_not_found", "member", "No member matches; send createMember to add one")
        elif first := known.get((order.source, order.order_id)):
            answers[place] = _compared(first, order, member_id)
        else:
            rows[place] = _row(order, member_id, actor, is_historical)
    _insert(orders, rows, answers)
    return [answers[place] for place in range(len(orders))]


def complete_purchase(purchase_id: UUID) -> None:
    """Turn a pending purchase into a completed one and let it earn; a completed one stays as it is.

    Locks the purchase. Raises NotFound, or Conflict ``invalid_transition`` for a cancelled purchase.
    """
    purchase = locked_purchase(purchase_id)
    if purchase.status == "cancelled":
        raise Conflict("invalid_transition", "A cancelled purchase cannot be completed")
    if purchase.status == "pending":
        purchase.status = "completed"
        purchase.waiting = True
        announce_waiting()


def locked_purchase(purchase_id: UUID) -> Purchase:
    """The purchase under its row lock, or NotFound."""
    purchase = session().scalars(select(Purchase).where(Purchase.id == purchase_id).with_for_update()).one_or_none()
    if purchase is None:
        raise NotFound("purchase")
    return purchase


def announce_waiting() -> None:
    """Say that this transaction leaves work for the earning job."""
    due.announce("earning", queue="earning", job="earning.settle_purchases")


def _refuse_unknown_locations(orders: Sequence[PurchaseOrder], answers: dict[int, Recorded | Refused]) -> None:
    named = {order.location_id for order in orders if order.location_id}
    if not named:
        return
    known = set(session().scalars(select(Location.id).where(Location.id.in_(named))))
    for place, order in enumerate(orders):
        if order.location_id and order.location_id not in known:
            answers[place] = Refused("location_not_found", "locationId", "No such location in this business")


def _recorded_before(orders: Collection[PurchaseOrder]) -> dict[tuple[str, str], Purchase]:
    if not orders:
        return {}
    keys = {(order.source, order.order_id) for order in orders}
    found = session().scalars(select(Purchase).where(tuple_(Purchase.source, Purchase.order_id).in_(keys)))
    return {(purchase.source, purchase.order_id): purchase for purchase in found}


def _members_of(
    orders: Sequence[PurchaseOrder], known: Mapping[tuple[str, str], Purchase], actor: Actor
) -> dict[MemberRef, UUID]:
    """Resolve every member once; only new orders that ask for it make members.

    In the order of the orders, so that two processes with the same list lock the same keys in the same order.
    """
    to_make = dict.fromkeys(o.member for o in orders if o.create_member and (o.source, o.order_id) not in known)
    to_find = dict.fromkeys(order.member for order in orders if order.member not in to_make)
    found = resolve_members(list(to_find), create=False, actor=actor) if to_find else {}
    made = resolve_members(list(to_make), create=True, actor=actor) if to_make else {}
    return {**found, **made}


def _compared(first: Purchase, order: PurchaseOrder, member_id: UUID) -> Recorded | Refused:
    sent = {**order.sent, "member": str(member_id)}
    if all(first.sent[key] == value for key, value in sent.items() if key in first.sent):
        return Recorded(first.id, is_new=False)
    return Refused("order_id_reused", "orderId", "This order id was used for a purchase with other content")


def _row(order: PurchaseOrder, member_id: UUID, actor: Actor, is_historical: bool) -> dict[str, Any]:
    now = clock.now()
    occurred_at: datetime = order.occurred_at or now
    return {
        "id": new_id(),
        "source": order.source,
        "order_id": order.order_id,
        "kind": order.kind,
        "count": order.count,
        "member_id": member_id,
        "location_id": order.location_id,
        "amount_minor": order.amount_minor,
        "refunded_minor": 0,
        "items": order.items,
        "occurred_at": occurred_at,
        "status": order.status,
        "revision": 0,
        "waiting": order.status == "completed",
        "attempts": 0,
        "is_dead": False,
        "is_historical": is_historical or now - occurred_at > HISTORICAL_AFTER,
        "referral_code": order.referral_code,
        "sent": {**order.sent, "member": str(member_id)},
        "recorded_at": now,
        "recorded_by": actor.name,
        "staff_id": actor.id if actor.kind in ("user", "staff") else None,
    }


def _insert(
    orders: Sequence[PurchaseOrder], rows: Mapping[int, dict[str, Any]], answers: dict[int, Recorded | Refused]
) -> None:
    """Insert the new orders; what somebody else recorded in the meantime (or twice in this list) is compared."""
    if not rows:
        return
    written = {
        row.id for row in insert_rows(Purchase, list(rows.values()), on_conflict_do_nothing=True, returning=("id",))
    }
    lost = [place for place, row in rows.items() if row["id"] not in written]
    known = _recorded_before([orders[place] for place in lost]) if lost else {}
    for place, row in rows.items():
        if row["id"] in written:
            answers[place] = Recorded(row["id"], is_new=True, values=row)
        else:
            order = orders[place]
            answers[place] = _compared(known[order.source, order.order_id], order, row["member_id"])
    if written:
        announce_waiting()
