"""Drains the waiting purchases of one business in batches; one that fails is halved down to the member at fault."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from uuid import UUID

import structlog

from app.core.faults import fault
from app.core.unit_of_work import unit_of_work
from app.services import earning

_AT_ONCE = 2

_log = structlog.get_logger(__name__)


def drain(business_id: UUID) -> Generator[int, None, None]:
    """Settle everything that waits; yields the purchases settled after each batch, which is one transaction.

    Two batches at once: one reckons while the other waits for the database. Runs any number of times, also beside
    other processes: the members' row locks are the claims. Members whose purchase failed are left for a later run; an
    error of the database itself is raised.
    """
    failed: set[UUID] = set()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        running = {_start(pool, business_id, failed) for _ in range(_AT_ONCE)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for batch in done:
                settled = batch.result()
                if settled is not None:
                    running.add(_start(pool, business_id, failed))
                    yield settled


def _start(pool: ThreadPoolExecutor, business_id: UUID, failed: set[UUID]) -> Future[int | None]:
    """The thread works in a copy of this one's context: the application is the same, the scope will be its own."""
    return pool.submit(copy_context().run, _settle_batch, business_id, failed)


def _settle_batch(business_id: UUID, failed: set[UUID]) -> int | None:
    """One transaction; None when nothing was left to claim. Members who failed are added to ``failed``."""
    claimed: list[UUID] = []
    try:
        with unit_of_work(business_id):
            claimed = earning.claim_members(but=frozenset(failed))
            return (earning.settle_members(claimed) or None) if claimed else None
    except Exception as error:
        if fault(error):
            raise
        _log.warning("batch_failed", members=len(claimed), error=repr(error))
        return _isolate(business_id, claimed, failed, error)


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
                settled += earning.settle_members(earning.lock_again(half))
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
