"""Settles a purchase for the first time: asks the engine, then posts, counts, issues and promotes (RULES 2 and 3)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from app.domain.boosts import NONE, Multipliers
from app.domain.earning import settle
from app.domain.events import EventType
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase
from app.domain.segments import built_in_segments
from app.domain.standing import MemberFacts, Outcome
from app.services.budgets import budget_left, use_budget
from app.services.caps import use_caps
from app.services.counting import count, standing_of
from app.services.earning_facts import note
from app.services.earning_work import MemberWork, Origin, WaitingPurchase, Work
from app.services.ledger import Posting
from app.services.passbook import Passbook
from app.services.tiers import held_tier, note_rise

BEFORE_ENROLLMENT = frozenset(
    {
        "zero_amount",
        "member_not_active",
        "program_not_live",
        "location_not_participating",
        "blackout_date",
        "outside_recurrence",
        "segment_not_targeted",
        "not_enrolled",
    }
)
"""The gates of RULES 2 up to enrolment: a purchase that passes them enrols its member automatically."""

UNITS = {"points": "points", "cashback": "money"}


def grant(work: Work, member: MemberWork, waiting: WaitingPurchase, purchase: Purchase, *, revision: int) -> None:
    """Evaluate one purchase against every program that was live when it occurred, and do what it earned.

    Business key of each grant: (purchase, program, revision).
    """
    versions = work.live.at(purchase.occurred_at)
    _awaken(member, purchase)
    outcomes = settle(
        purchase,
        versions,
        _facts(work, member),
        {version.program_id: standing_of(work, member, version, purchase) for version in versions},
        {v.program_id: held_tier(work, member, v, purchase) for v in versions if v.rule_type == "TIER_BASED"},
        budget_left(work, versions, purchase),
    )
    by_program = {version.program_id: version for version in versions}
    for outcome in outcomes:
        _apply(work, member, waiting, purchase, revision, by_program[outcome.program_id], outcome)
    payload = {"purchaseId": purchase.id, "orderId": purchase.order_id, "outcomes": [_summary(o) for o in outcomes]}
    note(work, member, EventType.PURCHASE_PROCESSED, payload, is_historical=waiting.is_historical)


def keep_outcome(work: Work, waiting: WaitingPurchase, row: dict[str, Any]) -> None:
    """Write the row with the batch, and remember it when a correction of this purchase follows."""
    work.outcomes.append(row)
    if waiting.corrections:
        work.granted[row["purchase_id"], row["program_id"], row["member_id"]] = SimpleNamespace(**row)


def outcome_row(
    work: Work,
    member: MemberWork,
    book: Passbook | None,
    purchase: Purchase,
    revision: int,
    outcome: Outcome,
) -> dict[str, Any]:
    """The row that keeps an outcome; its ``rewards`` are the vouchers that were issued by it."""
    return {
        "purchase_id": purchase.id,
        "program_id": outcome.program_id,
        "revision": revision,
        "member_id": member.id,
        "enrollment_id": book.id if book else None,
        "version_id": outcome.version_id,
        "code": outcome.code,
        "adds": outcome.adds,
        "points": outcome.points,
        "computed": outcome.computed,
        "punches": outcome.punches,
        "stamps": outcome.stamps,
        "visits": outcome.visits,
        "cashback_minor": outcome.cashback_minor,
        "vouchers": outcome.rewards,
        "tier": outcome.tier,
        "multipliers": outcome.multipliers,
        "trace": outcome.trace,
        "occurred_at": purchase.occurred_at,
        "order_id": purchase.order_id,
        "local_day": outcome.local_day,
        "recorded_at": work.now,
    }


def _apply(
    work: Work,
    member: MemberWork,
    waiting: WaitingPurchase,
    purchase: Purchase,
    revision: int,
    version: ProgramVersion,
    outcome: Outcome,
) -> None:
    book = member.books.get(version.program_id)
    if book is None and outcome.code not in BEFORE_ENROLLMENT:
        book = _enroll(work, member, version, purchase, is_historical=waiting.is_historical)
    if book:
        _post(work, member, waiting, purchase, revision, version, outcome, book)
        outcome.rewards = count(work, member, book, version, purchase, outcome, is_historical=waiting.is_historical)
        note_rise(work, member, book, version, purchase, outcome, is_historical=waiting.is_historical)
        if outcome.adds or outcome.points or outcome.cashback_minor:
            book.last_active_at = max(book.last_active_at or purchase.occurred_at, purchase.occurred_at)
            book.is_changed = True
    use_budget(work, version, outcome)
    use_caps(work, member, version, outcome)
    keep_outcome(work, waiting, outcome_row(work, member, book, purchase, revision, outcome))


def _post(
    work: Work,
    member: MemberWork,
    waiting: WaitingPurchase,
    purchase: Purchase,
    revision: int,
    version: ProgramVersion,
    outcome: Outcome,
    book: Passbook,
) -> None:
    """Credit points, or cashback, which stays pending until it is paid out."""
    amount = outcome.points or outcome.cashback_minor
    if not amount:
        return
    is_money = outcome.cashback_minor > 0
    available_at = None if is_money else outcome.available_at
    entry_id = work.journal.credit(
        book,
        Posting(
            "earn",
            f"purchase:{purchase.id}:{revision}",
            purchase.occurred_at,
            version_id=version.id,
            purchase_id=purchase.id,
            staff_id=waiting.staff_id,
            location_id=purchase.location_id,
            trace=outcome.trace,
        ),
        amount,
        is_pending=is_money or (available_at is not None and available_at > work.now),
        available_at=available_at,
        expires_at=None if is_money else outcome.expires_at,
    )
    if waiting.corrections:
        work.origins[purchase.id, book.id] = Origin(entry_id, next(reversed(book.lots)), amount)
    work.stats[version.program_id].update(issued=amount, outstanding=amount)
    if not is_money:
        payload = {"programId": version.program_id, "purchaseId": purchase.id, "points": amount}
        note(work, member, EventType.POINTS_EARNED, payload, is_historical=waiting.is_historical)


def _enroll(
    work: Work, member: MemberWork, version: ProgramVersion, purchase: Purchase, *, is_historical: bool
) -> Passbook:
    book = Passbook.opened(member.id, version.program_id, UNITS.get(version.rule.YIELDS), purchase.occurred_at)
    member.books[version.program_id] = book
    if member.history is not None and member.due_by is not None:
        member.history[book.id], member.due_by[book.id] = {}, {}
    work.stats[version.program_id]["enrollments"] += 1
    payload = {"programId": version.program_id, "enrollmentId": book.id}
    note(work, member, EventType.MEMBER_ENROLLED, payload, is_historical=is_historical)
    return book


def _awaken(member: MemberWork, purchase: Purchase) -> None:
    """An inactive member becomes active by the purchase (RULES 2)."""
    if member.status == "inactive":
        member.status = "active"
    member.last_purchase_at = max(member.last_purchase_at or purchase.occurred_at, purchase.occurred_at)


def _facts(work: Work, member: MemberWork) -> MemberFacts:
    private = member.private_multiplier
    multipliers = Multipliers(private=private) if private else NONE
    return MemberFacts(member.status, built_in_segments(member.joined_at, work.now), multipliers)


def _summary(outcome: Outcome) -> dict[str, Any]:
    """What an event says of one program; never multipliers or arithmetic (RULES 6)."""
    said = {"programId": outcome.program_id, "code": outcome.code}
    granted = {"points": outcome.points, "punches": outcome.punches, "stamps": outcome.stamps}
    return said | {name: amount for name, amount in granted.items() if amount}
