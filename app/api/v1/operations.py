"""Long work that somebody asked for: how far it is and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint

from app.api.routing import route
from app.api.shapes import Shape
from app.domain.permissions import Permission
from app.queries import operations as found

bp = Blueprint("operations", __name__, url_prefix="/operations")


class OperationShape(Shape):
    """``done`` of ``total`` rows; ``figures`` are counts by name; ``rate`` is rows a second while it runs."""

    id: UUID
    kind: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    subject_id: UUID | None
    total: int
    done: int
    figures: dict[str, int]
    error: str | None
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rate: float | None
    seconds_left: int | None
    file_name: str | None
    file_until: datetime | None


@route(bp, "GET", "/<uuid:operation_id>", permission=Permission.OPERATION_VIEW, answers={200: OperationShape})
def read_operation(operation_id: UUID) -> dict[str, Any]:
    """Read how far long work is."""
    return found.operation(operation_id)
