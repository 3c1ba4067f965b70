"""Which service does a step of which kind of operation, and what follows when one ends before its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.domain.actor import Actor
from app.models.operation import Operation
from app.services import (
    audit,
    member_export_steps,
    member_import_check,
    member_import_steps,
    member_import_undo,
    operations,
    purchase_export_steps,
    purchase_import_steps,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """``step`` does some work and advances or finishes the operation; ``stopped`` follows a cancel or a failure."""

    step: Callable[[Operation], None]
    stopped: Callable[[Operation], None] = lambda _: None


KINDS = {
    "member_import_check": Kind(member_import_check.check_step),
    "member_import": Kind(member_import_steps.import_some, member_import_steps.stop),
    "member_import_undo": Kind(member_import_undo.undo_some, member_import_undo.stop),
    "member_export": Kind(member_export_steps.export_some),
    "purchase_import_check": Kind(purchase_import_steps.check_some, purchase_import_steps.stop),
    "purchase_export": Kind(purchase_export_steps.export_some),
    "purchase_import": Kind(purchase_import_steps.import_some, purchase_import_steps.stop),
}


class StepFailed(Exception):
    """A step of an operation could not be done; the cause is the exception behind it."""

    def __init__(self, operation_id: UUID) -> None:
        self.operation_id = operation_id
        super().__init__(f"operation {operation_id} could not go on")


def run_step() -> bool:
    """Run one step of the oldest open operation; False when there is none that is free. Raises StepFailed."""
    operation = operations.next_open()
    if operation is None:
        return False
    operation_id = operation.id
    try:
        KINDS[operation.kind].step(operation)
    except Exception as error:
        raise StepFailed(operation_id) from error
    return True


def count_failed_step(failed: StepFailed) -> None:
    """Count a step that failed; after five the operation has failed and its kind is told."""
    operation = operations.count_attempt(failed.operation_id, f"{type(failed.__cause__).__name__}")
    if operation is not None:
        KINDS[operation.kind].stopped(operation)


def cancel(operation_id: UUID, *, actor: Actor) -> None:
    """Stop an operation. Raises NotFound or Conflict ``operation_finished``."""
    operation = operations.cancel_operation(operation_id)
    KINDS[operation.kind].stopped(operation)
    audit.record(actor, "operation.cancelled", ("operation", operation_id), None, {"kind": operation.kind})
