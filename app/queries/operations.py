"""Reads how far long work is, and the file that it made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.models.operation import Operation, OperationFile
from app.queries.paging import Slice, older_than, slice_of

_ENOUGH_SECONDS = 5.0


def operation(operation_id: UUID) -> dict[str, Any]:
    """The operation object of API.md, with ``rate`` (a second) and ``secondsLeft`` once five have passed, else None.

    Raises NotFound.
    """
    found = session().scalar(select(Operation).where(Operation.id == operation_id))
    if found is None:
        raise NotFound("operation")
    return _object(found)


def operations(
    *, kind: str | None = None, state: str | None = None, cursor: str | None = None, limit: int = 20
) -> Slice:
    """The newest first; one statement. Raises UnknownCursor."""
    wanted = [
        *([Operation.kind == kind] if kind else []),
        *([Operation.state == state] if state else []),
        older_than(Operation.created_at, Operation.id, cursor),
    ]
    newest = select(Operation).where(*wanted).order_by(Operation.created_at.desc(), Operation.id.desc())
    rows = session().scalars(newest.limit(limit + 1))
    return slice_of([_object(row) for row in rows], limit, at="createdAt")


def _object(found: Operation) -> dict[str, Any]:
    rate = _rate(found)
    has_file = found.file_until is not None and found.file_until > clock.now()
    return {
        "id": found.id,
        "kind": found.kind,
        "state": found.state,
        "subjectId": found.subject_id,
        "total": found.total,
        "done": found.done,
        "figures": found.figures,
        "error": found.error or None,
        "requestedBy": found.requested_by,
        "createdAt": found.created_at,
        "startedAt": found.started_at,
        "finishedAt": found.finished_at,
        "rate": rate,
        "secondsLeft": round((found.total - found.done) / rate) if rate else None,
        "fileName": found.file_name if has_file else None,
        "fileUntil": found.file_until if has_file else None,
    }


def file_parts(operation_id: UUID) -> Iterator[bytes]:
    """The content of the file, part by part."""
    parts = select(OperationFile.content).where(OperationFile.operation_id == operation_id, OperationFile.number >= 0)
    yield from session().scalars(parts.order_by(OperationFile.number))


def _rate(found: Operation) -> float | None:
    if found.started_at is None or found.finished_at is not None:
        return None
    seconds = (clock.now() - found.started_at).total_seconds()
    return found.done / seconds if seconds >= _ENOUGH_SECONDS and found.done else None
