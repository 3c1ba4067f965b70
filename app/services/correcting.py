"""Puts a correction into the ledger: what the purchase no longer deserves is taken back, exactly once (RULES 4)."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.domain.corrections import First, released, resettle
from app.domain.events import EventType
from app.domain.ledger import LotView
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase, Refund, after_refunds, cancelled
from app.domain.refunds import take_back
from app.domain.rule_type import Counted
from app.domain.standing import Granted, Outcome
from app.queries.live_versions import compiled_versions
from app.services.budgets import use_budget
from app.services.caps import use_caps
from app.services.counting import settle_due
from app.services.earning_facts import note
from app.services.earning_work import MemberWork, WaitingPurchase, Work
from app.services.granting import grant, keep_outcome, outcome_row
from app.services.ledger import Posting
from app.services.lots import bring_up_to_date
from app.services.passbook import OpenLot, Passbook

_NEVER = datetime.max.replace(tzinfo=UTC)


def correct(work: Work, member: MemberWork, waiting: WaitingPurchase, correction: Any) -> None:
    """Settle one open correction. Business key of each reversal: (purchase, program, revision)."""
    reduced = _reduced(waiting, correction.revision)
    if correction.kind == "move":
        if _was_granted_to(work, reduced, correction.from_member_id):
            _undo(work, work.members[correction.from_member_id], waiting, cancelled(reduced), correction)
            taker = work.members[correction.to_member_id]
            grant(work, taker, waiting, reduced, revision=correction.revision + 1)
        return
    target = cancelled(reduced) if correction.kind == "cancel" else reduced
    _undo(work, member, waiting, target, correction)


def _was_granted_to(work: Work, purchase: Purchase, member_id: UUID) -> bool:
    """Whether the purchase was settled for this member; moved before that, it went to the new one at once."""
    return any(key[0] == purchase.id and key[2] == member_id for key in work.granted)


def _reduced(waiting: WaitingPurchase, revision: int) -> Purchase:
    refunds = [
        Refund(each.amount_minor, _items(each.items))
        for each in waiting.corrections
        if each.kind == "refund" and each.revision <= revision
    ]
    return after_refunds(waiting.purchase, refunds)


def _items(items: list[Any] | None) -> tuple[tuple[int, Fraction], ...] | None:
    return None if items is None else tuple((index, Fraction(quantity)) for index, quantity in items)


def _undo(work: Work, member: MemberWork, waiting: WaitingPurchase, reduced: Purchase, correction: Any) -> None:
    """Bring everything the purchase did to this member down to what it deserves at the reduced amount."""
    rows = [row for key, row in work.granted.items() if key[0] == reduced.id and key[2] == member.id]
    versions = compiled_versions({row.version_id for row in rows})
    points_left = taken = 0
    groups: set[str | None] = set()
    for row in sorted(rows, key=lambda row: versions[row.version_id].order):
        version, book = versions[row.version_id], member.books.get(row.program_id)
        outcome = book and _outcome_now(work, waiting, reduced, version, book, row, groups, points_left)
        if book is None or not outcome:
            continue
        points_left += outcome.points
        if version.exclusive_group and _yields(outcome):
            groups.add(version.exclusive_group)
        taken += _take(work, member, book, version, reduced, row, outcome, correction)
        outcome.rewards = _recount(work, member, book, version, reduced, row, outcome, waiting)
        keep_outcome(work, waiting, outcome_row(work, member, book, reduced, correction.revision, outcome))
    payload = {
        "purchaseId": reduced.id,
        "kind": correction.kind,
        "amountMinor": correction.amount_minor,
        "pointsTaken": taken,
    }
    note(work, member, EventType.PURCHASE_REFUNDED, payload, is_historical=waiting.is_historical)


def _outcome_now(
    work: Work,
    waiting: WaitingPurchase,
    reduced: Purchase,
    version: ProgramVersion,
    book: Passbook,
    row: Any,
    groups: set[str | None],
    points_left: int,
) -> Outcome | None:
    """What the purchase deserves now in one program; None where nothing changes.

    An exclusive group is decided anew: where its winner yields nothing any more, the next one counts.
    """
    if row.code == "excluded_by_priority" and version.exclusive_group not in groups:
        return released(reduced, version)
    if not _yields(row):
        return None
    origin = work.origins.get((reduced.id, book.id))
    first = First(waiting.purchase.amount_minor, origin.granted if origin else 0)
    return resettle(reduced, version, _granted(row), first, points_left)


def _yields(outcome: Any) -> bool:
    return bool(outcome.adds or outcome.points or outcome.cashback_minor)


def _granted(row: Any) -> Granted:
    return Granted(
        code=row.code,
        computed=row.computed,
        points=row.points,
        cashback_minor=row.cashback_minor,
        adds=row.adds,
        punches=row.punches,
        stamps=row.stamps,
        visits=row.visits,
        multipliers=row.multipliers,
    )


def _take(
    work: Work,
    member: MemberWork,
    book: Passbook,
    version: ProgramVersion,
    purchase: Purchase,
    before: Any,
    after: Outcome,
    correction: Any,
) -> int:
    """Debit the difference; returns how much of it was points."""
    points = before.points - after.points
    amount = points or before.cashback_minor - after.cashback_minor
    if amount <= 0:
        return 0
    swept = _swept(work, member, book)
    origin = work.origins[purchase.id, book.id]
    origin.expired += swept.get(origin.lot_id, 0)
    counted_before = origin.granted - before.points - before.cashback_minor - origin.reversed
    lots = [_view(lot) for lot in book.lots.values()]
    taking = take_back(amount, lots, origin.lot_id, work.now, max(0, origin.expired - counted_before))
    debit = amount - taking.expired_counted
    if debit:
        posting = Posting(
            "reversal",
            f"purchase:{purchase.id}:{correction.revision}",
            work.now,
            version_id=version.id,
            purchase_id=purchase.id,
            reverses_entry_id=origin.entry_id,
            location_id=purchase.location_id,
            trace=[["taken_back", {"points": amount, "reason": correction.kind}]],
        )
        work.journal.debit(book, posting, debit, taking.allocations)
        book.lifetime -= debit
        origin.reversed += debit
    _give_back(work, member, version, before, after)
    work.stats[version.program_id].update(issued=-amount, outstanding=-debit)
    return int(max(0, points))


def _swept(work: Work, member: MemberWork, book: Passbook) -> dict[UUID, int]:
    """Lot id -> what ran out before this refund and no job has written off: done now, and told as the job tells it."""
    swept = bring_up_to_date(work.journal, book, work.now)
    if expired := sum(swept.values()):
        work.stats[book.program_id].update(expired=expired, outstanding=-expired)
        payload = {"programId": book.program_id, "points": expired}
        note(work, member, EventType.POINTS_EXPIRED, payload, is_historical=False)
    return swept


def _view(lot: OpenLot) -> LotView:
    """A lot as the rules see it; cashback that waits for its payout is pending without a date."""
    available_at = lot.available_at or (lot.earned_at if lot.is_matured else _NEVER)
    return LotView(lot.id, lot.remaining, lot.earned_at, available_at, lot.expires_at)


def _give_back(work: Work, member: MemberWork, version: ProgramVersion, before: Any, after: Outcome) -> None:
    """Caps and budgets get back what was really granted and is gone now."""
    for sign, outcome in ((-1, _as_outcome(before, version)), (1, after)):
        use_budget(work, version, outcome, sign=sign)
        use_caps(work, member, version, outcome, sign=sign)


def _as_outcome(row: Any, version: ProgramVersion) -> Outcome:
    """An outcome row in the engine's shape, for the windows it was charged to."""
    return Outcome(version.program_id, version.id, row.local_day, points=row.points, cashback_minor=row.cashback_minor)


def _recount(
    work: Work,
    member: MemberWork,
    book: Passbook,
    version: ProgramVersion,
    purchase: Purchase,
    before: Any,
    after: Outcome,
    waiting: WaitingPurchase,
) -> int:
    """Count what is left of the purchase, and owe what is due by then; returns how many vouchers were issued."""
    if before.adds == after.adds:
        return 0
    assert member.history is not None
    history = member.history[book.id]
    if after.adds:
        counted = Counted(purchase.occurred_at, purchase.order_id, before.local_day, after.adds)
        history[purchase.id] = (version, counted)
    else:
        history.pop(purchase.id, None)
    return settle_due(work, member, book, version, purchase, is_historical=waiting.is_historical)
