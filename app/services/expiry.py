"""Does to lots what time has done to them: the pending become usable, the old expire (RULES 3, POINTS_BASED)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, union

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.events import EventType
from app.models.enrollment import Enrollment
from app.models.ledger import Lot
from app.models.member import Member
from app.models.program_stats import ProgramStatsDelta
from app.services import outbox, program_stats
from app.services.ledger import Journal
from app.services.lots import bring_up_to_date, load_lots
from app.services.member_locks import lock_members
from app.services.passbook import COLUMNS, Passbook

LOTS_AT_ONCE = 1_000

Expired = Sequence[tuple[Passbook, int]]


def expire_points() -> int:
    """Bring up to a thousand due lots of the business in scope up to date; returns how many enrollments that changed.

    Locks their members and passes over those that are locked elsewhere. One expire entry a lot (business key: the lot),
    so it may run any number of times; figures by the clock are right before it has run.
    """
    now = clock.now()
    books = _locked_books(_due_enrollments(now))
    if not books:
        return 0
    load_lots(books)
    journal = Journal(now)
    swept = [(book, sum(bring_up_to_date(journal, book, now).values())) for book in books]
    changed = sum(book.is_changed for book in books)
    journal.write(books)
    expired = [(book, points) for book, points in swept if points]
    if expired:
        tell_expired(expired)
    return changed


def tell_expired(expired: Expired) -> None:
    """Announce what has just run out (enrollment, points), and count it; the locks of the members are held."""
    _announce(expired)
    _count(expired)


def _due_enrollments(now: datetime) -> list[UUID]:
    is_open = Lot.remaining > 0
    expiring = select(Lot.enrollment_id).where(is_open, Lot.expires_at <= now).limit(LOTS_AT_ONCE)
    maturing = (
        select(Lot.enrollment_id)
        .where(is_open, Lot.is_matured.is_(False), Lot.available_at.is_not(None), Lot.available_at <= now)
        .limit(LOTS_AT_ONCE)
    )
    return list(session().scalars(union(expiring, maturing)))


def _locked_books(enrollment_ids: Sequence[UUID]) -> list[Passbook]:
    """The enrollments of the members that could be locked, read after the lock."""
    if not enrollment_ids:
        return []
    owners = select(Enrollment.member_id).where(Enrollment.id.in_(enrollment_ids))
    locked = lock_members(Member.id.in_(owners), len(enrollment_ids))
    columns = [getattr(Enrollment, name) for name in COLUMNS]
    rows = session().execute(
        select(*columns).where(Enrollment.id.in_(enrollment_ids), Enrollment.member_id.in_(locked))
    )
    return [Passbook(*row) for row in rows]


def _announce(expired: Expired) -> None:
    """Write one event an enrollment, numbered by its member; the lock of the member is held."""
    members = session().scalars(select(Member).where(Member.id.in_({book.member_id for book, _ in expired})))
    by_id: Mapping[UUID, Member] = {member.id: member for member in members}
    facts = []
    for book, points in expired:
        member = by_id[book.member_id]
        member.event_sequence += 1
        payload = {"memberId": member.id, "programId": book.program_id, "points": points}
        facts.append(outbox.Fact(EventType.POINTS_EXPIRED, "member", member.id, member.event_sequence, payload))
    outbox.record_all(facts)


def _count(expired: Expired) -> None:
    """Leave what changed in the programs' kept figures."""
    by_program: Counter[UUID] = Counter()
    for book, points in expired:
        by_program[book.program_id] += points
    session().add_all(
        ProgramStatsDelta(id=new_id(), program_id=program_id, expired=points, outstanding=-points)
        for program_id, points in by_program.items()
    )
    program_stats.announce_deltas()
