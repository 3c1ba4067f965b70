"""What one settling transaction works on: members under their locks, with all that their waiting purchases need."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from app.core import clock
from app.core.hot_statements import fetch
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.program import ProgramVersion
from app.domain.purchase import Item, Purchase
from app.domain.rule_type import Counted
from app.domain.tiers import TierChange
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.purchase import Correction
from app.models.purchase import Purchase as PurchaseRow
from app.models.tier_history import TierHistory
from app.queries.live_versions import LiveVersions, live_versions
from app.queries.statements import AnySelect, among
from app.services.ledger import Journal
from app.services.member_locks import lock_members_by_id
from app.services.passbook import COLUMNS, Passbook

PURCHASES_AT_ONCE = 1_000
"""The first so many of a batch in the members' order: what is left of them waits for the next batch."""

STATS = ("enrollments", "redemptions", "vouchers_issued", "issued", "outstanding", "expired")
"""The figures of a program that a batch may change (models.program_stats)."""

History = dict[UUID, tuple[ProgramVersion, Counted]]
"""Purchase id -> what it counts in one enrollment, under its own version."""


@dataclass(slots=True)
class WaitingPurchase:
    """A purchase row with work to do: its first settling, its open corrections, or both."""

    purchase: Purchase
    member_id: UUID
    status: str
    revision: int
    settled_revision: int | None
    is_historical: bool
    staff_id: UUID | None
    corrections: list[Any] = field(default_factory=list)

    @property
    def moves_between(self) -> set[UUID]:
        """The members whom open moves take the purchase from or give it to."""
        moves = [each for each in self.corrections if each.kind == "move" and not each.settled_at]
        return {member_id for move in moves for member_id in (move.from_member_id, move.to_member_id)}


@dataclass(slots=True)
class MemberWork:
    """One locked member.

    ``history`` (enrollment id -> what counted) and ``due_by`` (enrollment id -> purchase id -> vouchers that stand for
    it) are None while nothing of theirs came late or is being corrected.
    """

    id: UUID
    status: str
    private_multiplier: Decimal | None
    joined_at: datetime
    event_sequence: int
    last_purchase_at: datetime | None
    purchases: list[WaitingPurchase] = field(default_factory=list)
    books: dict[UUID, Passbook] = field(default_factory=dict)
    tier_changes: dict[UUID, list[TierChange]] = field(default_factory=dict)
    history: dict[UUID, History] | None = None
    due_by: dict[UUID, dict[UUID, int]] | None = None

    @property
    def has_tiers(self) -> bool:
        """Whether a settling may need their tiers though no program with tiers is live."""
        return any(each.corrections for each in self.purchases) or any(book.tier for book in self.books.values())

    @property
    def comes_late(self) -> bool:
        """Whether a purchase has to be put before one that was counted already, or corrected."""
        return any(
            waiting.settled_revision is not None
            or waiting.corrections
            or any(book.has_counted_past(*waiting.purchase.key) for book in self.books.values())
            for waiting in self.purchases
        )


@dataclass(slots=True)
class Origin:
    """The credit of one purchase in one enrollment, and what became of it: the refund's starting point."""

    entry_id: UUID
    lot_id: UUID
    granted: int
    reversed: int = 0
    expired: int = 0


@dataclass(slots=True)
class Work:
    """One batch of one business, and everything that it will write.

    ``granted`` holds the newest outcome of corrected purchases by (purchase, program, member), ``origins`` their
    credits by (purchase, enrollment). ``measured`` and ``bought_at`` hold what was read ahead for tiers, by enrollment
    and by member.
    """

    now: datetime
    members: dict[UUID, MemberWork]
    live: LiveVersions
    journal: Journal
    newest: dict[UUID, ProgramVersion] = field(default_factory=dict)
    budget_used: dict[tuple[UUID, str], int] = field(default_factory=dict)
    cap_used: dict[tuple[UUID, UUID], Counter[tuple[str, str]]] = field(default_factory=dict)
    granted: dict[tuple[UUID, UUID, UUID], Any] = field(default_factory=dict)
    origins: dict[tuple[UUID, UUID], Origin] = field(default_factory=dict)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    vouchers: list[dict[str, Any]] = field(default_factory=list)
    tier_rows: list[dict[str, Any]] = field(default_factory=list)
    facts: list[Any] = field(default_factory=list)
    stats: dict[UUID, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    measured: dict[UUID, list[tuple[Any, ...]]] = field(default_factory=dict)
    bought_at: dict[UUID, list[datetime]] = field(default_factory=dict)

    @property
    def books(self) -> Iterable[Passbook]:
        """Every enrollment in the batch."""
        return (book for member in self.members.values() for book in member.books.values())

    def stats_rows(self) -> list[dict[str, Any]]:
        """One row a program: what this batch changed in its kept figures, and how many earned under which version."""
        earned = self._earned()
        return [
            {
                "id": new_id(),
                "program_id": program_id,
                "earned": earned.get(program_id, {}),
                **{name: self.stats[program_id][name] for name in STATS},
            }
            for program_id in {**self.stats, **earned}
        ]

    def _earned(self) -> dict[UUID, Counter[str]]:
        """First outcomes that granted something, by program and by the id of the version."""
        found: dict[UUID, Counter[str]] = defaultdict(Counter)
        for row in self.outcomes:
            if row["code"] is None and not row["revision"]:
                found[row["program_id"]][str(row["version_id"])] += 1
        return found


class SettlingFailed(Exception):
    """One purchase could not be settled; the cause is the exception behind it."""

    def __init__(self, purchase_id: UUID) -> None:
        self.purchase_id = purchase_id
        super().__init__(f"purchase {purchase_id} could not be settled")


_MEMBERS = select(
    Member.id,
    Member.status,
    Member.private_multiplier,
    Member.joined_at,
    Member.event_sequence,
    Member.last_purchase_at,
).where(among(Member.id, "ids"))
_PURCHASES: AnySelect = (
    select(
        PurchaseRow.id,
        PurchaseRow.kind,
        PurchaseRow.count,
        PurchaseRow.amount_minor,
        PurchaseRow.items,
        PurchaseRow.occurred_at,
        PurchaseRow.order_id,
        PurchaseRow.location_id,
        PurchaseRow.member_id,
        PurchaseRow.status,
        PurchaseRow.revision,
        PurchaseRow.settled_revision,
        PurchaseRow.is_historical,
        PurchaseRow.staff_id,
    )
    .where(PurchaseRow.waiting, among(PurchaseRow.member_id, "ids"))
    .order_by(PurchaseRow.occurred_at, PurchaseRow.order_id)
    .limit(bindparam("limit"))
)
_BOOKS: AnySelect = select(*(getattr(Enrollment, name) for name in COLUMNS)).where(among(Enrollment.member_id, "ids"))
_TIER_CHANGES = (
    select(
        TierHistory.member_id,
        TierHistory.enrollment_id,
        TierHistory.from_tier,
        TierHistory.to_tier,
        TierHistory.reason,
        TierHistory.effective_at,
        TierHistory.order_id,
    )
    .where(among(TierHistory.member_id, "ids"))
    .order_by(TierHistory.enrollment_id, TierHistory.number)
)


def loaded_work(member_ids: Sequence[UUID], *, all_tiers: bool = True) -> Work:
    """Load what the waiting purchases of these members need; the caller holds their locks.

    A purchase that moves to one of them also needs the lock of the member it leaves; where that is not to be had now,
    its new member is left out and settles at the next ring. Without ``all_tiers`` tier histories are loaded only where
    a live program, a tier that is held or a correction may need them.
    """
    waiting = _waiting_purchases(member_ids)
    now = clock.now()  # read after them: no purchase of this moment may seem to lie ahead
    others = {other for each in waiting for other in each.moves_between}.difference(member_ids)
    locked = {*member_ids, *lock_members_by_id(others)}
    stuck = {each.member_id for each in waiting if not each.moves_between <= locked}
    members = _members([member_id for member_id in locked if member_id not in stuck])
    for each in waiting:
        if each.member_id in members:
            members[each.member_id].purchases.append(each)
    _load_books(members)
    occurred = [each.purchase.occurred_at for each in waiting] or [now]
    live = live_versions(min(occurred), max(occurred))
    is_tiered = all_tiers or any(version.rule_type == "TIER_BASED" for version in live.versions)
    _load_tier_changes(members, [each.id for each in members.values() if is_tiered or each.has_tiers])
    return Work(now, members, live, Journal(now))


def _waiting_purchases(member_ids: Sequence[UUID]) -> list[WaitingPurchase]:
    rows = fetch(_PURCHASES, {"ids": list(member_ids), "limit": PURCHASES_AT_ONCE})
    found = [WaitingPurchase(_purchase(row[:8]), *row[8:]) for row in rows]
    _load_corrections([each for each in found if each.revision])
    return sorted(found, key=lambda each: each.purchase.key)


def _purchase(row: Sequence[Any]) -> Purchase:
    purchase_id, kind, count, amount_minor, items, occurred_at, order_id, location_id = row
    try:
        basket = tuple(Item(item[0], Fraction(item[1]), int(item[2])) for item in items)
    except Exception as error:
        raise SettlingFailed(purchase_id) from error
    return Purchase(purchase_id, kind, count, amount_minor, basket, occurred_at, order_id, location_id)


def _load_corrections(corrected: Sequence[WaitingPurchase]) -> None:
    """All corrections of these purchases: settled ones too, since a refund is reckoned with those before it."""
    if not corrected:
        return
    by_id = {each.purchase.id: each for each in corrected}
    rows = session().execute(
        select(
            Correction.id,
            Correction.purchase_id,
            Correction.revision,
            Correction.kind,
            Correction.amount_minor,
            Correction.items,
            Correction.reason,
            Correction.from_member_id,
            Correction.to_member_id,
            Correction.settled_at,
        )
        .where(Correction.purchase_id.in_(list(by_id)))
        .order_by(Correction.revision)
    )
    for row in rows:
        by_id[row.purchase_id].corrections.append(row)


def _members(ids: Sequence[UUID]) -> dict[UUID, MemberWork]:
    return {row.id: MemberWork(*row) for row in fetch(_MEMBERS, {"ids": list(ids)})}


def _load_books(members: Mapping[UUID, MemberWork]) -> None:
    for row in fetch(_BOOKS, {"ids": list(members)}):
        book = Passbook(*row)
        members[book.member_id].books[book.program_id] = book


def _load_tier_changes(members: Mapping[UUID, MemberWork], ids: Sequence[UUID]) -> None:
    for row in fetch(_TIER_CHANGES, {"ids": ids}) if ids else ():
        members[row.member_id].tier_changes.setdefault(row.enrollment_id, []).append(TierChange(*row[2:]))
