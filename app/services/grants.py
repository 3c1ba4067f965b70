"""Reads what corrected purchases granted so far: their newest outcomes, and what became of their credits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, func, select

from app.core.unit_of_work import session
from app.models.ledger import Allocation, LedgerEntry, Lot
from app.models.purchase import Outcome
from app.services.earning_work import Origin, WaitingPurchase, Work


def load_grants(work: Work, corrected: Sequence[WaitingPurchase]) -> None:
    """Fill ``work.granted`` and ``work.origins`` for purchases that were settled before."""
    ids = [waiting.purchase.id for waiting in corrected if waiting.settled_revision is not None]
    if not ids:
        return
    for row in session().execute(
        select(*Outcome.__table__.c).select_from(Outcome).where(Outcome.purchase_id.in_(ids)).order_by(Outcome.revision)
    ):
        work.granted[row.purchase_id, row.program_id, row.member_id] = row
    _load_origins(work, ids)


def _load_origins(work: Work, purchase_ids: Sequence[UUID]) -> None:
    earned = session().execute(
        select(LedgerEntry.purchase_id, LedgerEntry.enrollment_id, LedgerEntry.id, LedgerEntry.amount, Lot.id)
        .join(Lot, and_(Lot.business_id == LedgerEntry.business_id, Lot.entry_id == LedgerEntry.id))
        .where(LedgerEntry.purchase_id.in_(purchase_ids), LedgerEntry.kind == "earn")
        .order_by(LedgerEntry.number)
    )
    by_entry: dict[UUID, Origin] = {}
    by_lot: dict[UUID, Origin] = {}
    for purchase_id, enrollment_id, entry_id, amount, lot_id in earned:
        origin = Origin(entry_id, lot_id, amount)
        by_entry[entry_id] = by_lot[lot_id] = origin
        if purchase_id:
            work.origins[purchase_id, enrollment_id] = origin
    for entry_id, amount in _reversed(list(by_entry)):
        by_entry[entry_id].reversed = -amount
    for lot_id, amount in _expired(list(by_lot)):
        by_lot[lot_id].expired = amount


def _reversed(entry_ids: Sequence[UUID]) -> Sequence[tuple[UUID, int]]:
    rows = session().execute(
        select(LedgerEntry.reverses_entry_id, func.sum(LedgerEntry.amount))
        .where(LedgerEntry.reverses_entry_id.in_(entry_ids))
        .group_by(LedgerEntry.reverses_entry_id)
    )
    return [(entry_id, int(amount)) for entry_id, amount in rows if entry_id]


def _expired(lot_ids: Sequence[UUID]) -> Sequence[tuple[UUID, int]]:
    rows = session().execute(
        select(Allocation.lot_id, func.sum(Allocation.amount))
        .join(
            LedgerEntry,
            and_(LedgerEntry.business_id == Allocation.business_id, LedgerEntry.id == Allocation.entry_id),
        )
        .where(Allocation.lot_id.in_(lot_ids), LedgerEntry.kind == "expire")
        .group_by(Allocation.lot_id)
    )
    return [(lot_id, int(amount)) for lot_id, amount in rows]
