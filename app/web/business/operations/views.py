"""Long work on a page: a bar that moves by itself, a way to leave and to stop, what came of it, and its file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, g, make_response, render_template, url_for

from app.domain.errors import Conflict, NotFound
from app.domain.permissions import Permission
from app.queries.operations import file_parts, operation
from app.services.operation_kinds import cancel as cancel_operation
from app.web.business.operations.words import outcome_lines, words_of
from app.web.support.doors import area, page
from app.web.support.htmx import go_to, wants_fragment

bp = area("operations", __name__, "/operations")

_STOP_POLLING = 286
"""htmx stops a poll that is answered with this status."""


@page(bp, "/<uuid:operation_id>", permission=Permission.OPERATION_VIEW)
def show(operation_id: UUID) -> Any:
    """Show how far it is; the bar asks again each second until the end, and a reload finds the same page."""
    found = operation(operation_id)
    name = "_progress" if wants_fragment() else "show"
    drawn = render_template(
        f"business/operations/{name}.html",
        operation=found,
        words=words_of(found),
        lines=outcome_lines(found),
        is_open=found["state"] in ("waiting", "running"),
    )
    is_over = found["finishedAt"] is not None
    return (drawn, _STOP_POLLING) if is_over and wants_fragment() else drawn


@page(bp, "/<uuid:operation_id>/cancel", permission=Permission.OPERATION_VIEW, methods=("POST",))
def cancel(operation_id: UUID) -> Any:
    """Stop it after the step at hand."""
    from_here = url_for("operations.show", operation_id=operation_id)
    try:
        cancel_operation(operation_id, actor=g.caller.actor)
    except Conflict as error:
        flash(error.message, "bad")
    return go_to(from_here)


@page(bp, "/<uuid:operation_id>/file", permission=Permission.OPERATION_VIEW)
def file(operation_id: UUID) -> Response:
    """Send the file that it made, as long as it is kept."""
    found = operation(operation_id)
    if found["fileName"] is None:
        raise NotFound("file")
    answer = make_response(b"".join(file_parts(operation_id)))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{found["fileName"]}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
