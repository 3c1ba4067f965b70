"""Points given or taken by hand, with a reason: entries of their own, never a change of what stands in the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.events import EventType
from app.domain.program import ProgramVersion
from app.models.ledger import LedgerEntry
from app.models.member import Member
from app.models.program import Program
from app.models.program_stats import ProgramStatsDelta
from app.queries.live_versions import newest_versions
from app.services import audit, outbox, program_stats
from app.services.enrollment import enroll
from app.services.expiry import tell_expired
from app.services.ledger import Journal, Posting
from app.services.lots import bring_up_to_date, load_debts, load_lots
from app.services.members import locked_member
from app.services.passbook import Passbook
from app.services.point_moves import allocated, books_of, noted, put_points, take_points, write_notes

MOST_POINTS = 1_000_000
LONGEST_REASON = 500
_PEOPLE = ("user", "staff")


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The entry that was written, and the usable points before and after it."""

    entry_id: UUID
    before: int
    after: int


def adjust_points(
    member_id: UUID,
    program_id: UUID,
    points: int,
    reason: str,
    actor: Actor,
    *,
    key: str | None = None,
    location_id: UUID | None = None,
) -> Adjusted:
    """Give (``points`` > 0) or take away (< 0) points of a POINTS_BASED program. Locks the member.

    What is given runs out like points earned now and first pays what the member owes; who has not joined the program
    joins it. Business key: ``key`` (for ever); the same key, points and program again change nothing.
    Raises NotFound (member), ValidationErrors, Conflict ``insufficient_points`` below zero, ``adjustment_key_reused``,
    or ``program_not_open`` for somebody who would have to join a program that is not.
    """
    reason = checked(points, reason)
    member = locked_member(member_id)
    version = _points_version(program_id)
    book = _book(member_id, program_id, points, actor)
    source_key = f"adjust:{key or new_id()}"
    if done := _done(book, source_key, points):
        return done
    now = clock.now()
    journal = Journal(now)
    _bring_up_to_date(journal, book, now)
    before = book.balance
    if points < -before:
        raise _too_much(member, before)
    posting = Posting(
        "adjust",
        source_key,
        now,
        version_id=version.id,
        staff_id=actor.id if actor.kind in _PEOPLE else None,
        location_id=location_id,
        trace=[["adjusted", {"points": points}]],
        note_digest=noted(reason),
    )
    if points > 0:
        entry_id = put_points(journal, book, version, posting, points)
    else:
        entry_id = take_points(journal, book, posting, -points)
    _write(journal, member, book, entry_id, points, reason, actor)
    return Adjusted(entry_id, before, book.balance)


def undo_adjustment(member_id: UUID, entry_id: UUID, *, actor: Actor) -> Adjusted:
    """Take an adjustment back by an entry that reverses it: exactly once. Locks the member.

    Points that were given are taken from their own lot first; what was taken is given back. Raises NotFound, or
    Conflict ``insufficient_points`` where they are spent, ``undone_already`` or ``cannot_undo`` for another entry.
    """
    member = locked_member(member_id)
    wanted = select(LedgerEntry).where(LedgerEntry.id == entry_id, LedgerEntry.member_id == member_id)
    entry = session().scalar(wanted)
    if entry is None:
        raise NotFound("entry")
    if not entry.source_key.startswith("adjust:"):
        raise Conflict("cannot_undo", "Only points given or taken by hand can be undone here")
    if session().scalar(select(LedgerEntry.id).where(LedgerEntry.reverses_entry_id == entry_id)):
        raise Conflict("undone_already", "This is undone already")
    book, journal = _opened(member_id, entry.program_id), Journal(clock.now())
    _bring_up_to_date(journal, book, journal.recorded_at)
    before = book.balance
    if entry.amount > before:
        raise _too_much(member, before)
    undoing_id = reverse_by_hand(journal, book, entry.id, entry.amount, f"undo:{entry_id}", actor)
    _write(journal, member, book, undoing_id, -entry.amount, "", actor)
    return Adjusted(undoing_id, before, book.balance)


def reverse_by_hand(
    journal: Journal, book: Passbook, entry_id: UUID, amount: int, source_key: str, actor: Actor | None
) -> UUID:
    """Post the entry that reverses one of ``amount`` (signed); lifetime is as if neither had been."""
    lots = [lot.id for lot in book.lots.values() if lot.entry_id == entry_id]
    posting = Posting(
        "reversal" if amount > 0 else "adjust",
        source_key,
        journal.recorded_at,
        reverses_entry_id=entry_id,
        staff_id=actor.id if actor and actor.kind in _PEOPLE else None,
        trace=[["undone", {"points": abs(amount)}]],
    )
    if amount > 0:
        undoing_id = journal.debit(book, posting, amount, allocated(book, amount, lots))
        book.lifetime -= amount
    else:
        version = newest_versions([book.program_id])[book.program_id]
        undoing_id = put_points(journal, book, version, posting, -amount)
        book.lifetime += amount
    return undoing_id


def checked(points: int, reason: str) -> str:
    """The reason without spaces around it; raises ValidationErrors with every violation at once."""
    reason, errors = reason.strip(), {}
    if not 0 < abs(points) <= MOST_POINTS:
        errors["points"] = [f"Enter a number of points between 1 and {MOST_POINTS:,}, or the same below zero"]
    if not 0 < len(reason) <= LONGEST_REASON:
        errors["reason"] = [f"Say why, in at most {LONGEST_REASON} characters"]
    if errors:
        raise ValidationErrors(errors)
    return reason


def _points_version(program_id: UUID) -> ProgramVersion:
    known = select(Program.id).where(Program.id == program_id, Program.rule_type == "POINTS_BASED")
    if session().scalar(known) is None:
        raise ValidationErrors({"programId": ["Choose a program with points"]})
    return newest_versions([program_id])[program_id]


def _book(member_id: UUID, program_id: UUID, points: int, actor: Actor) -> Passbook:
    """The enrollment with its lots and debts; giving enrolls."""
    if not books_of([member_id], program_id):
        if points < 0:
            raise ValidationErrors({"programId": ["This member has no points in this program"]})
        enroll(member_id, program_id, actor=actor)
    return _opened(member_id, program_id)


def _opened(member_id: UUID, program_id: UUID) -> Passbook:
    (book,) = books_of([member_id], program_id)
    load_lots([book])
    load_debts([book])
    return book


def _done(book: Passbook, source_key: str, points: int) -> Adjusted | None:
    """What an earlier call with this key did."""
    entry = session().scalar(
        select(LedgerEntry).where(LedgerEntry.enrollment_id == book.id, LedgerEntry.source_key == source_key)
    )
    if entry is None:
        return None
    if entry.amount != points:
        raise Conflict("adjustment_key_reused", "This key stands for another adjustment")
    return Adjusted(entry.id, entry.balance_after - points, entry.balance_after)


def _bring_up_to_date(journal: Journal, book: Passbook, now: datetime) -> None:
    if expired := sum(bring_up_to_date(journal, book, now).values()):
        tell_expired([(book, expired)])


def _too_much(member: Member, before: int) -> Conflict:
    who = member.name.split()[0] if member.name.split() else f"Member {member.code}"
    has = f"{before:,} point{'' if before == 1 else 's'}"
    advice = f"Take away {before:,} or less." if before else "There is nothing to take away."
    return Conflict("insufficient_points", f"{who} has {has}. {advice}")


def _write(
    journal: Journal, member: Member, book: Passbook, entry_id: UUID, points: int, reason: str, actor: Actor
) -> None:
    book.last_active_at = journal.recorded_at
    journal.write([book])
    write_notes({entry_id: reason})
    session().add(ProgramStatsDelta(id=new_id(), program_id=book.program_id, issued=points, outstanding=points))
    program_stats.announce_deltas()
    member.event_sequence += 1
    payload = {"memberId": member.id, "programId": book.program_id, "entryId": entry_id, "points": points}
    outbox.record(outbox.Fact(EventType.POINTS_ADJUSTED, "member", member.id, member.event_sequence, payload))
    told = {"programId": str(book.program_id), "points": points, "balance": book.balance}
    audit.record(actor, "points.adjusted", ("member", member.id), None, told)
