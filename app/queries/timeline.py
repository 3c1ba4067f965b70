"""Reads a member's story, the latest first: purchases with what each program gave, and everything else that moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.core.unit_of_work import session
from app.domain.explain import sentence
from app.models.enrollment import Enrollment
from app.models.ledger import EntryNote, LedgerEntry
from app.models.location import Location
from app.models.member import Member
from app.models.message import Message
from app.models.program import Program, ProgramVersion
from app.models.purchase import Outcome, Purchase
from app.models.tier_history import TierHistory
from app.queries.paging import Slice, older_than, read_cursor, slice_of
from app.queries.statements import AnyRow

EVERYTHING, EARNED, REDEEMED = "everything", "earned", "redeemed"
TIER, MANUAL, MESSAGES, SYSTEM = "tier", "manual", "messages", "system"
_REDEEMING = ("redeem", "restore")
_MANUAL = ("adjust", "bonus", "transfer")


@dataclass(frozen=True, slots=True)
class OutcomePair:
    """What a purchase did in one program when it was first settled, and what is left of it after its corrections."""

    first: dict[str, Any]
    last: dict[str, Any]


def timeline_of(
    member_id: UUID,
    currency: str,
    enrollments: Iterable[Mapping[str, Any]],
    *,
    show: str | None = None,
    cursor: str | None = None,
    limit: int = 8,
) -> Slice:
    """Facts of one member, each {id, at, kind: purchase | entry | tier | message | joined, …}; at most five statements.

    ``enrollments`` are the member's own, of queries.enrollments. ``show`` narrows to EARNED (purchases), REDEEMED,
    TIER, MANUAL (entries by hand), MESSAGES or SYSTEM, or widens to EVERYTHING, which has the messages too. What was
    booked on accounts merged into this one is here as well. Amounts in points or minor units. No arithmetic is told of
    a member with a private multiplier (RULES 6). Raises UnknownCursor.
    """
    found = [fact for read in _sources(show) for fact in read(member_id, currency, cursor, limit + 1)]
    if show in (None, EVERYTHING, SYSTEM):
        found += _joined(enrollments, cursor)
    found.sort(key=lambda fact: (fact["at"], fact["id"]), reverse=True)
    facts = slice_of(found[: limit + 1], limit, at="at")
    _add_outcomes([fact for fact in facts.rows if fact["kind"] == "purchase"], member_id, currency)
    return facts


def _sources(show: str | None) -> Iterable[Any]:
    return _SOURCES.get(show or "", (_purchases, _entries, _tiers))


def _purchases(member_id: UUID, _currency: str, cursor: str | None, limit: int) -> list[dict[str, Any]]:
    latest = (
        select(
            Purchase.id,
            Purchase.occurred_at.label("at"),
            Purchase.source,
            Purchase.order_id,
            Purchase.kind.label("sale_kind"),
            Purchase.count,
            Purchase.amount_minor,
            Purchase.refunded_minor,
            Purchase.items,
            Purchase.status,
            Purchase.waiting,
            Purchase.is_dead,
            Purchase.recorded_by,
            Location.name.label("location_name"),
        )
        .outerjoin(Location, Location.id == Purchase.location_id)
        .where(Purchase.member_id == member_id, older_than(Purchase.occurred_at, Purchase.id, cursor))
        .order_by(Purchase.occurred_at.desc(), Purchase.id.desc())
        .limit(limit)
    )
    return [{**row._mapping, "kind": "purchase", "outcomes": []} for row in session().execute(latest)]


def _entries(member_id: UUID, currency: str, cursor: str | None, limit: int) -> list[dict[str, Any]]:
    """Everything in the ledger but earnings, which stand with their purchase."""
    return _ledger(member_id, currency, cursor, limit, LedgerEntry.kind != "earn")


def _other_entries(member_id: UUID, currency: str, cursor: str | None, limit: int) -> list[dict[str, Any]]:
    return _ledger(member_id, currency, cursor, limit, LedgerEntry.kind.not_in(("earn", *_REDEEMING, *_MANUAL)))


def _manual(member_id: UUID, currency: str, cursor: str | None, limit: int) -> list[dict[str, Any]]:
    return _ledger(member_id, currency, cursor, limit, LedgerEntry.kind.in_(_MANUAL))


def _redeeming(member_id: UUID, currency: str, cursor: str | None, limit: int) -> list[dict[str, Any]]:
    return _ledger(member_id, currency, cursor, limit, LedgerEntry.kind.in_(_REDEEMING))


def _ledger(member_id: UUID, currency: str, cursor: str | None, limit: int, which: Any) -> list[dict[str, Any]]:
    latest = (
        select(LedgerEntry, Program.name, EntryNote.note, Member.private_multiplier, _is_undone().label("is_undone"))
        .join(Program, Program.id == LedgerEntry.program_id)
        .join(Member, Member.id == LedgerEntry.member_id)
        .outerjoin(EntryNote, EntryNote.entry_id == LedgerEntry.id)
        .where(_booked_for(member_id), which, older_than(LedgerEntry.occurred_at, LedgerEntry.id, cursor))
        .order_by(LedgerEntry.occurred_at.desc(), LedgerEntry.id.desc())
        .limit(limit)
    )
    return [_entry(row, currency) for row in session().execute(latest)]


def _booked_for(member_id: UUID) -> ColumnElement[bool]:
    """Entries of the member, and of accounts merged into theirs save what was carried over from there.

    The accounts are looked up first: beside a subselect, PostgreSQL would walk every entry of the business.
    """
    former = list(session().scalars(select(Member.id).where(Member.merged_into == member_id)))
    own = LedgerEntry.member_id == member_id
    if not former:
        return own
    return or_(own, and_(LedgerEntry.member_id.in_(former), LedgerEntry.kind != "transfer"))


def _is_undone() -> ColumnElement[bool]:
    undoing = aliased(LedgerEntry)
    return exists().where(undoing.reverses_entry_id == LedgerEntry.id, undoing.business_id == LedgerEntry.business_id)


def _entry(row: AnyRow, currency: str) -> dict[str, Any]:
    entry = row.LedgerEntry
    return {
        "id": entry.id,
        "at": entry.occurred_at,
        "kind": "entry",
        "entry_kind": entry.kind,
        "is_by_hand": entry.source_key.startswith("adjust:"),
        "is_undone": row.is_undone,
        "unit": entry.unit,
        "amount": entry.amount,
        "balance_after": entry.balance_after,
        "program_name": row.name,
        "note": row.note,
        "explanation": sentence(entry.trace, currency, hide_arithmetic=row.private_multiplier is not None),
    }


def _tiers(member_id: UUID, _currency: str, cursor: str | None, limit: int) -> list[dict[str, Any]]:
    mine = select(Enrollment.id).where(Enrollment.member_id == member_id)
    latest = (
        select(
            TierHistory.id,
            TierHistory.effective_at.label("at"),
            TierHistory.from_tier,
            TierHistory.to_tier,
            TierHistory.reason,
            Program.name.label("program_name"),
        )
        .join(Program, Program.id == TierHistory.program_id)
        .where(TierHistory.enrollment_id.in_(mine), older_than(TierHistory.effective_at, TierHistory.id, cursor))
        .order_by(TierHistory.effective_at.desc(), TierHistory.id.desc())
        .limit(limit)
    )
    return [{**row._mapping, "kind": "tier"} for row in session().execute(latest)]


def _messages(member_id: UUID, _currency: str, cursor: str | None, limit: int) -> list[dict[str, Any]]:
    """Mails to the member, sent or on their way."""
    latest = (
        select(
            Message.id,
            Message.created_at.label("at"),
            Message.kind.label("message_kind"),
            Message.state,
            Message.sent_at,
        )
        .where(Message.member_id == member_id, older_than(Message.created_at, Message.id, cursor))
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(limit)
    )
    return [{**row._mapping, "kind": "message"} for row in session().execute(latest)]


_SOURCES: dict[str, Iterable[Any]] = {
    EVERYTHING: (_purchases, _entries, _tiers, _messages),
    EARNED: (_purchases,),
    REDEEMED: (_redeeming,),
    TIER: (_tiers,),
    MANUAL: (_manual,),
    MESSAGES: (_messages,),
    SYSTEM: (_other_entries,),
}


def _joined(enrollments: Iterable[Mapping[str, Any]], cursor: str | None) -> list[dict[str, Any]]:
    """When the member joined each program, as far as it is older than the cursor."""
    facts = [
        {"id": one["id"], "at": one["joinedAt"], "kind": "joined", "program_name": one["programName"]}
        for one in enrollments
    ]
    before = read_cursor(cursor) if cursor else None
    return [fact for fact in facts if before is None or (fact["at"], fact["id"]) < before]


def _add_outcomes(purchases: Collection[dict[str, Any]], member_id: UUID, currency: str) -> None:
    """Give each purchase its outcomes in the order of the programs' creation; one statement."""
    if not purchases:
        return
    every = (
        select(Outcome, ProgramVersion.number, Program.name, Program.rule_type, Member.private_multiplier)
        .join(ProgramVersion, ProgramVersion.id == Outcome.version_id)
        .join(Program, Program.id == Outcome.program_id)
        .join(Member, Member.id == Outcome.member_id)
        .where(Outcome.purchase_id.in_([purchase["id"] for purchase in purchases]), Outcome.member_id == member_id)
        .order_by(Program.created_at, Program.id, Outcome.revision)
    )
    pairs: dict[UUID, dict[UUID, list[dict[str, Any]]]] = {}
    for row in session().execute(every):
        by_program = pairs.setdefault(row.Outcome.purchase_id, {})
        by_program.setdefault(row.Outcome.program_id, []).append(_outcome(row, currency))
    for purchase in purchases:
        purchase["outcomes"] = _pairs(pairs.get(purchase["id"], {}))


def _pairs(by_program: Mapping[UUID, list[dict[str, Any]]]) -> list[OutcomePair]:
    return [OutcomePair(revisions[0], revisions[-1]) for revisions in by_program.values()]


def _outcome(row: AnyRow, currency: str) -> dict[str, Any]:
    outcome = row.Outcome
    return {
        "programId": outcome.program_id,
        "programName": row.name,
        "programVersion": row.number,
        "ruleType": row.rule_type,
        "points": outcome.points,
        "punches": outcome.punches,
        "stamps": outcome.stamps,
        "visits": outcome.visits,
        "cashback": outcome.cashback_minor,
        "vouchers": outcome.vouchers,
        "tier": outcome.tier,
        "code": outcome.code,
        "explanation": sentence(outcome.trace, currency, hide_arithmetic=row.private_multiplier is not None),
    }
