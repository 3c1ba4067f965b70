"""Undoes a merge of members: what was carried over goes back by entries of its own, and both are counted anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound
from app.models.ledger import Allocation, LedgerEntry, Lot
from app.models.member import Member
from app.models.member_merge import MemberMerge, MergeMove
from app.models.purchase import Purchase
from app.models.tag import MemberTag
from app.models.voucher import Voucher
from app.queries.member_desk import UNDO_MERGE_FOR
from app.services import audit
from app.services.ledger import Journal
from app.services.member_index import reindex_members
from app.services.merge_outcomes import hand_over_outcomes, hand_over_purchases
from app.services.merge_steps import by_program, count_anew, opened_books, put_lot, refuse_while_counting, transfer
from app.services.merging import VALUES, carry_debt, personal
from app.services.passbook import OpenLot, Passbook
from app.services.point_moves import allocated

_KEYS = ("phone", "email", "external_id")


def undo_merge(merge_id: UUID, *, actor: Actor, into_id: UUID | None = None) -> UUID:
    """Take a merge back, within 30 days; returns the id of the member who is here again. Locks both.

    With ``into_id`` only a merge into that member is found.

    Purchases with what they earned, vouchers and balances go back; what was spent since of what had been carried over
    is taken from the other points of the one who stays, or owed. Values that were changed since stay. Raises NotFound,
    or Conflict ``cannot_undo`` or ``still_counting``.
    """
    merge = _undoable(merge_id)
    if into_id not in (None, merge.into_member_id):
        raise NotFound("merge")
    members = _locked(merge)
    giver, taker = members[merge.from_member_id], members[merge.into_member_id]
    refuse_while_counting([giver.id, taker.id])
    giver.erased_at = giver.merged_into = None
    _return_books(merge, _return_purchases(merge))
    _return_values(merge, giver, taker)
    merge.undone_at, merge.undone_by = clock.now(), actor.name
    told = {"from": str(giver.id), "into": str(taker.id)}
    audit.record(actor, "member.unmerged", ("member", taker.id), told, None)
    session().flush()
    count_anew([giver.id, taker.id], {})
    session().expire_all()
    return giver.id


def _undoable(merge_id: UUID) -> MemberMerge:
    merge = session().scalars(select(MemberMerge).where(MemberMerge.id == merge_id).with_for_update()).one_or_none()
    if merge is None:
        raise NotFound("merge")
    if merge.undone_at is not None:
        raise Conflict("cannot_undo", "This merge is undone already")
    if not merge.before or merge.merged_at + UNDO_MERGE_FOR <= clock.now():
        raise Conflict("cannot_undo", "A merge can be undone for 30 days")
    return merge


def _locked(merge: MemberMerge) -> dict[UUID, Member]:
    wanted = select(Member).where(Member.id.in_([merge.from_member_id, merge.into_member_id])).order_by(Member.id)
    locked = session().scalars(wanted.with_for_update().execution_options(populate_existing=True))
    members = {member.id: member for member in locked}
    if members[merge.into_member_id].erased_at is not None:
        raise Conflict("cannot_undo", "The member who stayed is here no more; undo what came after first")
    return members


def _return_purchases(merge: MemberMerge) -> dict[UUID, int | None]:
    """The purchases that came with the merge and are still here."""
    moved = select(MergeMove.row_id).where(MergeMove.merge_id == merge.id, MergeMove.kind == "purchase")
    still_here = and_(Purchase.id.in_(moved), Purchase.member_id == merge.into_member_id)
    return hand_over_purchases(still_here, merge.from_member_id)


def _return_books(merge: MemberMerge, revisions: Mapping[UUID, int | None]) -> None:
    journal = Journal(clock.now())
    books = opened_books(journal, [merge.from_member_id, merge.into_member_id])
    givers = by_program(book for book in books if book.member_id == merge.from_member_id)
    takers = by_program(book for book in books if book.member_id == merge.into_member_id)
    pairs = {takers[program_id].id: giver.id for program_id, giver in givers.items() if program_id in takers}
    hand_over_outcomes(merge.id, revisions, merge.into_member_id, merge.from_member_id, pairs)
    for program_id, giver in givers.items():
        if taker := takers.get(program_id):
            _return_lots(journal, merge, giver, taker)
    counts = _voucher_counts([book.id for book in books])
    for book in books:
        book.issued, book.is_changed = counts.get(book.id, 0), True
    for program_id, given_up in merge.before.get("forfeited", {}).items():
        giver, taker = givers[UUID(program_id)], takers[UUID(program_id)]
        giver.forfeited, taker.forfeited = given_up, max(0, taker.forfeited - given_up)
    journal.write(books)


def _return_lots(journal: Journal, merge: MemberMerge, giver: Passbook, taker: Passbook) -> None:
    for key, out_id, in_id, amount, purchase_id in _carried(merge, giver, taker):
        if key.endswith(":owed"):
            carry_debt(journal, taker, giver, amount, f"un{key}", "unmerged")
            continue
        lot = _lot_of(in_id, taker)
        left = amount - _expired(lot.id)
        if not left:
            continue
        said: dict[str, Any] = {"code": "unmerged", "purchase_id": purchase_id}
        back = transfer(journal.recorded_at, f"un{key}", left, reverses=in_id, **said)
        journal.debit(taker, back, left, allocated(taker, left, [lot.id]))
        put_lot(journal, giver, transfer(journal.recorded_at, f"un{key}", left, reverses=out_id, **said), left, lot)
        giver.lifetime -= left
        taker.lifetime -= left


def _carried(merge: MemberMerge, giver: Passbook, taker: Passbook) -> Sequence[Any]:
    """(key, entry on the one who went, entry on the one who stayed, amount, purchase) of each pair of the merge."""
    out, into = aliased(LedgerEntry), aliased(LedgerEntry)
    return (
        session()
        .execute(
            select(out.source_key, out.id, into.id, func.abs(out.amount), out.purchase_id)
            .join(into, and_(into.business_id == out.business_id, into.source_key == out.source_key))
            .where(
                out.enrollment_id == giver.id,
                into.enrollment_id == taker.id,
                out.kind == "transfer",
                out.source_key.startswith(f"merge:{merge.id}:"),
            )
            .order_by(out.number)
        )
        .all()
    )


def _lot_of(entry_id: UUID, book: Passbook) -> OpenLot:
    """The lot that a credit filled, also where nothing is left of it."""
    found = next((lot for lot in book.lots.values() if lot.entry_id == entry_id), None)
    if found is not None:
        return found
    row = session().scalars(select(Lot).where(Lot.entry_id == entry_id)).one()
    return OpenLot(
        row.id, book.id, entry_id, row.amount, 0, row.available_at, row.is_matured, row.expires_at, row.earned_at
    )


def _expired(lot_id: UUID) -> int:
    taken = (
        select(func.coalesce(func.sum(Allocation.amount), 0))
        .join(
            LedgerEntry, and_(LedgerEntry.business_id == Allocation.business_id, LedgerEntry.id == Allocation.entry_id)
        )
        .where(Allocation.lot_id == lot_id, LedgerEntry.kind == "expire")
    )
    return int(session().scalar(taken) or 0)


def _voucher_counts(enrollment_ids: Sequence[UUID]) -> dict[UUID, int]:
    standing = select(Voucher.enrollment_id, func.count()).where(
        Voucher.enrollment_id.in_(enrollment_ids), Voucher.status != "revoked"
    )
    return {row[0]: row[1] for row in session().execute(standing.group_by(Voucher.enrollment_id)) if row[0]}


def _return_values(merge: MemberMerge, giver: Member, taker: Member) -> None:
    """Give both their values of before; the one who stays keeps what was changed since the merge."""
    was, had = merge.before["from"], merge.before["into"]
    now = personal(taker)
    for name in VALUES:
        if now[name] == was[name] and now[name] != had[name]:
            setattr(taker, name, _value(name, had[name]))
    added = {key for key in was["metadata"] if key not in had["metadata"]}
    taker.attributes = {key: value for key, value in taker.attributes.items() if key not in added}
    taker.joined_at = datetime.fromisoformat(had["joined_at"])
    taker.version += 1
    session().flush()
    taken = _taken(giver.id, {name: was[name] for name in _KEYS if was[name]})
    for name in VALUES:
        if name not in taken:
            setattr(giver, name, _value(name, was[name]))
    giver.attributes, giver.status = was["metadata"], was["status"]
    giver.version += 1
    session().flush()
    names = ("id", "name", "code", *_KEYS)
    reindex_members([{name: getattr(member, name) for name in names} for member in (giver, taker)])
    tags = [UUID(tag) for tag in merge.before["tags"]]
    session().execute(delete(MemberTag).where(MemberTag.member_id == taker.id, MemberTag.tag_id.in_(tags)))


def _value(name: str, said: Any) -> Any:
    return date.fromisoformat(said) if name == "birthday" and said else said


def _taken(besides: UUID, keys: Mapping[str, Any]) -> set[str]:
    """Which keys belong to somebody else by now."""
    found = set()
    for name, value in keys.items():
        wanted = select(Member.id).where(getattr(Member, name) == value, Member.id != besides)
        if session().scalar(wanted) is not None:
            found.add(name)
    return found
