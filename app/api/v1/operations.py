"""Long work that somebody asked for: how far it is, what came of it, its file, and a way to stop it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.answers import Download
from app.api.operation_shapes import OperationShape, OperationsQuery, operation_answer
from app.api.pagination import SliceOf, slice_answer
from app.api.routing import File, route
from app.domain.errors import Forbidden, NotFound
from app.domain.permissions import Caller, Permission
from app.queries import operations as found
from app.services import operation_kinds

bp = Blueprint("operations", __name__, url_prefix="/operations")
_ONE = "/<uuid:operation_id>"
_CSV = File(("text/csv",), "result.csv", "The file that the operation made, in UTF-8 with a header")
_NEEDED = {
    "member_export": Permission.MEMBER_EXPORT,
    "purchase_export": Permission.PURCHASE_EXPORT,
    "purchase_import": Permission.PURCHASE_IMPORT,
    "purchase_import_check": Permission.PURCHASE_IMPORT,
}


@route(
    bp,
    "GET",
    "",
    permission=Permission.OPERATION_VIEW,
    query=OperationsQuery,
    answers={200: SliceOf[OperationShape]},
)
def list_operations(query: OperationsQuery) -> dict[str, Any]:
    """List long work, the newest first."""
    rows = found.operations(kind=query.kind, state=query.state, cursor=query.cursor, limit=query.limit)
    return {**slice_answer(rows), "data": [operation_answer(row) for row in rows.rows]}


@route(bp, "GET", _ONE, permission=Permission.OPERATION_VIEW, answers={200: OperationShape})
def read_operation(operation_id: UUID) -> dict[str, Any]:
    """Read how far long work is."""
    return operation_answer(found.operation(operation_id))


@route(bp, "GET", f"{_ONE}/file", permission=Permission.OPERATION_VIEW, answers={200: _CSV})
def read_operation_file(operation_id: UUID, caller: Caller) -> Download:
    """Fetch the file that an operation made: an export, or the rows that an import refused."""
    told = found.operation(operation_id)
    _check(told["kind"], caller)
    if told["fileName"] is None:
        raise NotFound("file")
    return Download(b"".join(found.file_parts(operation_id)), "text/csv; charset=utf-8", told["fileName"])


@route(bp, "POST", f"{_ONE}/cancel", permission=Permission.OPERATION_VIEW, answers={200: OperationShape})
def cancel_operation(operation_id: UUID, caller: Caller) -> dict[str, Any]:
    """Stop an operation after the step at hand; what was done stays."""
    _check(found.operation(operation_id)["kind"], caller)
    operation_kinds.cancel(operation_id, actor=caller.actor)
    return operation_answer(found.operation(operation_id))


def _check(kind: str, caller: Caller) -> None:
    """A key that may only look at operations gets no members by their files."""
    if not caller.may(_NEEDED.get(kind, Permission.MEMBER_IMPORT)):
        raise Forbidden
