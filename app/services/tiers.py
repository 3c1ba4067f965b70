"""A member's tier: held as of a purchase, risen by it, fallen at the evaluations that lie behind (RULES 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.events import EventType
from app.domain.localtime import add_months, local_day, period_key
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase
from app.domain.standing import Outcome
from app.domain.tiers import Measured, TierChange, corrections, evaluations, late_rises, tier_held
from app.models.purchase import Outcome as OutcomeRow
from app.models.purchase import Purchase as PurchaseRow
from app.services.earning_facts import note
from app.services.earning_work import MemberWork, Work
from app.services.passbook import Passbook

_MEASURING = ("purchase_id", "occurred_at", "order_id", "local_day", "adds", "recorded_at")
_END_OF_TIME = (datetime.max.replace(tzinfo=UTC), "")


def held_tier(work: Work, member: MemberWork, version: ProgramVersion, purchase: Purchase) -> str | None:
    """The tier held just before a purchase; falls that were due by then are recorded first."""
    book = member.books.get(version.program_id)
    if book is None or not (changes := member.tier_changes.get(book.id)):
        return None
    evaluate_tier(work, member, book, version, until=purchase.occurred_at)
    return tier_held(changes, version.terms, purchase.key)


def note_rise(
    work: Work,
    member: MemberWork,
    book: Passbook,
    version: ProgramVersion,
    purchase: Purchase,
    outcome: Outcome,
    *,
    is_historical: bool,
) -> None:
    """Record the rise that a purchase caused, or those that a late one moved to earlier instants."""
    if version.rule_type != "TIER_BASED" or not outcome.adds:
        return
    changes = member.tier_changes.setdefault(book.id, [])
    if outcome.state is not None:
        found = [TierChange(book.tier, outcome.tier, "automatic", *purchase.key)] if outcome.tier else []
    else:
        found = late_rises(version.terms, _measured_by_now(member, book), changes)
    for change in found:
        _record(work, member, book, version, change, purchase, is_historical=is_historical)


def rise_by_history(work: Work, member: MemberWork, book: Passbook, version: ProgramVersion) -> None:
    """Record the rises that everything counted by now adds up to, where a history has grown all at once."""
    changes = member.tier_changes.setdefault(book.id, [])
    for change in late_rises(version.terms, _measured_by_now(member, book), changes):
        _record(work, member, book, version, change, None, is_historical=True)


def lift_to(
    work: Work,
    member: MemberWork,
    book: Passbook,
    version: ProgramVersion,
    tier: str,
    *,
    reason: str = "special_event",
    is_historical: bool = True,
) -> None:
    """Give a tier by an event of its own, where the member holds a lower one or none."""
    names = [each.name for each in version.config.tiers]  # type: ignore[attr-defined]
    if tier not in names or (book.tier in names and names.index(book.tier) >= names.index(tier)):
        return
    member.tier_changes.setdefault(book.id, [])
    change = TierChange(book.tier, tier, reason, work.now, "")
    _record(work, member, book, version, change, None, is_historical=is_historical)


def evaluate_tier(
    work: Work,
    member: MemberWork,
    book: Passbook,
    version: ProgramVersion,
    *,
    until: datetime,
    is_historical: bool = True,
) -> None:
    """Bring the history up to an instant: falls that were due by then, and those that late purchases undid."""
    changes = member.tier_changes.get(book.id)
    if not version.terms.can_fall or not changes:
        return
    since = book.tier_evaluated_until or min(change.effective_at for change in changes)
    if until <= since or not _may_have_fallen(version, since, until):
        return
    falls = evaluations(
        version.terms, changes, measured_in(work, book), purchase_times(work, member.id), until, version.zone
    )
    for change in corrections(changes, falls):
        _record(work, member, book, version, change, None, is_historical=is_historical)
    book.tier_evaluated_until, book.is_changed = until, True


def purchase_times(work: Work, member_id: UUID) -> list[datetime]:
    """When a member bought anything at all: what inactivity is reckoned by."""
    if member_id in work.bought_at:
        return work.bought_at[member_id]
    return list(session().scalars(select(PurchaseRow.occurred_at).where(PurchaseRow.member_id == member_id)))


def read_ahead(work: Work, books: Sequence[Passbook]) -> None:
    """Read what the tiers of many enrollments are measured by, in two statements; their members are locked."""
    rows = session().execute(
        select(OutcomeRow.enrollment_id, *_measuring())
        .where(OutcomeRow.enrollment_id.in_([book.id for book in books]))
        .order_by(OutcomeRow.revision)
    )
    work.measured |= {book.id: [] for book in books}
    for enrollment_id, *measured in rows:
        work.measured[enrollment_id].append(tuple(measured))
    member_ids = {book.member_id for book in books}
    bought = session().execute(
        select(PurchaseRow.member_id, PurchaseRow.occurred_at).where(PurchaseRow.member_id.in_(member_ids))
    )
    work.bought_at |= {member_id: [] for member_id in member_ids}
    for member_id, occurred_at in bought:
        work.bought_at[member_id].append(occurred_at)


def _may_have_fallen(version: ProgramVersion, since: datetime, until: datetime) -> bool:
    """Whether the end of a grace period, or a long silence, can lie between two instants; cheap, for every purchase."""
    terms = version.terms
    first, last = (
        period_key(terms.evaluation_period, add_months(local_day(at, version.zone), -terms.grace_months))
        for at in (since, until)
    )
    return first != last or terms.inactivity_months is not None


def _measured_by_now(member: MemberWork, book: Passbook) -> list[Measured]:
    history = (member.history or {}).get(book.id, {}).values()
    return [Measured(each.occurred_at, each.order_id, each.local_day, each.adds) for _, each in history]


def measured_in(work: Work, book: Passbook) -> list[Measured]:
    """What counted in the enrollment, written or still in this batch, with when which refund changed it."""
    rows = list(work.measured[book.id]) if book.id in work.measured else _stored_measures(book)
    rows += [tuple(new[name] for name in _MEASURING) for new in work.outcomes if new["enrollment_id"] == book.id]
    found: dict[UUID, Measured] = {}
    for purchase_id, *key, adds, recorded_at in rows:
        if purchase_id in found:
            first = found[purchase_id]
            found[purchase_id] = replace(first, corrections=(*first.corrections, (recorded_at, adds)))
        else:
            found[purchase_id] = Measured(key[0], key[1], key[2], adds)
    return list(found.values())


def _stored_measures(book: Passbook) -> list[tuple[Any, ...]]:
    stored = select(*_measuring()).where(OutcomeRow.enrollment_id == book.id).order_by(OutcomeRow.revision)
    return [tuple(row) for row in session().execute(stored)]


def _measuring() -> list[Any]:
    return [getattr(OutcomeRow, name) for name in _MEASURING]


def _record(
    work: Work,
    member: MemberWork,
    book: Passbook,
    version: ProgramVersion,
    change: TierChange,
    purchase: Purchase | None,
    *,
    is_historical: bool,
) -> None:
    changes = member.tier_changes[book.id]
    changes.append(change)
    work.tier_rows.append(
        {
            "id": new_id(),
            "enrollment_id": book.id,
            "member_id": member.id,
            "program_id": book.program_id,
            "number": len(changes),
            "from_tier": change.from_tier,
            "to_tier": change.to_tier,
            "reason": change.reason,
            "effective_at": change.effective_at,
            "order_id": change.order_id,
            "purchase_id": purchase.id if purchase else None,
            "recorded_at": work.now,
        }
    )
    book.tier, book.is_changed = tier_held(changes, version.terms, _END_OF_TIME), True
    payload = {
        "programId": book.program_id,
        "from": change.from_tier,
        "to": change.to_tier,
        "reason": change.reason,
        "effectiveAt": change.effective_at,
    }
    note(work, member, EventType.MEMBER_TIER_CHANGED, payload, is_historical=is_historical)
