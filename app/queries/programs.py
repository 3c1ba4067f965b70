"""Reads programs: one, pages of them, and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.domain.lifecycle import Status
from app.models.program import Program, ProgramVersion
from app.models.program_stats import ProgramStats
from app.queries.paging import Page, like
from app.queries.program_rows import PROGRAM_ROWS, program_object
from app.queries.statements import AnySelect

SORTS: dict[str, Any] = {
    "createdAt": Program.created_at,
    "updatedAt": Program.updated_at,
    "name": func.lower(Program.name),
    "startsAt": Program.starts_at,
    "endsAt": Program.ends_at,
    "enrollmentCount": func.coalesce(ProgramStats.enrollments, 0),
}
_ONE_PROGRAM = PROGRAM_ROWS.where(Program.id == bindparam("program_id"))
_MAY_BE_NULL = ("startsAt", "endsAt")


def program(program_id: UUID) -> dict[str, Any]:
    """The program object of API.md; one statement. Raises NotFound (unknown, deleted, another business's)."""
    now = clock.now()
    row = session().execute(_ONE_PROGRAM, {"now": now, "program_id": program_id}).one_or_none()
    if row is None:
        raise NotFound("program")
    return program_object(row, now)


def programs_of(ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The objects of several programs by id; one statement."""
    now = clock.now()
    rows = session().execute(PROGRAM_ROWS.where(Program.id.in_(ids)), {"now": now})
    return {row.id: program_object(row, now) for row in rows}


def programs_page(
    *,
    status: str | None = None,
    rule_type: str | None = None,
    location_id: UUID | None = None,
    segment: str | None = None,
    q: str | None = None,
    sort: str = "-createdAt",
    page: int = 1,
    page_size: int = 20,
) -> Page:
    """One page of the programs that are not deleted, and how many there are in all; two statements.

    ``status`` is read by the clock, ``sort`` is a key of SORTS, with ``-`` in front for the largest first.
    """
    now = clock.now()
    filters = [
        *([_has_status(Status(status.upper()), now)] if status else []),
        *([Program.rule_type == rule_type] if rule_type else []),
        *([_matches(q)] if q else []),
    ]
    snapshot_filters = [
        *([_holds("locationIds", str(location_id), or_empty=True)] if location_id else []),
        *([_holds("segments", segment)] if segment else []),
    ]
    total = session().scalar(_counted(filters, snapshot_filters)) or 0
    rows = session().execute(
        PROGRAM_ROWS.where(*filters, *snapshot_filters)
        .order_by(*_order(sort))
        .limit(page_size)
        .offset((page - 1) * page_size),
        {"now": now},
    )
    return Page([program_object(row, now) for row in rows], page=page, page_size=page_size, total_count=total)


def program_counts() -> dict[Status, int]:
    """How many programs that are not deleted have each status by the clock; one statement."""
    now = clock.now()
    counted = [func.count().filter(_has_status(status, now)) for status in Status]
    row = session().execute(select(*counted).select_from(Program).where(Program.deleted_at.is_(None))).one()
    return dict(zip(Status, row, strict=True))


def versions(program_id: UUID) -> list[dict[str, Any]]:
    """Every version of a program, the newest first: number, when, who, what changed. Raises NotFound."""
    require_program(program_id)
    rows = session().execute(_version_rows(program_id).order_by(ProgramVersion.number.desc()))
    return [_version_object(row) for row in rows]


def version(program_id: UUID, number: int) -> dict[str, Any]:
    """One version with its whole snapshot. Raises NotFound."""
    require_program(program_id)
    wanted = _version_rows(program_id).add_columns(ProgramVersion.snapshot).where(ProgramVersion.number == number)
    row = session().execute(wanted).one_or_none()
    if row is None:
        raise NotFound("program version")
    return {**_version_object(row), **row.snapshot}


def require_program(program_id: UUID) -> None:
    """Raise NotFound unless the program exists."""
    known = select(Program.id).where(Program.id == program_id, Program.deleted_at.is_(None))
    if session().scalar(known) is None:
        raise NotFound("program")


def _version_rows(program_id: UUID) -> AnySelect:
    return select(
        ProgramVersion.id,
        ProgramVersion.number,
        ProgramVersion.changes,
        ProgramVersion.created_at,
        ProgramVersion.created_by,
    ).where(ProgramVersion.program_id == program_id)


def _version_object(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "changes": row.changes,
        "createdAt": row.created_at,
        "createdBy": row.created_by,
    }


def _has_status(status: Status, now: datetime) -> ColumnElement[bool]:
    """The filter that says the same as domain.lifecycle.status_at."""
    is_over = and_(Program.ends_at.is_not(None), Program.ends_at <= now)
    if status is Status.ENDED:
        return or_(Program.state == "ended", is_over)
    has_end_to_come = or_(Program.ends_at.is_(None), Program.ends_at > now)
    if status in (Status.DRAFT, Status.PAUSED):
        return and_(Program.state == status.value.lower(), has_end_to_come)
    has_begun = or_(Program.starts_at.is_(None), Program.starts_at <= now)
    begins = has_begun if status is Status.ACTIVE else Program.starts_at > now
    return and_(Program.state == "active", has_end_to_come, begins)


def _matches(q: str) -> ColumnElement[bool]:
    """Words of the name or the description, or the whole id."""
    try:
        return Program.id == UUID(q.strip())
    except ValueError:
        return or_(Program.name.ilike(like(q)), Program.description.ilike(like(q)))


def _holds(key: str, value: str, *, or_empty: bool = False) -> ColumnElement[bool]:
    """A list of the snapshot holds a value; an empty one, which means all, counts with ``or_empty``."""
    listed = ProgramVersion.snapshot[key]
    holds = listed.contains([value])
    return or_(holds, listed == []) if or_empty else holds


def _counted(filters: Sequence[Any], snapshot_filters: Sequence[Any]) -> AnySelect:
    """How many match; the snapshots are only read when a filter asks for them."""
    counted = select(func.count(Program.id)).where(Program.deleted_at.is_(None), *filters)
    if not snapshot_filters:
        return counted
    newest = and_(ProgramVersion.program_id == Program.id, ProgramVersion.number == Program.newest_version)
    return counted.join(ProgramVersion, newest).where(*snapshot_filters)


def _order(sort: str) -> tuple[Any, ...]:
    """By the column, then by id. Only dates that may be missing say where nulls stand: the others use their index."""
    key = sort.removeprefix("-")
    is_descending = sort.startswith("-")
    column = SORTS[key].desc() if is_descending else SORTS[key].asc()
    if key in _MAY_BE_NULL:
        column = column.nulls_last()
    return column, Program.id.desc() if is_descending else Program.id.asc()
