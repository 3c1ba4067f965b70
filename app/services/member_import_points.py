"""The points that an import gives, takes or sets: one ledger entry a row, whose key is the import and the row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.events import EventType
from app.domain.program import ProgramVersion
from app.models.member import Member
from app.models.member_import import MemberImport
from app.models.program_stats import ProgramStatsDelta
from app.queries.live_versions import newest_versions
from app.services import outbox, program_stats
from app.services.expiry import tell_expired
from app.services.ledger import Journal, Posting
from app.services.lots import bring_up_to_date, load_debts, load_lots
from app.services.member_import_check import too_much
from app.services.member_import_rows import PlannedRow
from app.services.passbook import Passbook
from app.services.point_moves import books_of, put_points, take_points


@dataclass(slots=True)
class ImportedPoints:
    """The movements of one step. ``given`` is by the number of the row; the members are locked."""

    imported: MemberImport
    now: datetime
    version: ProgramVersion | None
    members: Mapping[UUID, Member]
    books: dict[UUID, Passbook] = field(default_factory=dict)
    given: dict[int, int] = field(default_factory=dict)
    plans: dict[int, PlannedRow] = field(default_factory=dict)
    joined: set[UUID] = field(default_factory=set)
    sequences: dict[UUID, int] = field(default_factory=dict)
    entries: dict[UUID, UUID] = field(default_factory=dict)
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.now)

    @classmethod
    def planned(
        cls, imported: MemberImport, plans: Sequence[PlannedRow], members: Mapping[UUID, Member]
    ) -> ImportedPoints:
        """Say of every row that can be done how many points it gives; one that asks for too many gets a problem."""
        program_id = imported.program_id
        version = newest_versions([program_id])[program_id] if program_id else None
        made = cls(imported, clock.now(), version, members)
        if version is not None:
            made._load([plan for plan in plans if plan.row.points is not None and not plan.problem])
        return made

    def expect_new(self, plan: PlannedRow) -> int:
        """Plan the points of a member who is about to be made; returns how many events that member will have."""
        if self.version is None or not plan.row.points or plan.member_id is None:
            return 0
        self._enroll(plan.member_id)
        self.given[plan.number], self.plans[plan.number] = plan.row.points, plan
        self.sequences[plan.member_id] = 0
        return 2

    def forget(self, plan: PlannedRow) -> None:
        """Give nothing for a row that could not be done after all."""
        self.given.pop(plan.number, None)
        self.plans.pop(plan.number, None)

    def post(self) -> None:
        """Write the entries, the events and the program's figures."""
        for number, points in self.given.items():
            plan = self.plans[number]
            assert plan.member_id is not None and self.version is not None
            self._enter(self.books[plan.member_id], plan, points, self.version)
        meant = self._meant()
        used = [book for book in self.books.values() if book.is_changed and book.member_id in meant]
        self.journal.write(used)
        if used:
            self._tell(used)

    def _load(self, plans: Sequence[PlannedRow]) -> None:
        ids = {plan.member_id for plan in plans if plan.member_id}
        assert self.imported.program_id is not None
        self.books = {book.member_id: book for book in books_of(ids, self.imported.program_id)} if ids else {}
        load_lots(list(self.books.values()))
        load_debts([book for book in self.books.values() if book.owed])
        self._expire()
        for plan in plans:
            self._plan(plan)

    def _expire(self) -> None:
        swept = [(book, sum(bring_up_to_date(self.journal, book, self.now).values())) for book in self.books.values()]
        expired = [(book, points) for book, points in swept if points]
        if expired:
            tell_expired(expired)

    def _plan(self, plan: PlannedRow) -> None:
        wanted = plan.row.points
        assert wanted is not None
        book = self.books.get(plan.member_id) if plan.member_id else None
        held, owed = (book.balance, book.owed) if book else (0, 0)
        change = wanted - held if self.imported.mode == "set" else wanted
        if self.imported.mode == "set" and change > 0:
            change += owed
        if held + change < 0:
            member = self.members.get(plan.member_id) if plan.member_id else None
            plan.problem = too_much(member.name if member else "", held)
        elif change and plan.member_id is not None:
            if book is None:
                self._enroll(plan.member_id)
            self.given[plan.number], self.plans[plan.number] = change, plan

    def _enroll(self, member_id: UUID) -> None:
        assert self.imported.program_id is not None
        self.books[member_id] = Passbook.opened(member_id, self.imported.program_id, "points", self.now)
        self.joined.add(member_id)

    def _enter(self, book: Passbook, plan: PlannedRow, points: int, version: ProgramVersion) -> None:
        trace = [["imported", {"points": points, "file": self.imported.file_name}]]
        posting = Posting(
            "adjust", f"import:{self.imported.id}:{plan.number}", self.now, version_id=version.id, trace=trace
        )
        book.last_active_at = self.now
        if points > 0:
            entry_id = put_points(self.journal, book, version, posting, points)
        else:
            entry_id = take_points(self.journal, book, posting, -points)
        self.entries[book.member_id] = entry_id

    def _meant(self) -> set[UUID]:
        """Whose books are written: a member who could not be made has none."""
        here = {plan.member_id for plan in self.plans.values() if plan.member_id}
        return here | set(self.members)

    def _tell(self, used: Sequence[Passbook]) -> None:
        by_member = {plan.member_id: self.given[number] for number, plan in self.plans.items()}
        facts: list[outbox.Fact] = []
        for book in used:
            if book.member_id in self.joined:
                facts.append(self._fact(EventType.MEMBER_ENROLLED, book, {"enrollmentId": book.id}))
            if points := by_member.get(book.member_id):
                facts.append(self._fact(EventType.POINTS_ADJUSTED, book, self._said(book, points)))
        outbox.record_all(facts)
        total = sum(by_member.values())
        figures = Counter(enrollments=sum(book.member_id in self.joined for book in used))
        session().add(
            ProgramStatsDelta(
                id=new_id(), program_id=self.imported.program_id, issued=total, outstanding=total, **figures
            )
        )
        program_stats.announce_deltas()

    def _said(self, book: Passbook, points: int) -> dict[str, Any]:
        return {"entryId": self.entries[book.member_id], "points": points}

    def _fact(self, event_type: EventType, book: Passbook, said: Mapping[str, Any]) -> outbox.Fact:
        member = self.members.get(book.member_id)
        if member is not None:
            member.event_sequence += 1
            sequence = member.event_sequence
        else:
            sequence = self.sequences[book.member_id] = self.sequences[book.member_id] + 1
        payload = {"memberId": book.member_id, "programId": book.program_id, **said, "historical": True}
        return outbox.Fact(event_type, "member", book.member_id, sequence, payload)
