"""Reads imports of members: the list, one with its state, rows of the file, and those that failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.models.member_import import MemberImport, MemberImportRow
from app.models.program import Program
from app.queries.paging import Slice, older_than, slice_of

_COLUMNS = (
    MemberImport.id,
    MemberImport.file_name,
    MemberImport.header,
    MemberImport.columns,
    MemberImport.mode,
    MemberImport.program_id,
    MemberImport.state,
    MemberImport.rows,
    MemberImport.totals,
    MemberImport.operation_id,
    MemberImport.undo_operation_id,
    MemberImport.created_at,
    MemberImport.created_by,
    MemberImport.finished_at,
)


def imports(*, cursor: str | None = None, limit: int = 20) -> Slice:
    """The newest first; one statement. Raises UnknownCursor."""
    newest = (
        select(*_COLUMNS)
        .where(older_than(MemberImport.created_at, MemberImport.id, cursor))
        .order_by(MemberImport.created_at.desc(), MemberImport.id.desc())
        .limit(limit + 1)
    )
    return slice_of([dict(row._mapping) for row in session().execute(newest)], limit, at="created_at")


def import_of(import_id: UUID) -> dict[str, Any]:
    """One import, with ``counts`` of its rows by state. Raises NotFound."""
    row = session().execute(select(*_COLUMNS).where(MemberImport.id == import_id)).one_or_none()
    if row is None:
        raise NotFound("import")
    by_state = (
        select(MemberImportRow.state, func.count())
        .where(MemberImportRow.import_id == import_id)
        .group_by(MemberImportRow.state)
    )
    return {**row._mapping, "counts": {row[0]: row[1] for row in session().execute(by_state)}}


def first_rows(import_id: UUID, limit: int = 20) -> list[list[str]]:
    """The cells of the first rows of the file."""
    first = select(MemberImportRow.cells).where(MemberImportRow.import_id == import_id)
    return list(session().scalars(first.order_by(MemberImportRow.number).limit(limit)))


def failed_rows(import_id: UUID) -> Sequence[Any]:
    """(line, problem, cells) of the rows that could not be done, in the order of the file."""
    failed = select(MemberImportRow.line, MemberImportRow.problem, MemberImportRow.cells).where(
        MemberImportRow.import_id == import_id, MemberImportRow.state == "failed"
    )
    return session().execute(failed.order_by(MemberImportRow.number)).all()


def points_programs() -> list[tuple[str, str]]:
    """(id, name) of the programs whose points a file may bring, the live ones first."""
    wanted = select(Program.id, Program.name).where(Program.rule_type == "POINTS_BASED", Program.deleted_at.is_(None))
    rows = session().execute(wanted.order_by(Program.state != "active", Program.created_at, Program.id))
    return [(str(row.id), row.name) for row in rows]
