"""Drains the waiting purchases of one business in batches; one that fails is halved down to the member at fault."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog

from app.core.faults import fault
from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import due, earning

_log = structlog.get_logger(__name__)


@job(opens="nothing", due="earning")
def settle_purchases(business_id: UUID) -> None:
    """Settle everything that waits. Runs any number of times, also at once: the members' row locks are the claims."""
    failed: set[UUID] = set()
    while _settle_batch(business_id, failed):
        pass
    with unit_of_work(business_id):
        if earning.has_waiting():
            due.leave("earning")


def _settle_batch(business_id: UUID, failed: set[UUID]) -> bool:
    """One transaction; False when nothing was left to claim. Members who failed are added to ``failed``."""
    claimed: list[UUID] = []
    try:
        with unit_of_work(business_id):
            claimed = earning.claim_members(but=failed)
            return bool(claimed) and earning.settle_members(claimed) > 0
    except Exception as error:
        if fault(error):
            raise
        _log.warning("batch_failed", members=len(claimed), error=repr(error))
        _isolate(business_id, claimed, failed, error)
        return True


def _isolate(business_id: UUID, members: Sequence[UUID], failed: set[UUID], error: Exception) -> None:
    """Settle the two halves of a failed batch apart; of a single member, count the attempt."""
    if len(members) <= 1:
        _count_attempts(business_id, members, failed, error)
        return
    middle = len(members) // 2
    for half in (members[:middle], members[middle:]):
        try:
            with unit_of_work(business_id):
                earning.settle_members(earning.lock_again(half))
        except Exception as half_error:
            if fault(half_error):
                raise
            _isolate(business_id, half, failed, half_error)


def _count_attempts(business_id: UUID, members: Sequence[UUID], failed: set[UUID], error: Exception) -> None:
    failed.update(members)
    reason = repr(error.__cause__ or error)
    for member_id in members:
        with unit_of_work(business_id):
            is_last = earning.count_attempt(member_id, getattr(error, "purchase_id", None), reason)
        if is_last:
            failed.discard(member_id)
            _log.error("purchase_dead", member_id=str(member_id), reason=reason)
