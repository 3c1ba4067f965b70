"""The audit log: who changed what, when, from what to what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from app.api.pagination import CursorQuery, SliceOf, slice_answer
from app.api.routing import route
from app.api.shapes import Shape
from app.domain.body import Instant
from app.domain.permissions import Permission
from app.queries.audit import AuditFilter, audit_slice

bp = Blueprint("audit_log", __name__, url_prefix="/audit-log")

_Name = Annotated[str, Field(max_length=64)]


class AuditQuery(CursorQuery):
    """Filters; `from` belongs to the answer, `to` does not."""

    actor_id: UUID | None = None
    target_kind: _Name | None = None
    target_id: UUID | None = None
    action: _Name | None = None
    since: Instant | None = Field(None, alias="from")
    until: Instant | None = Field(None, alias="to")


class AuditActor(Shape):
    """Who did it: a user, an API key, or the system, which has no id."""

    kind: str
    id: UUID | None
    name: str


class AuditTarget(Shape):
    """What it was done to."""

    kind: str
    id: UUID | None


class AuditRecordShape(Shape):
    """One change; `before` and `after` hold the fields that changed alone."""

    id: UUID
    actor: AuditActor
    action: str
    target: AuditTarget
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None
    recorded_at: datetime


@route(bp, "GET", "", permission=Permission.AUDIT_VIEW, query=AuditQuery, answers={200: SliceOf[AuditRecordShape]})
def list_audit_log(query: AuditQuery) -> dict[str, Any]:
    """List the changes, the newest first."""
    kinds = (query.target_kind,) if query.target_kind else ()
    wanted = AuditFilter(query.actor_id, kinds, query.target_id, query.action, query.since, query.until)
    return slice_answer(audit_slice(wanted, cursor=query.cursor, limit=query.limit))
