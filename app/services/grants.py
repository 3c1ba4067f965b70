"""Reads what corrected purchases granted so far: their newest outcomes, and what became of their credits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
    """The credit of each purchase; where an account was merged, also for the enrollment that its lot was carried to."""
    columns = (LedgerEntry.purchase_id, LedgerEntry.program_id, LedgerEntry.enrollment_id, LedgerEntry.kind)
    earned = session().execute(
        select(*columns, LedgerEntry.id, LedgerEntry.amount, Lot.id.label("lot_id"))
        .join(Lot, and_(Lot.business_id == LedgerEntry.business_id, Lot.entry_id == LedgerEntry.id))
        .where(LedgerEntry.purchase_id.in_(purchase_ids), LedgerEntry.kind.in_(("earn", "transfer")))
        .order_by(LedgerEntry.recorded_at, LedgerEntry.number)
    )
    by_entry: dict[UUID, Origin] = {}
    by_lot: dict[UUID, Origin] = {}
    newest: dict[tuple[UUID, UUID], Origin] = {}
    for row in earned:
        origin = Origin(row.id, row.lot_id, row.amount)
        if row.kind == "transfer":
            origin = replace(newest[row.purchase_id, row.program_id], lot_id=row.lot_id)
        by_entry[origin.entry_id] = by_lot[row.lot_id] = newest[row.purchase_id, row.program_id] = origin
        work.origins[row.purchase_id, row.enrollment_id] = origin
    for entry_id, amount in _reversed(list(by_entry)):
        by_entry[entry_id].reversed = -amount
    for lot_id, amount in _expired(list(by_lot)):
        by_lot[lot_id].expired = amount
    for (purchase_id, program_id, _), outcome in work.granted.items():
        if outcome.enrollment_id and (purchase_id, program_id) in newest:
            work.origins.setdefault((purchase_id, outcome.enrollment_id), newest[purchase_id, program_id])


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
