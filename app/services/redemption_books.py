"""What a redemption does to the books: points taken from the usable lots, and put back with their old expiry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.redemptions import returned_expiry
from app.models.ledger import Allocation, LedgerEntry, Lot
from app.models.program_stats import ProgramStatsDelta
from app.models.redemption import Redemption
from app.queries.live_versions import newest_versions
from app.services import program_stats
from app.services.expiry import tell_expired
from app.services.ledger import Journal, Posting
from app.services.lots import bring_up_to_date, load_debts, load_lots
from app.services.passbook import Passbook
from app.services.point_moves import books_of, take_points


def opened_books(journal: Journal, member_id: UUID, program_id: UUID | None = None) -> list[Passbook]:
    """A member's points as of now, lots loaded, the ripe matured and the old expired. The caller holds their lock."""
    books = [book for book in books_of([member_id], program_id) if book.unit == "points"]
    if not books:
        return []
    load_lots(books)
    load_debts([book for book in books if book.owed])
    swept = [(book, sum(bring_up_to_date(journal, book, journal.recorded_at).values())) for book in books]
    if expired := [(book, points) for book, points in swept if points]:
        tell_expired(expired)
    return books


def pay(
    journal: Journal,
    book: Passbook,
    redemption_id: UUID,
    points: int,
    *,
    version_id: UUID,
    staff_id: UUID | None,
    location_id: UUID | None,
) -> None:
    """Debit ``points`` that the balance holds, the soonest to expire first. Business key: the redemption."""
    posting = Posting(
        "redeem",
        source_key(redemption_id),
        journal.recorded_at,
        version_id=version_id,
        staff_id=staff_id,
        location_id=location_id,
        trace=[["redeemed", {"points": points}]],
    )
    take_points(journal, book, posting, points)
    book.spent += points
    book.last_active_at = journal.recorded_at


def give_back(redemption: Redemption, now: datetime, staff_id: UUID | None) -> None:
    """Put a redemption's points back, lot by lot, each with its old expiry and at least 14 days from now.

    The caller holds the member's lock and has seen that the redemption is open; business key: (redemption, lot).
    What the enrollment owes is paid first, as by any credit.
    """
    journal = Journal(now)
    books = opened_books(journal, redemption.member_id, redemption.program_id)
    (book,) = books
    zone = newest_versions({redemption.program_id})[redemption.program_id].zone
    for debit_id, version_id, lot_id, part, earned_at, expires_at in _taken(redemption):
        posting = Posting(
            "restore",
            f"{source_key(redemption.id)}:lot:{lot_id}",
            now,
            version_id=version_id,
            reverses_entry_id=debit_id,
            staff_id=staff_id,
            trace=[["returned", {"points": part}]],
        )
        expiry = returned_expiry(expires_at, now, zone)
        journal.credit(book, posting, part, expires_at=expiry, earned_at=earned_at)
    journal.write(books)


def count(program_id: UUID, *, redemptions: int, vouchers: int, spent: int) -> None:
    """Leave what a request or a cancel changed in the program's kept figures; ``spent`` in points, below 0 for back."""
    session().add(
        ProgramStatsDelta(
            id=new_id(),
            program_id=program_id,
            redemptions=redemptions,
            vouchers_issued=vouchers,
            outstanding=-spent,
        )
    )
    program_stats.announce_deltas()


def source_key(redemption_id: UUID) -> str:
    """The business key of a redemption's debit; those of its returns begin with it."""
    return f"redemption:{redemption_id}"


def _taken(redemption: Redemption) -> list[tuple[UUID, UUID | None, UUID, int, datetime, datetime | None]]:
    rows = session().execute(
        select(LedgerEntry.id, LedgerEntry.version_id, Lot.id, Allocation.amount, Lot.earned_at, Lot.expires_at)
        .join(Allocation, Allocation.entry_id == LedgerEntry.id)
        .join(Lot, Lot.id == Allocation.lot_id)
        .where(
            LedgerEntry.enrollment_id == redemption.enrollment_id,
            LedgerEntry.source_key == source_key(redemption.id),
        )
        .order_by(Lot.id)
    )
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows]
