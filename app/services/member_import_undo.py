"""Undoes an import, the last row first: entries that reverse its entries, the values of before, new members erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.events import EventType
from app.models.ledger import LedgerEntry
from app.models.member import Member
from app.models.member_import import MemberImport, MemberImportRow
from app.models.operation import Operation
from app.models.program_stats import ProgramStatsDelta
from app.models.purchase import Purchase
from app.models.voucher import Voucher
from app.services import operations, outbox, program_stats
from app.services.adjustments import reverse_by_hand
from app.services.ledger import Journal
from app.services.lots import load_debts, load_lots
from app.services.member_erasure import blank_member, forget_members
from app.services.member_import_rows import write_rows
from app.services.member_index import reindex_members
from app.services.point_moves import books_of

AT_ONCE = 250
_DONE = ("created", "updated")
_KEYS = ("email", "phone", "external_id")
_WORD_FIELDS = ("id", "name", "code", *_KEYS)


def undo_some(operation: Operation) -> None:
    """Undo the next rows. Locks their members; business key of each reversal: (import, row)."""
    imported = session().scalars(select(MemberImport).where(MemberImport.id == operation.subject_id)).one()
    rows = _rows(imported.id)
    if not rows:
        imported.state = "undone"
        operations.finish(operation)
        return
    members = _locked({row["member_id"] for row in rows})
    _reverse(imported, rows, members)
    busy = _busy([row["member_id"] for row in rows if row["state"] == "created"])
    for row in rows:
        member = members.get(row["member_id"])
        row["state"] = "kept" if member is None or not _take_back(row, member, busy) else "undone"
        if member is not None and member.erased_at is not None:
            row["cells"], row["before"] = [], None
    session().flush()
    gone = [member for member in members.values() if member.erased_at is not None]
    here = [member for member in members.values() if member.erased_at is None]
    forget_members([member.id for member in gone])
    reindex_members([{field: getattr(each, field) for field in _WORD_FIELDS} for each in here])
    write_rows(rows)
    undone = sum(row["state"] == "undone" for row in rows)
    operations.advance(operation, len(rows), undone=undone, kept=len(rows) - undone)


def stop(operation: Operation) -> None:
    """An undo that was stopped half way can be asked for again."""
    imported = session().scalars(select(MemberImport).where(MemberImport.id == operation.subject_id)).one()
    if imported.state == "undoing":
        imported.state = "done"


def _rows(import_id: UUID) -> list[dict[str, Any]]:
    names = ("import_id", "number", "line", "cells", "state", "problem", "member_id", "before", "points")
    wanted = (
        select(*(getattr(MemberImportRow, name) for name in names))
        .where(MemberImportRow.import_id == import_id, MemberImportRow.state.in_(_DONE))
        .order_by(MemberImportRow.number.desc())
        .limit(AT_ONCE)
    )
    return [dict(row._mapping) for row in session().execute(wanted)]


def _locked(ids: set[UUID]) -> dict[UUID, Member]:
    """Who is still here: an erased member keeps an anonymous ledger, in which the points stay."""
    wanted = select(Member).where(Member.id.in_(ids), Member.erased_at.is_(None)).order_by(Member.id)
    locked = session().scalars(wanted.with_for_update(key_share=True).execution_options(populate_existing=True))
    return {member.id: member for member in locked}


def _reverse(imported: MemberImport, rows: Sequence[Mapping[str, Any]], members: Mapping[UUID, Member]) -> None:
    moved = [row for row in rows if row["points"] and row["member_id"] in members]
    if not moved or imported.program_id is None:
        return
    books = {book.member_id: book for book in books_of({row["member_id"] for row in moved}, imported.program_id)}
    load_lots(list(books.values()))
    load_debts([book for book in books.values() if book.owed])
    given = _given(imported.id, moved)
    journal = Journal(clock.now())
    made = {}
    for row in moved:
        key = f"import:{imported.id}:{row['number']}"
        book = books[row["member_id"]]
        made[row["number"]] = reverse_by_hand(journal, book, given[key], row["points"], f"undo:{key}", None)
    journal.write(books.values())
    _tell(imported.program_id, moved, members, made)


def _given(import_id: UUID, rows: Sequence[Mapping[str, Any]]) -> dict[str, UUID]:
    """The entries that rows made, by their business keys."""
    keys = [f"import:{import_id}:{row['number']}" for row in rows]
    ids = {row["member_id"] for row in rows}
    found = select(LedgerEntry.source_key, LedgerEntry.id)
    rows_found = session().execute(found.where(LedgerEntry.member_id.in_(ids), LedgerEntry.source_key.in_(keys)))
    return {row.source_key: row.id for row in rows_found}


def _tell(
    program_id: UUID,
    rows: Sequence[Mapping[str, Any]],
    members: Mapping[UUID, Member],
    entries: Mapping[int, UUID],
) -> None:
    facts = []
    for row in rows:
        member = members[row["member_id"]]
        member.event_sequence += 1
        said = {"entryId": entries[row["number"]], "points": -row["points"], "historical": True}
        payload = {"memberId": member.id, "programId": program_id, **said}
        facts.append(outbox.Fact(EventType.POINTS_ADJUSTED, "member", member.id, member.event_sequence, payload))
    outbox.record_all(facts)
    total = -sum(row["points"] for row in rows)
    session().add(ProgramStatsDelta(id=new_id(), program_id=program_id, issued=total, outstanding=total))
    program_stats.announce_deltas()


def _busy(ids: Sequence[UUID]) -> set[UUID]:
    """Whom something has happened to besides the import: these members stay."""
    if not ids:
        return set()
    entry = LedgerEntry.source_key.not_like("import:%") & LedgerEntry.source_key.not_like("undo:import:%")
    found = [
        select(Purchase.member_id).where(Purchase.member_id.in_(ids)),
        select(Voucher.member_id).where(Voucher.member_id.in_(ids)),
        select(LedgerEntry.member_id).where(LedgerEntry.member_id.in_(ids), entry),
        select(Member.referred_by).where(Member.referred_by.in_(ids)),
    ]
    return {member_id for statement in found for member_id in session().scalars(statement) if member_id}


def _take_back(row: Mapping[str, Any], member: Member, busy: set[UUID]) -> bool:
    """Undo what a row did to the member; what was changed since stays. False where a new member stays altogether."""
    if row["state"] == "created":
        if member.id in busy:
            return False
        blank_member(member)
        return True
    changes = dict(row["before"] or {})
    own = changes.pop("own", {})
    changes = {name: old for name, (old, new) in changes.items() if _said(getattr(member, name)) == new}
    taken = _taken({name: old for name, old in changes.items() if name in _KEYS and old}, member.id)
    for name, old in changes.items():
        if name not in taken:
            setattr(member, name, date.fromisoformat(old) if name == "birthday" and old else old)
    member.attributes = _own_before(member.attributes, own)
    member.version += 1
    return True


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _own_before(now: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The own fields as before, save what was changed since."""
    back = {key: old for key, (old, new) in own.items() if now.get(key) == new}
    return {key: value for key, value in {**now, **back}.items() if value is not None}


def _taken(keys: Mapping[str, Any], besides: UUID) -> set[str]:
    """Which of the keys of before belong to somebody else by now."""
    if not keys:
        return set()
    has_one = or_(*(getattr(Member, name) == value for name, value in keys.items()))
    others = session().scalars(select(Member).where(has_one, Member.id != besides)).all()
    return {name for name, value in keys.items() if any(getattr(other, name) == value for other in others)}
