"""Reads how far a run over many programs has come, and what happened to each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.models.bulk_run import BulkRun
from app.queries.program_names import program_names


def bulk_run(run_id: UUID) -> dict[str, Any]:
    """A run with its answers {id, ok, status, name, message} in order; two statements. Raises NotFound."""
    run = session().scalars(select(BulkRun).where(BulkRun.id == run_id)).one_or_none()
    if run is None:
        raise NotFound("bulk run")
    names = program_names([UUID(answer["id"]) for answer in run.results])
    return {
        "id": run.id,
        "action": run.action,
        "total": run.total,
        "done": run.total - len(run.waiting),
        "results": [{**each, "name": names.get(UUID(each["id"]))} for each in run.results],
        "is_done": run.finished_at is not None,
    }
