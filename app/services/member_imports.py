"""Imports of members: a file is kept, its columns are chosen and tried dry, then it runs, or is undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from app.core import clock
from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.member_file import FIELDS, OWN, columns_problem, guessed_columns
from app.domain.table_file import UnreadableFile, read_table
from app.models.member_import import MemberImport, MemberImportRow
from app.models.program import Program
from app.services import audit, operations
from app.services.member_import_check import check_rows
from app.services.member_tags import own_fields

UNDO_FOR = timedelta(days=30)
AT_ONCE = 1_000
"""Files of up to so many rows are checked while the page waits; longer ones as an operation."""


def keep_file(file_name: str, content: bytes, *, actor: Actor) -> UUID:
    """Keep the rows of an uploaded file and guess its columns; returns the import's id. Raises ValidationErrors."""
    try:
        table = read_table(content)
    except UnreadableFile as error:
        raise ValidationErrors({"file": [str(error)]}) from error
    program_id = session().scalar(_points_programs().limit(1))
    columns = guessed_columns(table.header, own_fields())
    imported = MemberImport(
        id=new_id(),
        file_name=file_name[:200] or "members.csv",
        header=table.header,
        columns=columns,
        program_id=program_id if "points" in columns else None,
        rows=len(table.rows),
        totals={},
        created_at=clock.now(),
        created_by=actor.name,
    )
    session().add(imported)
    session().flush()
    rows = [
        {"import_id": imported.id, "number": number, "line": line, "cells": cells, "state": "waiting", "problem": ""}
        | {"member_id": None, "before": None, "points": 0}
        for number, (line, cells) in enumerate(table.rows, start=1)
    ]
    insert_rows(MemberImportRow, rows)
    return imported.id


def choose_columns(
    import_id: UUID, columns: Mapping[str, int], *, mode: str, program_id: UUID | None, actor: Actor
) -> UUID | None:
    """Say which column means what, and make the dry run; returns the operation's id where it takes long, else None.

    Raises NotFound, Conflict ``import_started`` or ValidationErrors.
    """
    imported = set_columns(import_id, columns, mode=mode, program_id=program_id)
    if imported.rows <= AT_ONCE:
        check_rows(imported)
        return None
    started = operations.start_operation(
        "member_import_check", total=imported.rows, actor=actor, subject_id=imported.id
    )
    imported.operation_id = started
    return started


def set_columns(import_id: UUID, columns: Mapping[str, int], *, mode: str, program_id: UUID | None) -> MemberImport:
    """Say which column means what, and no more; returns the import, locked. Raises as `choose_columns`."""
    imported = _locked(import_id)
    if imported.state != "draft":
        raise Conflict("import_started", "This import has run already")
    _check_columns(imported, columns, mode, program_id)
    imported.columns, imported.mode, imported.totals = dict(columns), mode, {}
    imported.program_id = program_id if "points" in columns else None
    return imported


def start_import(import_id: UUID, *, actor: Actor) -> UUID:
    """Run an import that was checked; returns the operation's id. Asked again, the same one is returned.

    Raises NotFound, or Conflict ``import_not_checked`` or ``nothing_to_import``.
    """
    imported = _locked(import_id)
    if imported.state != "draft":
        assert imported.operation_id is not None
        return imported.operation_id
    if "dayOrder" not in imported.totals:
        raise Conflict("import_not_checked", "Check the columns first")
    total = imported.totals.get("created", 0) + imported.totals.get("updated", 0)
    if not total:
        raise Conflict("nothing_to_import", "No row can be imported. Correct the file and choose it again.")
    imported.state = "running"
    imported.operation_id = operations.start_operation(
        "member_import", total=total, actor=actor, subject_id=imported.id, params={"byKind": actor.kind}
    )
    told = {"file": imported.file_name, "rows": total, "mode": imported.mode}
    audit.record(actor, "members.imported", ("member_import", imported.id), None, told)
    return imported.operation_id


def undo_import(import_id: UUID, *, actor: Actor) -> UUID:
    """Take back what an import did; returns the operation's id. For 30 days.

    Raises NotFound, or Conflict ``cannot_undo``.
    """
    imported = _locked(import_id)
    if imported.state == "undoing" and imported.undo_operation_id is not None:
        return imported.undo_operation_id
    if imported.state != "done" or imported.finished_at is None:
        raise Conflict("cannot_undo", "Only an import that has run can be undone")
    if imported.finished_at + UNDO_FOR <= clock.now():
        raise Conflict("cannot_undo", "An import can be undone for 30 days")
    done = MemberImportRow.state.in_(("created", "updated"))
    total = session().scalar(select(func.count()).where(MemberImportRow.import_id == import_id, done)) or 0
    imported.state = "undoing"
    imported.undo_operation_id = operations.start_operation(
        "member_import_undo", total=total, actor=actor, subject_id=imported.id
    )
    audit.record(actor, "members.import_undone", ("member_import", imported.id), None, {"rows": total})
    return imported.undo_operation_id


def discard_import(import_id: UUID) -> None:
    """Forget a file that did not run. Raises NotFound or Conflict ``import_started``."""
    imported = _locked(import_id)
    if imported.state != "draft":
        raise Conflict("import_started", "This import has run already")
    session().execute(delete(MemberImportRow).where(MemberImportRow.import_id == import_id))
    session().delete(imported)


def _points_programs() -> Any:
    """Programs with points, the live ones first, then the oldest."""
    wanted = select(Program.id).where(Program.rule_type == "POINTS_BASED", Program.deleted_at.is_(None))
    return wanted.order_by((Program.state != "active"), Program.created_at, Program.id)


def _locked(import_id: UUID) -> MemberImport:
    wanted = select(MemberImport).where(MemberImport.id == import_id).with_for_update()
    imported = session().scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if imported is None:
        raise NotFound("import")
    return imported


def _check_columns(imported: MemberImport, columns: Mapping[str, int], mode: str, program_id: UUID | None) -> None:
    errors: dict[str, list[str]] = {}
    known = {*FIELDS, *(OWN + key for key in own_fields())}
    if any(name not in known or not 0 <= place < len(imported.header) for name, place in columns.items()):
        errors["columns"] = ["Choose what each column means"]
    elif problem := columns_problem(columns):
        errors["columns"] = [problem]
    if mode not in ("add", "set"):
        errors["mode"] = ["Choose whether the points are added or set"]
    if "points" in columns and program_id not in set(session().scalars(_points_programs())):
        errors["program"] = ["Choose the program that the points belong to"]
    if errors:
        raise ValidationErrors(errors)
