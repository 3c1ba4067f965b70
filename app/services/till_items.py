"""Takes what a till has done and sent: each item once for ever, however often and however late it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.bulk import insert_rows
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.body import parsed
from app.domain.errors import Conflict, DomainError, NotFound, ValidationErrors
from app.domain.purchase_order import PurchaseBody, purchase_order
from app.domain.till import TOO_OLD, happened_at
from app.domain.till_body import SOURCE, TillItemBody
from app.models.membership import Membership
from app.models.purchase import Purchase
from app.models.till_item import TillItem
from app.models.voucher import Voucher
from app.queries.currency import currency
from app.queries.till_items import seconds_since_punch
from app.queries.tills import worked_at
from app.services import audit
from app.services.corrections import cancel_purchase
from app.services.purchases import record_purchase
from app.services.voucher_use import redeem_voucher

_UNREADABLE = "The till sent something that cannot be read"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one item: recorded, undone, conflict (the owner decides), or ask and refused: nothing was done."""

    id: UUID
    outcome: str
    reason: str = ""
    purchase_id: UUID | None = None


def take_item(device_id: UUID, raw: Mapping[str, Any], offset: timedelta) -> Taken:
    """Take one item of a device; ``offset`` is how far our clock is ahead of the device's now.

    Business key: the item's id (for ever). What a till did while it was cut off and cannot be recorded is kept as a
    conflict with its reason and waits for the owner; only what is done now may be refused, or asked about, at the till.
    Raises ValidationErrors for what has no id at all.
    """
    item_id = _id_of(raw)
    try:
        item = parsed(TillItemBody, raw)
    except ValidationErrors:
        return _unreadable(device_id, item_id, raw)
    known = session().get(TillItem, (current_business_id(), item.id), with_for_update=True)
    if known is not None:
        return _undone_now(known, item) if item.is_undone else _again(known)
    if item.kind == "punch" and not (item.is_offline or item.is_again or item.is_undone):
        seconds = seconds_since_punch(item.member_id)
        if seconds is not None:
            return Taken(item.id, "ask", str(seconds))
    return _first(device_id, item, offset)


def note_done(
    device_id: UUID, item_id: UUID, kind: str, payload: Mapping[str, Any], *, purchase_id: UUID | None = None
) -> None:
    """Keep what a till did by a form of its own, so that its history has it beside what it sent; once for each id."""
    row = _row(device_id, item_id, kind, dict(payload), clock.now()) | {"purchase_id": purchase_id}
    insert_rows(TillItem, [row], on_conflict_do_nothing=True)


def resolve_item(item_id: UUID, *, is_accepted: bool, actor: Actor) -> None:
    """Settle a conflict: record it after all, as it happened, or leave it out. Locks the item.

    Raises NotFound for one that waits no longer, and whatever still stands against recording it.
    """
    item = session().get(TillItem, (current_business_id(), item_id), with_for_update=True)
    if item is None or item.outcome != "conflict" or item.resolved_at is not None:
        raise NotFound("till item")
    if is_accepted:
        sent = parsed(TillItemBody, item.payload)
        item.purchase_id = _recorded(sent, item.occurred_at, _staff(sent) or actor)
        item.outcome = "recorded"
    item.resolved_at, item.resolved_by = clock.now(), actor.name
    after = {"accepted": is_accepted, "reason": item.reason}
    audit.record(actor, "till.conflict_settled", ("till_item", item_id), after=after)


def _first(device_id: UUID, item: TillItemBody, offset: timedelta) -> Taken:
    """Claim the id, then do it. Whoever comes with the same id waits for this transaction and finds it done."""
    now = clock.now()
    measured = offset if item.offset_ms is None else timedelta(milliseconds=item.offset_ms)
    at = happened_at(item.occurred_at, measured, now)
    row = _row(device_id, item.id, item.kind, item.model_dump(mode="json", by_alias=True, exclude_unset=True), at)
    if not insert_rows(TillItem, [row], on_conflict_do_nothing=True, returning=("id",)):
        return _again(session().get_one(TillItem, (current_business_id(), item.id), populate_existing=True))
    kept = session().get_one(TillItem, (current_business_id(), item.id))
    if item.is_undone:
        kept.outcome = "undone"
        return _again(kept)
    try:
        with session().begin_nested():
            kept.purchase_id = _checked_and_recorded(device_id, item, at, now)
    except DomainError as error:
        return _refused(kept, item, _words(error))
    return _again(kept)


def _refused(kept: TillItem, item: TillItemBody, reason: str) -> Taken:
    """Keep it for the owner, unless whoever did it stands at the till and can be told."""
    if item.is_offline:
        kept.outcome, kept.reason = "conflict", reason
        return _again(kept)
    session().delete(kept)
    return Taken(item.id, "refused", reason)


def _checked_and_recorded(device_id: UUID, item: TillItemBody, at: datetime, now: datetime) -> UUID | None:
    staff = _staff(item)
    if staff is None or staff.id is None or not worked_at(device_id, staff.id, at + timedelta(minutes=5)):
        raise Conflict("unknown_staff", "Nobody had signed in at this till as the person whom it names")
    recorded = session().scalar(select(Purchase.id).where(Purchase.source == SOURCE, Purchase.order_id == str(item.id)))
    if recorded is not None:
        return recorded
    if now - at > TOO_OLD:
        raise Conflict("too_old", "It reached us more than 72 hours after it happened")
    return _recorded(item, at, staff)


def _recorded(item: TillItemBody, at: datetime, staff: Actor) -> UUID | None:
    """Do what was done at the till; a redemption has no purchase."""
    if item.kind == "redeem":
        _redeem(item, staff)
        return None
    body = parsed(PurchaseBody, item.purchase(at))
    order, problems = purchase_order(body, currency=currency(), now=clock.now())
    if order is None:
        raise ValidationErrors(problems)
    return record_purchase(order, actor=staff).purchase_id


def _redeem(item: TillItemBody, staff: Actor) -> None:
    theirs = Voucher.member_id == item.member_id
    code = session().scalar(select(Voucher.code).where(Voucher.id == item.voucher_id, theirs))
    if code is None:
        raise Conflict("voucher_not_found", "This customer has no such reward")
    redeem_voucher(code, item.location_id, staff)


def _undone_now(known: TillItem, item: TillItemBody) -> Taken:
    """Take back what was recorded: a reversal, never a delete."""
    staff = _staff(item)
    if known.outcome == "recorded" and known.purchase_id is not None and staff is not None:
        cancel_purchase(known.purchase_id, reason="Undone at the till", actor=staff)
    if known.resolved_at is None:
        known.outcome = "undone"
    return _again(known)


def _unreadable(device_id: UUID, item_id: UUID, raw: Mapping[str, Any]) -> Taken:
    row = _row(device_id, item_id, "sale", dict(raw), clock.now()) | {"outcome": "conflict", "reason": _UNREADABLE}
    insert_rows(TillItem, [row], on_conflict_do_nothing=True)
    return _again(session().get_one(TillItem, (current_business_id(), item_id), populate_existing=True))


def _row(device_id: UUID, item_id: UUID, kind: str, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "id": item_id,
        "device_id": device_id,
        "kind": kind,
        "payload": payload,
        "occurred_at": at,
        "received_at": clock.now(),
        "outcome": "recorded",
        "reason": "",
    }


def _staff(item: TillItemBody) -> Actor | None:
    """Who did it, if they work or worked here."""
    here = Membership.business_id == current_business_id()
    row = (
        session()
        .execute(select(Membership.user_id, Membership.name).where(Membership.id == item.staff_id, here))
        .first()
    )
    return None if row is None else Actor("user", row.user_id, row.name or "Staff")


def _again(item: TillItem) -> Taken:
    return Taken(item.id, item.outcome, item.reason, item.purchase_id)


def _id_of(raw: Mapping[str, Any]) -> UUID:
    try:
        return UUID(str(raw.get("id")))
    except ValueError as error:
        raise ValidationErrors({"id": ["Every item needs an id"]}) from error


def _words(error: DomainError) -> str:
    if isinstance(error, Conflict):
        return error.message
    if isinstance(error, ValidationErrors):
        return "; ".join(message for messages in error.errors.values() for message in messages)
    return "It names something that is not there any more"
