"""Goes on with the long work of one business."""

from __future__ import annotations

import time
from uuid import UUID

import structlog

from app.core.unit_of_work import unit_of_work
from app.jobs.runtime import job
from app.services import operation_kinds, operations
from app.services.operation_kinds import StepFailed

_MOST_SECONDS = 60.0
"""Well below the job's time limit, and so that one business's file lets the others have their turn."""

_log = structlog.get_logger("job")


@job(opens="nothing", due="operations")
def run_operations(business_id: UUID) -> None:
    """Step after step for a minute at most; what is left then is rung again, what failed is tried again."""
    deadline = time.monotonic() + _MOST_SECONDS
    is_over = False
    while not is_over and time.monotonic() < deadline:
        is_over = not _step(business_id)
    with unit_of_work(business_id):
        if operations.has_open():
            operations.announce()


def _step(business_id: UUID) -> bool:
    try:
        with unit_of_work(business_id):
            return operation_kinds.run_step()
    except StepFailed as failed:
        _log.warning("operation_step_failed", operation=str(failed.operation_id), exc_info=True)
        with unit_of_work(business_id):
            operation_kinds.count_failed_step(failed)
        return True
