"""Drains the waiting purchases of one business in batches; one that fails is halved down to the member at fault."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from uuid import UUID

import structlog

from app.core import failpoints
from app.core.faults import fault
from app.core.unit_of_work import unit_of_work
from app.services import due, earning
from app.services.member_locks import lock_members_by_id

_AT_ONCE = 2

_log = structlog.get_logger(__name__)


def settle_at_once(business_id: UUID) -> bool:
    """Settle one batch in this thread; True when nothing else had been waiting, as it mostly is with a sale at a till.

    Then the due rows are answered in the same transaction. False says nothing of what is left, also after an error:
    `drain` finds out.
    """
    try:
        with unit_of_work(business_id):
            due.answer("earning")
            claim = earning.claim_members()
            settled = earning.settle_members(claim.members) if claim.members else 0
            is_all = claim.purchases is not None and settled >= claim.purchases
            if not is_all:
                due.leave("earning")
            failpoints.reach("earning.written")
    except Exception as error:
        if fault(error):
            raise
        return False
    return is_all


def drain(business_id: UUID) -> Generator[int, None, None]:
    """Settle everything that waits; yields the purchases settled after each batch, which is one transaction.

    Two batches at once: one reckons while the other waits for the database. Runs any number of times, also beside
    other processes: the members' row locks are the claims. Members whose purchase failed are left for a later run; an
    error of the database itself is raised.
    """
    passed_over: set[UUID] = set()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        running = {_start(pool, business_id, passed_over) for _ in range(_AT_ONCE)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for batch in done:
                settled = batch.result()
                if settled is not None:
                    running.add(_start(pool, business_id, passed_over))
                    yield settled


def _start(pool: ThreadPoolExecutor, business_id: UUID, passed_over: set[UUID]) -> Future[int | None]:
    """The thread works in a copy of this one's context: the application is the same, the scope will be its own."""
    return pool.submit(copy_context().run, _settle_batch, business_id, passed_over)


def _settle_batch(business_id: UUID, passed_over: set[UUID]) -> int | None:
    """One transaction; None when nothing was left to claim.

    ``passed_over`` grows by the members whom this run leaves alone from now on: those whose purchase failed, and those
    who had nothing to settle under their locks (the other thread was there in between, or a move cannot go on yet).
    """
    claimed: list[UUID] = []
    try:
        with unit_of_work(business_id):
            claimed = earning.claim_members(but=frozenset(passed_over)).members
            if not claimed:
                return None
            settled = earning.settle_members(claimed)
            failpoints.reach("earning.written")
    except Exception as error:
        if fault(error):
            raise
        _log.warning("batch_failed", members=len(claimed), error=repr(error))
        return _isolate(business_id, claimed, passed_over, error)
    if not settled:
        passed_over.update(claimed)
    return settled


def _isolate(business_id: UUID, members: Sequence[UUID], failed: set[UUID], error: Exception) -> int:
    """Settle the two halves of a failed batch apart; of a single member, count the attempt."""
    if len(members) <= 1:
        _count_attempts(business_id, members, failed, error)
        return 0
    middle = len(members) // 2
    settled = 0
    for half in (members[:middle], members[middle:]):
        try:
            with unit_of_work(business_id):
                settled += earning.settle_members(lock_members_by_id(half))
        except Exception as half_error:
            if fault(half_error):
                raise
            settled += _isolate(business_id, half, failed, half_error)
    return settled


def _count_attempts(business_id: UUID, members: Sequence[UUID], failed: set[UUID], error: Exception) -> None:
    failed.update(members)
    reason = repr(error.__cause__ or error)
    for member_id in members:
        with unit_of_work(business_id):
            is_last = earning.count_attempt(member_id, getattr(error, "purchase_id", None), reason)
        if is_last:
            failed.discard(member_id)
            _log.error("purchase_dead", member_id=str(member_id), reason=reason)
