"""Says what a refund would take back: really settles it, looks, and rolls everything back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.models.purchase import Purchase
from app.queries.enrollments import enrollments_of
from app.queries.purchases import outcomes
from app.services.corrections import RefundItem, refund_purchase
from app.services.earning import settle_members
from app.services.members import locked_member

_COUNTS = ("points", "punches", "stamps", "visits", "cashback", "vouchers")


def preview_refund(
    purchase_id: UUID, *, amount_minor: int, items: Sequence[RefundItem] | None, currency: str, actor: Actor
) -> list[dict[str, Any]]:
    """What each program would take back (minor units for cashback), and what would then be ``owed`` more.

    The same code as a real refund runs inside a savepoint that is rolled back, so the two cannot differ; nothing is
    saved. Locks the member and the purchase for the rest of the transaction. Raises what ``refund_purchase`` raises.
    """
    member_id = session().scalar(select(Purchase.member_id).where(Purchase.id == purchase_id))
    if member_id is None:
        raise NotFound("purchase")
    locked_member(member_id)
    trial = session().begin_nested()
    try:
        settle_members([member_id])
        before = _standing(member_id, purchase_id, currency)
        refund_purchase(purchase_id, amount_minor=amount_minor, items=items, reason="", actor=actor)
        settle_members([member_id])
        after = _standing(member_id, purchase_id, currency)
    finally:
        trial.rollback()
    return [_taken(before[program_id], after[program_id]) for program_id in before if program_id in after]


def _standing(member_id: UUID, purchase_id: UUID, currency: str) -> dict[UUID, dict[str, Any]]:
    """What the purchase did in each program, beside what the member owes and how many vouchers stand there."""
    session().expire_all()
    stood = {entry["programId"]: entry for entry in enrollments_of(member_id)}
    return {
        outcome["programId"]: {
            **outcome,
            "vouchers": stood[outcome["programId"]]["vouchersIssued"],
            "owed": stood[outcome["programId"]]["owed"],
            "unit": stood[outcome["programId"]]["unit"],
        }
        for outcome in outcomes([purchase_id], currency).get(purchase_id, [])
        if outcome["programId"] in stood
    }


def _taken(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    named = {key: before[key] for key in ("programId", "programName", "unit")}
    taken = {key: before[key] - after[key] for key in _COUNTS}
    return {**named, **taken, "owed": after["owed"] - before["owed"]}
