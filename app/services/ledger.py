"""The spine: the only writer of ledger entries, lots and allocations, one statement a table for any number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.bulk import insert_rows, update_rows, upsert_rows
from app.core.ids import new_id
from app.domain.ledger import entry_hash
from app.models.enrollment import Enrollment
from app.models.ledger import Allocation, LedgerEntry, Lot
from app.services.passbook import COLUMNS, Debt, OpenLot, Passbook


@dataclass(slots=True)
class Posting:
    """What an entry says besides its amount. ``source_key`` is unique in the enrollment for ever."""

    kind: str
    source_key: str
    occurred_at: datetime
    version_id: UUID | None = None
    purchase_id: UUID | None = None
    reverses_entry_id: UUID | None = None
    staff_id: UUID | None = None
    location_id: UUID | None = None
    trace: list[Any] = field(default_factory=list)
    note_digest: bytes | None = None


@dataclass(slots=True)
class Journal:
    """Collects the movements of one transaction. The caller holds the lock of every member it posts for."""

    recorded_at: datetime
    entries: list[dict[str, Any]] = field(default_factory=list)
    opened: dict[UUID, OpenLot] = field(default_factory=dict)
    touched: dict[UUID, OpenLot] = field(default_factory=dict)
    allocations: list[dict[str, Any]] = field(default_factory=list)

    def credit(
        self,
        book: Passbook,
        posting: Posting,
        amount: int,
        *,
        is_pending: bool = False,
        available_at: datetime | None = None,
        expires_at: datetime | None = None,
        earned_at: datetime | None = None,
    ) -> UUID:
        """Post ``amount`` > 0 and open its lot; it first pays what the enrollment owes. Returns the entry id.

        A ``restore`` gives back what was spent, so it is not earned again; ``earned_at`` is its first lot's.
        """
        entry_id = self._enter(book, posting, amount)
        earned_at = earned_at or posting.occurred_at
        lot = OpenLot(new_id(), book.id, entry_id, amount, amount, available_at, not is_pending, expires_at, earned_at)
        self.opened[lot.id] = lot
        book.lots[lot.id] = lot
        if posting.kind == "restore":
            book.spent -= amount
        else:
            book.lifetime += amount
        if book.owed:
            self._repay(book, lot)
        if is_pending:
            book.pending += lot.remaining
        else:
            book.balance += lot.remaining
        return entry_id

    def debit(self, book: Passbook, posting: Posting, amount: int, taken: Iterable[tuple[UUID, int]]) -> UUID:
        """Post ``-amount`` (``amount`` > 0), taking from the lots named; what they do not cover is owed."""
        entry_id = self._enter(book, posting, -amount)
        for lot_id, part in taken:
            lot = book.lots[lot_id]
            self._allocate(entry_id, lot, part)
            if lot.is_matured:
                book.balance -= part
            else:
                book.pending -= part
            amount -= part
        if amount:
            book.owed += amount
            book.debts.append(Debt(entry_id, amount))
        return entry_id

    def mature(self, book: Passbook, lot: OpenLot) -> None:
        """Make a pending lot usable; moves between buckets, not a movement of points."""
        lot.is_matured = True
        book.pending -= lot.remaining
        book.balance += lot.remaining
        book.is_changed = True
        self._touch(lot)

    def write(self, books: Iterable[Passbook]) -> None:
        """Write everything collected, in the order the foreign keys want: enrollments, entries, lots, allocations."""
        changed = [book for book in books if book.is_changed]
        upsert_rows(Enrollment, [{name: getattr(book, name) for name in COLUMNS} for book in changed])
        insert_rows(LedgerEntry, self.entries)
        insert_rows(Lot, [_lot_row(lot) for lot in self.opened.values()])
        upsert_rows(Lot, [_lot_row(lot) for lot in self.touched.values()])
        insert_rows(Allocation, self.allocations)
        for book in changed:
            book.is_changed = False

    def _enter(self, book: Passbook, posting: Posting, amount: int) -> UUID:
        book.entry_count += 1
        book.is_changed = True
        row: dict[str, Any] = {
            "id": new_id(),
            "enrollment_id": book.id,
            "member_id": book.member_id,
            "program_id": book.program_id,
            "version_id": posting.version_id,
            "number": book.entry_count,
            "unit": book.unit,
            "kind": posting.kind,
            "amount": amount,
            "balance_after": book.total + amount,
            "purchase_id": posting.purchase_id,
            "source_key": posting.source_key,
            "reverses_entry_id": posting.reverses_entry_id,
            "staff_id": posting.staff_id,
            "location_id": posting.location_id,
            "occurred_at": posting.occurred_at,
            "recorded_at": self.recorded_at,
            "trace": posting.trace,
            "note_digest": posting.note_digest,
        }
        row["previous_hash"] = book.last_hash
        row["hash"] = book.last_hash = entry_hash(book.last_hash, row)
        self.entries.append(row)
        entry_id: UUID = row["id"]
        return entry_id

    def _repay(self, book: Passbook, lot: OpenLot) -> None:
        while book.debts and lot.remaining:
            debt = book.debts[0]
            part = min(debt.open, lot.remaining)
            self._allocate(debt.entry_id, lot, part)
            book.owed -= part
            debt.open -= part
            if not debt.open:
                book.debts.pop(0)

    def _allocate(self, entry_id: UUID, lot: OpenLot, part: int) -> None:
        lot.remaining -= part
        self._touch(lot)
        self.allocations.append({"id": new_id(), "entry_id": entry_id, "lot_id": lot.id, "amount": part})

    def _touch(self, lot: OpenLot) -> None:
        if lot.id not in self.opened:
            self.touched[lot.id] = lot


def _lot_row(lot: OpenLot) -> Mapping[str, Any]:
    return {
        "id": lot.id,
        "enrollment_id": lot.enrollment_id,
        "entry_id": lot.entry_id,
        "amount": lot.amount,
        "remaining": lot.remaining,
        "available_at": lot.available_at,
        "is_matured": lot.is_matured,
        "expires_at": lot.expires_at,
        "earned_at": lot.earned_at,
    }


def mark_warned(lot_ids: Sequence[UUID], days: int) -> None:
    """Note on lots that their members were told so many days before the points run out."""
    rows = [{"id": lot_id, "warned_days": days} for lot_id in lot_ids]
    update_rows(Lot, rows, set_=("warned_days",))
