"""The steps under a merge of members and its undo: lots carried from book to book, and everything counted anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.core import clock
from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.errors import Conflict
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase
from app.domain.registry import COUNTING
from app.models.purchase import Outcome
from app.models.purchase import Purchase as PurchaseRow
from app.services.budgets import lock_budgets
from app.services.caps import load_caps
from app.services.counting import settle_due
from app.services.earning import write_work
from app.services.earning_context import load_histories
from app.services.earning_work import MemberWork, Work, loaded_work
from app.services.expiry import tell_expired
from app.services.ledger import Journal, Posting
from app.services.lots import bring_up_to_date, load_debts, load_lots
from app.services.merge_outcomes import newest_outcomes
from app.services.passbook import OpenLot, Passbook
from app.services.point_moves import books_of
from app.services.tiers import lift_to, rise_by_history

Tiers = Mapping[UUID, str]
"""Program id → a tier that must not be lost."""


def opened_books(journal: Journal, member_ids: Sequence[UUID]) -> list[Passbook]:
    """All enrollments of members whose locks are held, with lots and debts, as time has left them."""
    books = books_of(member_ids)
    load_lots(books)
    load_debts([book for book in books if book.owed])
    swept = [(book, sum(bring_up_to_date(journal, book, journal.recorded_at).values())) for book in books]
    if expired := [(book, points) for book, points in swept if points]:
        tell_expired(expired)
    return books


def transfer(
    at: datetime,
    key: str,
    points: int,
    *,
    code: str,
    purchase_id: UUID | None = None,
    reverses: UUID | None = None,
) -> Posting:
    """One side of what is carried from account to account; both sides have the same business key."""
    return Posting(
        "transfer",
        key,
        at,
        purchase_id=purchase_id,
        reverses_entry_id=reverses,
        trace=[[code, {"points": points}]],
    )


def put_lot(journal: Journal, taker: Passbook, posting: Posting, amount: int, like: OpenLot) -> None:
    """Credit an amount with the times of another lot: what ran out on a day runs out on that day still."""
    journal.credit(
        taker,
        posting,
        amount,
        is_pending=not like.is_matured,
        available_at=like.available_at,
        expires_at=like.expires_at,
    )
    next(reversed(taker.lots.values())).earned_at = like.earned_at


def refuse_while_counting(member_ids: Sequence[UUID]) -> None:
    """Raise Conflict ``still_counting`` while a purchase of one of these members waits to be settled."""
    waiting = select(PurchaseRow.id).where(PurchaseRow.waiting, PurchaseRow.member_id.in_(member_ids)).limit(1)
    if session().scalar(waiting) is not None:
        raise Conflict("still_counting", "A purchase is still being counted. Try again in a moment.")


def count_anew(member_ids: Sequence[UUID], tiers: Tiers) -> None:
    """Walk everything that counts for members once more: issue what is due, revoke what is not, raise tiers (RULES 3).

    The locks are held and everything else is written. ``tiers`` are held by the first member at least.
    """
    work = loaded_work(member_ids)
    lock_budgets(work)
    load_caps(work)
    load_histories(work, list(work.members.values()))
    load_debts([book for book in work.books if book.owed])
    for member in work.members.values():
        for book in list(member.books.values()):
            version = work.newest[book.program_id]
            if version.rule_type in COUNTING or version.rule_type == "TIER_BASED":
                _count_book(work, member, book, version)
                tier = tiers.get(book.program_id) if member.id == member_ids[0] else None
                if tier and version.rule_type == "TIER_BASED":
                    lift_to(work, member, book, version, tier)
    write_work(work)
    _note_vouchers(work)


def _count_book(work: Work, member: MemberWork, book: Passbook, version: ProgramVersion) -> None:
    moment = Purchase(new_id(), "sale", 1, 0, (), work.now, "merge", None)
    settle_due(work, member, book, version, moment, is_historical=True)
    if version.rule_type == "TIER_BASED":
        rise_by_history(work, member, book, version)


def _note_vouchers(work: Work) -> None:
    """Keep with the purchase that made it due each voucher that was issued: a revision of its outcome."""
    issued = Counter((row["purchase_id"], row["program_id"]) for row in work.vouchers if row["status"] == "available")
    if not issued:
        return
    ids = {purchase_id for purchase_id, _ in issued}
    raised = update(PurchaseRow).where(PurchaseRow.id.in_(ids))
    revisions = session().execute(
        raised.values(revision=PurchaseRow.revision + 1, settled_revision=PurchaseRow.revision + 1).returning(
            PurchaseRow.id, PurchaseRow.revision
        ),
        execution_options={"synchronize_session": False},
    )
    revision_of = {row.id: row.revision for row in revisions}
    newest = newest_outcomes(ids)
    rows = [
        {**newest[key], "revision": revision_of[key[0]], "vouchers": count, "recorded_at": clock.now()}
        for key, count in issued.items()
    ]
    insert_rows(Outcome, rows)


def by_program(books: Iterable[Passbook]) -> dict[UUID, Passbook]:
    """The books of one member by program."""
    return {book.program_id: book for book in books}
