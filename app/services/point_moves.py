"""Puts points into an enrollment by hand, or takes some out: the steps under adjustments, imports and merges."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select

from app.core.bulk import insert_rows
from app.core.unit_of_work import session
from app.domain.expiry import lot_times
from app.domain.ledger import LotView, spend_order
from app.domain.localtime import local_day
from app.domain.program import ProgramVersion
from app.models.enrollment import Enrollment
from app.models.ledger import EntryNote
from app.services.ledger import Journal, Posting
from app.services.passbook import COLUMNS, OpenLot, Passbook


def books_of(member_ids: Collection[UUID], program_id: UUID | None = None) -> list[Passbook]:
    """The enrollments of members whose locks the caller holds, in one program or in all; lots are not loaded."""
    columns = [getattr(Enrollment, name) for name in COLUMNS]
    mine = Enrollment.member_id == any_(literal(list(member_ids), ARRAY(Uuid())))
    wanted = select(*columns).where(mine)
    if program_id is not None:
        wanted = wanted.where(Enrollment.program_id == program_id)
    return [Passbook(*row) for row in session().execute(wanted)]


def put_points(journal: Journal, book: Passbook, version: ProgramVersion, posting: Posting, points: int) -> UUID:
    """Credit ``points`` > 0, usable at once; they run out when points earned now would. Returns the entry's id."""
    return journal.credit(book, posting, points, expires_at=expiry_of(version, posting.occurred_at))


def take_points(journal: Journal, book: Passbook, posting: Posting, points: int) -> UUID:
    """Debit ``points`` > 0 from the loaded lots, what can be used first and the soonest to expire; the rest is owed."""
    return journal.debit(book, posting, points, allocated(book, points))


def allocated(book: Passbook, points: int, first: Collection[UUID] = ()) -> list[tuple[UUID, int]]:
    """Which lots give how much: those named ``first``, then the usable, then the pending, each in spending order."""
    found: list[tuple[UUID, int]] = []
    for lot in _taking_order(book, first):
        part = min(points, lot.remaining)
        if part:
            found.append((lot.id, part))
            points -= part
    return found


def expiry_of(version: ProgramVersion, at: datetime) -> datetime | None:
    """When points of a POINTS_BASED version that are given at an instant run out."""
    months: int | None = version.terms.expiration_months
    return lot_times(at, local_day(at, version.zone), 0, months, version.zone)[1]


def noted(text: str) -> bytes:
    """The digest by which an entry seals the free text beside it."""
    return sha256(text.encode()).digest()


def write_notes(notes: Mapping[UUID, str]) -> None:
    """Keep the free text of entries (entry id → text) where it can be erased; one statement."""
    insert_rows(EntryNote, [{"entry_id": entry_id, "note": text} for entry_id, text in notes.items() if text])


def _taking_order(book: Passbook, first: Collection[UUID]) -> list[OpenLot]:
    lots = [lot for lot in book.lots.values() if lot.remaining]
    place = {view.id: number for number, view in enumerate(spend_order([_view(lot) for lot in lots]))}
    return sorted(lots, key=lambda lot: (lot.id not in first, not lot.is_matured, place[lot.id]))


def _view(lot: OpenLot) -> LotView:
    return LotView(lot.id, lot.remaining, lot.earned_at, lot.available_at or lot.earned_at, lot.expires_at)
