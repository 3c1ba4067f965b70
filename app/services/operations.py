"""Long work in steps: asked for here, done by a job step by step, watched on a page; each step is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound
from app.models.operation import Operation, OperationFile
from app.services import due

OPEN = ("waiting", "running")
LAST_ATTEMPT = 5
FILE_FOR = timedelta(days=7)
"""For how long a file that an operation made can be fetched."""


def start_operation(
    kind: str,
    *,
    total: int,
    actor: Actor,
    subject_id: UUID | None = None,
    params: dict[str, Any] | None = None,
) -> UUID:
    """Ask for long work of a kind that services.operation_kinds knows; returns the id under which it is watched.

    ``total`` is how many rows or members there are to do, ``subject_id`` what it is about. The job is rung after the
    commit; a lost ring is made up for by the sweep.
    """
    operation = Operation(
        id=new_id(),
        kind=kind,
        total=total,
        subject_id=subject_id,
        params=params or {},
        requested_by=actor.name,
        user_id=actor.id if actor.kind == "user" else None,
        created_at=clock.now(),
    )
    session().add(operation)
    session().flush()
    announce()
    return operation.id


def announce() -> None:
    """Say that there is work, and ring for it."""
    due.announce("operations", queue="integrations", job="operations.run_operations")


def next_open() -> Operation | None:
    """The oldest operation to go on with, locked until the end of the transaction; those locked elsewhere are passed.

    The lock is the claim: a killed worker lets go at once, and what its step did is undone with it.
    """
    oldest = select(Operation).where(Operation.state.in_(OPEN)).order_by(Operation.id).limit(1)
    operation = session().scalars(oldest.with_for_update(skip_locked=True)).first()
    if operation is not None and operation.state == "waiting":
        operation.state, operation.started_at = "running", clock.now()
    return operation


def advance(operation: Operation, done: int, **figures: int) -> None:
    """Count ``done`` more rows and add to the figures; in the transaction of the step that did them."""
    operation.done = min(operation.total, operation.done + done)
    kept = operation.figures
    operation.figures = {**kept, **{name: kept.get(name, 0) + count for name, count in figures.items()}}
    operation.attempts = 0


def finish(operation: Operation) -> None:
    """Close an operation that has come to its end."""
    operation.state, operation.done, operation.finished_at = "done", operation.total, clock.now()


def add_file_part(operation: Operation, content: bytes) -> None:
    """Append to the file that the operation makes; it can be fetched for a week once the operation is done."""
    made = select(func.count()).where(OperationFile.operation_id == operation.id, OperationFile.number >= 0)
    number = session().scalar(made) or 0
    session().add(OperationFile(operation_id=operation.id, number=number, content=content))


def offer_file(operation: Operation, file_name: str) -> None:
    """Name the file, so that it can be fetched."""
    operation.file_name, operation.file_until = file_name, clock.now() + FILE_FOR


def hand_in(operation_id: UUID, parts: Sequence[bytes]) -> None:
    """Keep what an operation works through, in parts that each fill a step."""
    for number, content in enumerate(parts):
        session().add(OperationFile(operation_id=operation_id, number=number - len(parts), content=content))
    session().flush()


def take_part(operation: Operation) -> bytes | None:
    """Return the next part of what was handed in, which is gone once the step is committed; None after the last."""
    handed_in = select(OperationFile).where(OperationFile.operation_id == operation.id, OperationFile.number < 0)
    part = session().scalars(handed_in.order_by(OperationFile.number).limit(1)).first()
    if part is None:
        return None
    session().delete(part)
    return part.content


def forget_parts(operation: Operation) -> None:
    """Forget what was handed in to an operation that ends before its time."""
    mine = delete(OperationFile).where(OperationFile.operation_id == operation.id, OperationFile.number < 0)
    session().execute(mine)


def cancel_operation(operation_id: UUID) -> Operation:
    """Stop after the step at hand; what was done stays. Locks the operation.

    Raises NotFound, or Conflict ``operation_finished``.
    """
    wanted = select(Operation).where(Operation.id == operation_id).with_for_update()
    operation = session().scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if operation is None:
        raise NotFound("operation")
    if operation.state not in OPEN:
        raise Conflict("operation_finished", "This is finished already")
    operation.state, operation.finished_at = "cancelled", clock.now()
    return operation


def count_attempt(operation_id: UUID, reason: str) -> Operation | None:
    """Count a step that failed; the fifth in a row fails the operation, which is returned then."""
    operation = session().scalars(select(Operation).where(Operation.id == operation_id).with_for_update()).one()
    operation.attempts += 1
    if operation.attempts < LAST_ATTEMPT or operation.state not in OPEN:
        return None
    operation.state, operation.error, operation.finished_at = "failed", reason[:500], clock.now()
    return operation


def has_open() -> bool:
    """Whether any operation of the business in scope is to go on."""
    return session().scalar(select(Operation.id).where(Operation.state.in_(OPEN)).limit(1)) is not None
