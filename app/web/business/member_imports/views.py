"""Imports of members: choose a file, say what its columns mean, look at what would happen, run it, undo it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, g, make_response, render_template, request, url_for

from app.domain.errors import Conflict, ValidationErrors
from app.domain.member_file import FIELDS
from app.domain.permissions import Permission
from app.queries import member_imports as found
from app.queries.paging import UnknownCursor
from app.services import member_imports as services
from app.services.member_import_preview import preview
from app.web.business.member_imports import shown
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.spreadsheet import csv_text

bp = area("member_imports", __name__, "/members/import")

_MOST_BYTES = 20 * 1024 * 1024


@page(bp, "", permission=Permission.MEMBER_IMPORT, methods=("GET", "POST"))
def index() -> Any:
    """Choose a file; below it the imports there were."""
    if request.method == "GET":
        return _index({})
    sent = request.files.get("file")
    content = sent.stream.read(_MOST_BYTES + 1) if sent else b""
    if sent is None or not sent.filename:
        return _index({"file": "Choose a CSV file"}), 422
    if len(content) > _MOST_BYTES:
        return _index({"file": "The file is larger than 20 MB. Split it."}), 422
    try:
        import_id = services.keep_file(sent.filename, content, actor=g.caller.actor)
    except ValidationErrors as error:
        return _index({"file": error.errors["file"][0]}), 422
    return go_to(url_for("member_imports.show", import_id=import_id))


@page(bp, "/sample.csv", permission=Permission.MEMBER_IMPORT)
def sample() -> Response:
    """Send a file with every column that an import reads and one row."""
    header = [title for name, title in FIELDS.items() if name not in ("first_name", "last_name", "code")]
    row = ["Cleo Ray", "+380671234567", "cleo@example.com", "1990-03-08", "0042", "regular, dog", "Oat milk", 120]
    return _download(csv_text([header, row]), "members-sample.csv")


@page(bp, "/<uuid:import_id>", permission=Permission.MEMBER_IMPORT, methods=("GET", "POST"))
def show(import_id: UUID) -> Any:
    """Show the columns, the first rows and what would happen; or how it went. POST chooses the columns."""
    if request.method == "GET":
        return _show(import_id, {})
    columns, mode, program_id = shown.read_form(request.form)
    try:
        operation_id = services.choose_columns(
            import_id, columns, mode=mode, program_id=program_id, actor=g.caller.actor
        )
    except ValidationErrors as error:
        errors = {name: messages[0] for name, messages in error.errors.items()}
        return _show(import_id, errors, columns, mode, program_id), 422
    except Conflict as error:
        flash(error.message, "bad")
        operation_id = None
    if operation_id:
        return go_to(url_for("operations.show", operation_id=operation_id))
    return go_to(url_for("member_imports.show", import_id=import_id) + "#check")


@page(bp, "/<uuid:import_id>/start", permission=Permission.MEMBER_IMPORT, methods=("POST",))
def start(import_id: UUID) -> Any:
    """Run it."""
    return _begin(import_id, services.start_import)


@page(bp, "/<uuid:import_id>/undo", permission=Permission.MEMBER_IMPORT, methods=("POST",))
def undo(import_id: UUID) -> Any:
    """Take back what it did."""
    return _begin(import_id, services.undo_import)


@page(bp, "/<uuid:import_id>/discard", permission=Permission.MEMBER_IMPORT, methods=("POST",))
def discard(import_id: UUID) -> Any:
    """Forget the file."""
    try:
        services.discard_import(import_id)
    except Conflict as error:
        flash(error.message, "bad")
        return go_to(url_for("member_imports.show", import_id=import_id))
    flash("The file is forgotten.", "ok")
    return go_to(url_for("member_imports.index"))


@page(bp, "/<uuid:import_id>/failed.csv", permission=Permission.MEMBER_IMPORT)
def failed(import_id: UUID) -> Response:
    """Send the rows that could not be done, each with its reason, ready to be corrected and imported again."""
    imported = found.import_of(import_id)
    rows = [[*row.cells, row.problem, row.line] for row in found.failed_rows(import_id)]
    return _download(csv_text([[*imported["header"], "Reason", "Line"], *rows]), "members-failed.csv")


def _index(errors: dict[str, str]) -> str:
    try:
        past = found.imports(cursor=request.args.get("after"))
    except UnknownCursor:
        abort(404)
    older = url_for("member_imports.index", after=past.next_cursor) if past.next_cursor else None
    rows = [shown.list_row(row) for row in past.rows]
    return render_template("business/member_imports/index.html", rows=rows, errors=errors, older_url=older)


def _show(
    import_id: UUID,
    errors: dict[str, str],
    columns: dict[str, int] | None = None,
    mode: str | None = None,
    program_id: UUID | None = None,
) -> str:
    imported = found.import_of(import_id)
    if imported["state"] != "draft":
        return render_template("business/member_imports/result.html", **shown.result(imported))
    chosen = imported["columns"] if columns is None else columns
    return render_template(
        "business/member_imports/show.html",
        **shown.mapping(imported, chosen),
        preview=preview(import_id, {name: at for name, at in chosen.items() if at < len(imported["header"])}),
        programs=found.points_programs(),
        mode=mode or imported["mode"],
        program_id=str(program_id or imported["program_id"] or ""),
        errors=errors,
        totals=shown.totals(imported, g.business["currency"]) if not errors else None,
    )


def _begin(import_id: UUID, begin: Any) -> Any:
    try:
        operation_id = begin(import_id, actor=g.caller.actor)
    except Conflict as error:
        flash(error.message, "bad")
        return go_to(url_for("member_imports.show", import_id=import_id))
    return go_to(url_for("operations.show", operation_id=operation_id))


def _download(content: bytes, file_name: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer
