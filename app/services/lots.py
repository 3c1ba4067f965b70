"""Lots and debts of enrollments that something is taken from or repaid in: reading them, and moving them with time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from app.core.unit_of_work import session
from app.models.ledger import Allocation, LedgerEntry, Lot
from app.services.ledger import Journal, Posting
from app.services.passbook import Debt, OpenLot, Passbook


def load_lots(books: Sequence[Passbook]) -> None:
    """Load the lots that still hold something; the caller holds the locks of their members."""
    by_id = {book.id: book for book in books}
    rows = session().execute(
        select(
            Lot.id,
            Lot.enrollment_id,
            Lot.entry_id,
            Lot.amount,
            Lot.remaining,
            Lot.available_at,
            Lot.is_matured,
            Lot.expires_at,
            Lot.earned_at,
        )
        .where(Lot.enrollment_id.in_(list(by_id)), Lot.remaining > 0)
        .order_by(Lot.id)
    )
    for row in rows:
        opened = OpenLot(*row)
        by_id[opened.enrollment_id].lots.setdefault(opened.id, opened)


def load_debts(books: Sequence[Passbook]) -> None:
    """Load the debits that no lot has paid in full, oldest first: new credits repay them in this order."""
    by_id = {book.id: book for book in books}
    if not by_id:
        return
    paid = func.coalesce(func.sum(Allocation.amount), 0)
    rows = session().execute(
        select(LedgerEntry.enrollment_id, LedgerEntry.id, -LedgerEntry.amount - paid)
        .outerjoin(
            Allocation,
            and_(Allocation.business_id == LedgerEntry.business_id, Allocation.entry_id == LedgerEntry.id),
        )
        .where(LedgerEntry.enrollment_id.in_(list(by_id)), LedgerEntry.amount < 0)
        .group_by(LedgerEntry.enrollment_id, LedgerEntry.id, LedgerEntry.amount, LedgerEntry.number)
        .having(-LedgerEntry.amount > paid)
        .order_by(LedgerEntry.enrollment_id, LedgerEntry.number)
    )
    for enrollment_id, entry_id, owing in rows:
        by_id[enrollment_id].debts.append(Debt(entry_id, int(owing)))


def bring_up_to_date(journal: Journal, book: Passbook, now: datetime) -> dict[UUID, int]:
    """Do what time has done to the loaded lots of an enrollment: mature what is due, expire what is past its time.

    Returns lot id -> points that expired just now. Business key of an expiry: the lot, so it happens once.
    """
    expired: dict[UUID, int] = {}
    for lot in list(book.lots.values()):
        if not lot.is_matured and lot.available_at is not None and lot.available_at <= now:
            journal.mature(book, lot)
        if lot.remaining and lot.expires_at is not None and lot.expires_at <= now:
            amount = expired[lot.id] = lot.remaining
            posting = Posting("expire", f"lot:{lot.id}", lot.expires_at, trace=[["expired", {"points": amount}]])
            journal.debit(book, posting, amount, [(lot.id, amount)])
            book.expired += amount
    return expired
