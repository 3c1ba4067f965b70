"""Makes one member of two who are the same person: balances, purchases, vouchers and keys go to the one who stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.models.ledger import LedgerEntry
from app.models.member import Member
from app.models.member_merge import MemberMerge, MergeMove
from app.models.purchase import Purchase
from app.models.redemption import Redemption
from app.models.tag import MemberTag
from app.services import audit
from app.services.ledger import Journal
from app.services.member_index import forget_member, reindex_members
from app.services.member_tags import add_tags
from app.services.merge_outcomes import hand_over_outcomes, hand_over_purchases
from app.services.merge_steps import by_program, count_anew, opened_books, put_lot, refuse_while_counting, transfer
from app.services.passbook import Passbook
from app.services.point_moves import allocated
from app.services.portal_sign_in import end_sessions_of

Side = Literal["from", "into"]

VALUES = ("name", "phone", "email", "birthday", "external_id", "note")
"""What may be chosen from either; what is chosen from the one who stays and is blank there comes from the other."""
_KEYS = ("phone", "email", "external_id")
_OPEN = ("pending", "approved", "shipped")


def merge_members(from_id: UUID, into_id: UUID, *, actor: Actor, keep: Mapping[str, Side] | None = None) -> UUID:
    """Merge one member into another, who stays; returns the merge's id. Locks both, in the order of their ids.

    ``keep`` says for each of VALUES whose is kept (default: of the one who stays). The books say it by transfer
    entries, a pair a lot, with the lots' own expiry; cards, visits and goals are counted anew over the purchases of
    both. Can be undone for 30 days (services.unmerging). Raises NotFound, ValidationErrors, or Conflict
    ``still_counting`` or ``open_redemptions``.
    """
    if from_id == into_id:
        raise ValidationErrors({"into": ["Choose another member"]})
    members = locked_pair(from_id, into_id)
    giver, taker = members[from_id], members[into_id]
    refuse_while_counting([from_id, into_id])
    _refuse_open_redemptions(giver)
    merge = _recorded(giver, taker, actor)
    tiers = _move_books(merge, _move_purchases(merge))
    _move_values(giver, taker, keep or {}, merge)
    end_sessions_of(from_id, "merged")
    told = {"from": str(from_id), "into": str(into_id)}
    audit.record(actor, "member.merged", ("member", into_id), None, told)
    session().flush()
    count_anew([into_id], tiers)
    session().expire_all()
    return merge.id


def locked_pair(*ids: UUID) -> dict[UUID, Member]:
    """Members by id, locked in the order of their ids. Raises NotFound."""
    wanted = select(Member).where(Member.id.in_(ids), Member.erased_at.is_(None)).order_by(Member.id)
    locked = session().scalars(wanted.with_for_update().execution_options(populate_existing=True))
    members = {member.id: member for member in locked}
    if len(members) < len(set(ids)):
        raise NotFound("member")
    return members


def personal(member: Member) -> dict[str, Any]:
    """What a merge may change about a member, as JSON."""
    values = {name: _json(getattr(member, name)) for name in VALUES}
    times = {name: _json(getattr(member, name)) for name in ("joined_at", "last_purchase_at")}
    return {**values, **times, "status": member.status, "metadata": member.attributes}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _refuse_open_redemptions(giver: Member) -> None:
    wanted = select(Redemption.id).where(Redemption.member_id == giver.id, Redemption.status.in_(_OPEN)).limit(1)
    if session().scalar(wanted) is not None:
        raise Conflict(
            "open_redemptions", f"{giver.name or 'The other member'} has an open redemption. Fulfil or cancel it first."
        )


def _recorded(giver: Member, taker: Member, actor: Actor) -> MemberMerge:
    tags = session().scalars(select(MemberTag.tag_id).where(MemberTag.member_id.in_([giver.id, taker.id])))
    own = set(session().scalars(select(MemberTag.tag_id).where(MemberTag.member_id == taker.id)))
    merge = MemberMerge(
        id=new_id(),
        from_member_id=giver.id,
        into_member_id=taker.id,
        before={
            "from": personal(giver),
            "into": personal(taker),
            "tags": sorted(str(tag) for tag in set(tags) - own),
        },
        merged_at=clock.now(),
        merged_by=actor.name,
    )
    session().add(merge)
    session().flush()
    return merge


def _move_purchases(merge: MemberMerge) -> dict[UUID, int | None]:
    revisions = hand_over_purchases(Purchase.member_id == merge.from_member_id, merge.into_member_id)
    rows = [
        {"merge_id": merge.id, "kind": "purchase", "row_id": row, "program_id": row, "number": 0} for row in revisions
    ]
    insert_rows(MergeMove, rows)
    return revisions


def _move_books(merge: MemberMerge, revisions: Mapping[UUID, int | None]) -> dict[UUID, str]:
    """Carry the books over; returns the tiers that the one who goes holds, by program."""
    journal = Journal(clock.now())
    books = opened_books(journal, [merge.from_member_id, merge.into_member_id])
    givers = [book for book in books if book.member_id == merge.from_member_id]
    takers = by_program(book for book in books if book.member_id == merge.into_member_id)
    forfeited = {}
    for giver in givers:
        taker = takers.get(giver.program_id) or Passbook.opened(
            merge.into_member_id, giver.program_id, giver.unit, giver.joined_at
        )
        if taker.id not in {book.id for book in books}:
            books.append(taker)
        forfeited[str(giver.program_id)] = giver.forfeited
        _carry(journal, giver, taker, merge.id)
        _carry_counts(giver, taker)
        takers[giver.program_id] = taker
    merge.before = {**merge.before, "forfeited": forfeited}
    journal.write(books)
    pairs = {giver.id: takers[giver.program_id].id for giver in givers}
    hand_over_outcomes(merge.id, revisions, merge.from_member_id, merge.into_member_id, pairs)
    return {giver.program_id: giver.tier for giver in givers if giver.tier}


def _carry(journal: Journal, giver: Passbook, taker: Passbook, merge_id: UUID) -> None:
    lots = [lot for lot in giver.lots.values() if lot.remaining]
    origins = _purchases_of([lot.entry_id for lot in lots])
    for lot in lots:
        amount, bought = lot.remaining, origins.get(lot.entry_id)
        said = transfer(journal.recorded_at, f"merge:{merge_id}:{lot.id}", amount, code="merged", purchase_id=bought)
        journal.debit(giver, said, amount, [(lot.id, amount)])
        put_lot(journal, taker, said, amount, lot)
    if giver.owed:
        carry_debt(journal, giver, taker, giver.owed, f"merge:{merge_id}:owed", "merged")


def carry_debt(journal: Journal, giver: Passbook, taker: Passbook, amount: int, key: str, code: str) -> None:
    """Have another account owe what this one does: a credit that pays it here, a debit that takes it there."""
    journal.credit(giver, transfer(journal.recorded_at, key, amount, code=code), amount)
    giver.lifetime -= amount
    taken = allocated(taker, amount)
    journal.debit(taker, transfer(journal.recorded_at, key, amount, code=code), amount, taken)


def _carry_counts(giver: Passbook, taker: Passbook) -> None:
    """Vouchers and the place of the fold; what is due is counted anew afterwards."""
    taker.issued += giver.issued
    taker.forfeited += giver.forfeited
    places = [(book.counted_at, book.counted_order_id or "") for book in (giver, taker) if book.counted_at]
    if places:
        taker.counted_at, taker.counted_order_id = max(places)
    actives = [at for at in (giver.last_active_at, taker.last_active_at) if at]
    taker.last_active_at = max(actives, default=None)
    giver.issued = giver.forfeited = 0
    giver.is_changed = taker.is_changed = True


def _purchases_of(entry_ids: Sequence[UUID]) -> dict[UUID, UUID | None]:
    rows = session().execute(select(LedgerEntry.id, LedgerEntry.purchase_id).where(LedgerEntry.id.in_(entry_ids)))
    return {row.id: row.purchase_id for row in rows}


def _move_values(giver: Member, taker: Member, keep: Mapping[str, Side], merge: MemberMerge) -> None:
    values = {name: _kept(name, giver, taker, keep) for name in VALUES}
    metadata = {**giver.attributes, **taker.attributes}
    joined_at, bought_at = giver.joined_at, giver.last_purchase_at
    for name in VALUES:
        setattr(giver, name, "" if name in ("name", "note") else None)
    giver.attributes, giver.status, giver.erased_at = {}, "expired", merge.merged_at
    giver.merged_into, giver.version = taker.id, giver.version + 1
    session().flush()
    for name, value in values.items():
        setattr(taker, name, value)
    taker.attributes, taker.joined_at = metadata, min(joined_at, taker.joined_at)
    taker.last_purchase_at = max((at for at in (bought_at, taker.last_purchase_at) if at), default=None)
    taker.version += 1
    session().flush()
    forget_member(giver.id)
    reindex_members([{name: getattr(taker, name) for name in ("id", "name", "code", *_KEYS)}])
    add_tags([(taker.id, UUID(tag)) for tag in merge.before["tags"]])


def _kept(name: str, giver: Member, taker: Member, keep: Mapping[str, Side]) -> Any:
    first, second = (giver, taker) if keep.get(name) == "from" else (taker, giver)
    return getattr(first, name) or getattr(second, name)
