"""The story of earning: what waits is settled by member, in batches, each batch one transaction (RULES 2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, bindparam, func, not_, select, update

from app.core.bulk import insert_rows, together, update_rows
from app.core.hot_statements import fetch, run
from app.core.unit_of_work import session
from app.models.member import Member
from app.models.program_stats import ProgramStatsDelta
from app.models.purchase import Correction, Outcome, Purchase
from app.models.tier_history import TierHistory
from app.models.voucher import Voucher
from app.queries.statements import among
from app.services import due, outbox, program_stats
from app.services.budgets import write_budgets
from app.services.correcting import correct
from app.services.dead_letter_box import bury
from app.services.earning_context import load_context
from app.services.earning_work import MemberWork, SettlingFailed, WaitingPurchase, Work, loaded_work
from app.services.granting import grant
from app.services.member_locks import LOCKED

MEMBERS_AT_ONCE = 200
LAST_ATTEMPT = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """Members whom this transaction has locked; ``purchases`` is how many wait in all, None when it is not known."""

    members: list[UUID]
    purchases: int | None


def claim_members(limit: int = MEMBERS_AT_ONCE, *, but: Collection[UUID] = ()) -> Claim:
    """Lock up to ``limit`` members who have waiting purchases, oldest first; the lock is the claim, no lease needed.

    Looks at four times as many purchases, so that a second worker finds members whom the first has not locked.
    """
    rows = fetch(_CLAIMED, {"but": list(but), "most": limit * 4, "limit": limit})
    waiting = rows[0].waiting if rows else int(has_waiting())
    is_all = waiting < limit * 4 and not but
    return Claim([row.id for row in rows], waiting if is_all else None)


def settle_members(member_ids: Sequence[UUID]) -> int:
    """Settle everything that waits of these locked members; returns how many purchases.

    All or nothing: raises SettlingFailed naming the purchase that could not be settled. Exactly once: the waiting
    flag is read under the lock and cleared with the effects, and each grant's business key is unique.
    """
    work = loaded_work(member_ids, all_tiers=False)
    load_context(work)
    for member in work.members.values():
        for waiting in member.purchases:
            _settle(work, member, waiting)
    write_work(work)
    settled = [waiting for member in work.members.values() for waiting in member.purchases]
    _close(settled, work.now)
    return len(settled)


def count_attempt(member_id: UUID, purchase_id: UUID | None, reason: str) -> bool:
    """Count a failed try against one purchase (the member's oldest waiting one when unknown); True if it was its last.

    After five tries it goes to the dead-letter list and no longer holds back the member's later purchases.
    """
    oldest = select(Purchase).where(Purchase.member_id == member_id, Purchase.waiting)
    if purchase_id:
        oldest = oldest.where(Purchase.id == purchase_id)
    purchase = (
        session().scalars(oldest.order_by(Purchase.occurred_at, Purchase.order_id).limit(1).with_for_update()).first()
    )
    if purchase is None:
        return False
    purchase.attempts += 1
    if purchase.attempts < LAST_ATTEMPT:
        return False
    purchase.waiting, purchase.is_dead = False, True
    bury("purchase", purchase.id, reason, purchase.attempts)
    return True


def retry_dead_purchase(purchase_id: UUID) -> None:
    """Let a dead-lettered purchase try again from the start."""
    session().execute(
        update(Purchase)
        .where(Purchase.id == purchase_id, Purchase.is_dead)
        .values(is_dead=False, waiting=True, attempts=0)
    )
    due.announce("earning", queue="earning", job="earning.settle_purchases")


def has_waiting() -> bool:
    """Whether any purchase of the business in scope waits."""
    return session().scalar(select(Purchase.id).where(Purchase.waiting).limit(1)) is not None


def _settle(work: Work, member: MemberWork, waiting: WaitingPurchase) -> None:
    try:
        if waiting.settled_revision is None:
            grant(work, member, waiting, waiting.purchase, revision=0)
        for correction in waiting.corrections:
            if correction.settled_at is None:
                correct(work, member, waiting, correction)
    except Exception as error:
        raise SettlingFailed(waiting.purchase.id) from error


def write_work(work: Work) -> None:
    """Write everything that a batch has collected; purchases that wait go on waiting for who settles them."""
    with together():
        work.journal.write(work.books)
        insert_rows(Outcome, work.outcomes)
        insert_rows(Voucher, work.vouchers)
        insert_rows(TierHistory, work.tier_rows)
        write_budgets(work)
        if stats := work.stats_rows():
            insert_rows(ProgramStatsDelta, stats)
            program_stats.announce_deltas()
        outbox.record_all(work.facts)
    update_rows(Member, [_member_row(member) for member in work.members.values()], set_=_MEMBER_FIGURES)


def _close(settled: Sequence[WaitingPurchase], now: datetime) -> None:
    """Take the waiting flag off, unless a correction was asked for in the meantime (it locks the purchase alone)."""
    by_revision: dict[int, list[UUID]] = {}
    for waiting in settled:
        by_revision.setdefault(waiting.revision, []).append(waiting.purchase.id)
    for revision, ids in by_revision.items():
        run(_CLOSED, {"settled": ids, "of_revision": revision, "at": now})
    done = [each.id for waiting in settled for each in waiting.corrections if each.settled_at is None]
    if done:
        session().execute(update(Correction).where(Correction.id.in_(done)).values(settled_at=now))


_WAITING = (
    select(Purchase.member_id)
    .where(Purchase.waiting, not_(among(Purchase.member_id, "but")))
    .order_by(Purchase.id)
    .limit(bindparam("most"))
    .cte("oldest")
)
_CLAIMED = LOCKED.add_columns(select(func.count()).select_from(_WAITING).scalar_subquery().label("waiting")).where(
    Member.id == any_(func.array(select(_WAITING.c.member_id).scalar_subquery()))
)
_CLOSED = (
    update(Purchase)
    .where(among(Purchase.id, "settled"))
    .values(
        settled_revision=bindparam("of_revision"),
        waiting=Purchase.revision != bindparam("of_revision"),
        processed_at=bindparam("at"),
    )
)
_MEMBER_FIGURES = ("status", "event_sequence", "last_purchase_at")


def _member_row(member: MemberWork) -> dict[str, object]:
    return {
        "id": member.id,
        "status": member.status,
        "event_sequence": member.event_sequence,
        "last_purchase_at": member.last_purchase_at,
    }
