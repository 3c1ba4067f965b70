"""Reads programs: one, pages of them, and their versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from app.core import clock
from app.core.hot_statements import fetch
from app.core.unit_of_work import session
from app.domain.errors import NotFound
from app.domain.lifecycle import Status
from app.models.program import LivePeriod, Program, ProgramVersion
from app.models.program_stats import ProgramStats, VersionStats
from app.queries.paging import Page
from app.queries.program_filters import NEWEST, ProgramFilter
from app.queries.program_rows import ALL_ROWS, PROGRAM_ROWS, program_object
from app.queries.program_totals import deleted_total, program_totals
from app.queries.statements import AnySelect

SORTS: dict[str, Any] = {
    "createdAt": Program.created_at,
    "updatedAt": Program.updated_at,
    "name": func.lower(Program.name),
    "ruleType": Program.rule_type,
    "startsAt": Program.starts_at,
    "endsAt": Program.ends_at,
    "enrollmentCount": ProgramStats.enrollments,
    "activeParticipants": ProgramStats.active_participants,
    "totalRedemptions": ProgramStats.redemptions,
}
"""What a list may be sorted by; each has an index, which gives the id as the second key."""

NEWEST_FIRST = "-createdAt"
_ONE_PROGRAM = PROGRAM_ROWS.where(Program.id == bindparam("program_id"))
_LARGEST_NUMBER = 2**31 - 1  # that the column of a version's number holds
_MAY_BE_NULL = ("startsAt", "endsAt")
_OF_FIGURES = ("enrollmentCount", "activeParticipants", "totalRedemptions")


def program(program_id: UUID) -> dict[str, Any]:
    """The program object of API.md; one statement. Raises NotFound (unknown, deleted, another business's)."""
    now = clock.now()
    rows = fetch(_ONE_PROGRAM, {"now": now, "program_id": program_id})
    if not rows:
        raise NotFound("program")
    return program_object(rows[0], now)


def programs_of(ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The objects of several programs by id; one statement."""
    now = clock.now()
    rows = session().execute(PROGRAM_ROWS.where(Program.id.in_(ids)), {"now": now})
    return {row.id: program_object(row, now) for row in rows}


def programs_page(
    *,
    status: str | Iterable[str] | None = None,
    rule_type: str | None = None,
    location_id: UUID | None = None,
    segment: str | None = None,
    q: str | None = None,
    sort: str = NEWEST_FIRST,
    page: int = 1,
    page_size: int = 20,
) -> Page:
    """One page of the programs that are not deleted, and how many there are in all; two statements.

    ``status`` is one or several, read by the clock; ``sort`` is a key of SORTS, with ``-`` for the largest first.
    """
    asked = [status] if isinstance(status, str) else status or ()
    statuses = tuple(Status(each.upper()) for each in asked)
    wanted = ProgramFilter(statuses, rule_type, location_id, segment, q)
    return programs_listing(wanted, sort=sort, page=page, page_size=page_size)[0]


def programs_listing(
    wanted: ProgramFilter, *, sort: str = NEWEST_FIRST, page: int = 1, page_size: int = 20
) -> tuple[Page, dict[Status, int]]:
    """One page, and how many programs the filter finds in each status, asked for or not; two statements."""
    now = clock.now()
    totals = program_totals(wanted, now)
    total = sum(totals[status] for status in wanted.statuses or Status)
    part = {"size": page_size, "before": (page - 1) * page_size}
    rows = session().execute(_page(wanted, sort), {"now": now, **part})
    return Page([program_object(row, now) for row in rows], page=page, page_size=page_size, total_count=total), totals


def matching_ids(wanted: ProgramFilter, *, limit: int) -> list[UUID]:
    """The newest programs that the filter finds, up to a limit; one statement."""
    newest = _ordered(_found(wanted, NEWEST_FIRST), NEWEST_FIRST).limit(limit)
    return list(session().scalars(newest, {"now": clock.now()}))


def deleted_page(*, page: int = 1, page_size: int = 20) -> Page:
    """Deleted programs, the latest first, and how many there are; two statements."""
    now = clock.now()
    latest = (Program.deleted_at.desc(), Program.id.desc())
    ids = select(Program.id).where(Program.deleted_at.is_not(None)).order_by(*latest)
    shown = ALL_ROWS.where(Program.id.in_(ids.limit(page_size).offset((page - 1) * page_size))).order_by(*latest)
    rows = [program_object(row, now) for row in session().execute(shown, {"now": now})]
    return Page(rows, page=page, page_size=page_size, total_count=deleted_total())


def versions(program_id: UUID) -> list[dict[str, Any]]:
    """Every version of a program, the newest first: number, when, who, what changed. Raises NotFound."""
    require_program(program_id)
    rows = session().execute(_version_rows(program_id).order_by(ProgramVersion.number.desc()))
    return [_version_object(row) for row in rows]


def version(program_id: UUID, number: int) -> dict[str, Any]:
    """One version with its whole snapshot. Raises NotFound."""
    require_program(program_id)
    wanted = _version_rows(program_id).add_columns(ProgramVersion.snapshot).where(ProgramVersion.number == number)
    row = session().execute(wanted).one_or_none() if number <= _LARGEST_NUMBER else None
    if row is None:
        raise NotFound("program version")
    return {**_version_object(row), **row.snapshot}


def require_program(program_id: UUID) -> None:
    """Raise NotFound unless the program exists."""
    known = select(Program.id).where(Program.id == program_id, Program.deleted_at.is_(None))
    if session().scalar(known) is None:
        raise NotFound("program")


def _version_rows(program_id: UUID) -> AnySelect:
    live_from = (
        select(func.min(LivePeriod.live_from))
        .where(LivePeriod.program_id == ProgramVersion.program_id, LivePeriod.version_id == ProgramVersion.id)
        .correlate(ProgramVersion)
        .scalar_subquery()
    )
    return (
        select(
            ProgramVersion.id,
            ProgramVersion.number,
            ProgramVersion.changes,
            ProgramVersion.created_at,
            ProgramVersion.created_by,
            live_from.label("live_from"),
            func.coalesce(VersionStats.earned, 0).label("earned"),
        )
        .outerjoin(VersionStats, VersionStats.version_id == ProgramVersion.id)
        .where(ProgramVersion.program_id == program_id)
    )


def _version_object(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "changes": row.changes,
        "createdAt": row.created_at,
        "createdBy": row.created_by,
        "effectiveFrom": row.live_from,
        "purchasesEarned": row.earned,
    }


@lru_cache(maxsize=64)
def _page(wanted: ProgramFilter, sort: str) -> AnySelect:
    """The statement of a list, kept: most lists ask for the same few things, and it takes longer to build than to run.

    Wants ``now``, ``size`` and ``before``.
    """
    ids = _ordered(_found(wanted, sort), sort).limit(bindparam("size")).offset(bindparam("before"))
    return _ordered(PROGRAM_ROWS.where(Program.id.in_(ids)), sort)


def _found(wanted: ProgramFilter, sort: str) -> AnySelect:
    """The ids alone, so that rows before the page are counted off in an index and never read."""
    ids: AnySelect = select(Program.id).where(Program.deleted_at.is_(None), *wanted.conditions())
    if sort.removeprefix("-") in _OF_FIGURES:
        ids = ids.join(ProgramStats, ProgramStats.program_id == Program.id)
    if narrowed := wanted.snapshot_conditions():
        ids = ids.join(ProgramVersion, NEWEST).where(*narrowed)
    return ids


def _ordered(statement: AnySelect, sort: str) -> AnySelect:
    """By the column, then by id. Only dates that may be missing say where nulls stand: the others use their index."""
    is_descending = sort.startswith("-")
    key = sort.removeprefix("-")
    column = SORTS[key].desc() if is_descending else SORTS[key].asc()
    if key in _MAY_BE_NULL:
        column = column.nulls_last()
    return statement.order_by(column, Program.id.desc() if is_descending else Program.id.asc())
