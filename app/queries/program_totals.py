"""How many programs there are in each status: from kept totals, or counted where a filter narrows them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, func, literal, or_, select, union_all

from app.core import clock
from app.core.unit_of_work import session
from app.domain.lifecycle import Status
from app.models.program import Program, ProgramVersion
from app.models.program_listing import ProgramTotal, ProgramTotalDelta
from app.queries.program_filters import NEWEST, NOW, ProgramFilter, status_column

_SCHEDULED: BindParameter[str] = bindparam(None, Status.SCHEDULED.value, literal_execute=True)
_ENDED: BindParameter[str] = bindparam(None, Status.ENDED.value, literal_execute=True)
"""Written out in the statement, as the conditions of the two indexes are."""


def program_counts() -> dict[Status, int]:
    """How many programs that are not deleted have each status by the clock; one statement."""
    return program_totals(ProgramFilter(), clock.now())


def program_totals(wanted: ProgramFilter, now: datetime) -> dict[Status, int]:
    """How many programs the filter finds in each status by the clock, whatever status it asks for; one statement."""
    counted = _kept(wanted.rule_type) if wanted.is_counted else _counted(wanted)
    found = {row[0]: int(row[1]) for row in session().execute(counted, {"now": now})}
    return {status: found.get(status.value, 0) for status in Status}


def deleted_total() -> int:
    """How many deleted programs there are; a short range of an index."""
    return session().scalar(select(func.count(Program.id)).where(Program.deleted_at.is_not(None))) or 0


@lru_cache(maxsize=16)
def _kept(only: str | None) -> Select[Any]:
    """Kept totals, the deltas since, and what the clock has made of programs that nobody has announced yet."""
    totals = select(ProgramTotal.rule_type, ProgramTotal.status, ProgramTotal.total)
    deltas = select(ProgramTotalDelta.rule_type, ProgramTotalDelta.status, ProgramTotalDelta.change)
    parts = union_all(totals, deltas, *_turned()).subquery()
    rule_type, status, change = parts.c
    summed = select(status, func.sum(change)).group_by(status)
    return summed.where(rule_type == only) if only else summed


def _turned() -> list[Select[Any]]:
    """One less under the announced status and one more under the true one; ranges of two small indexes."""
    has_begun = and_(Program.announced_status == _SCHEDULED, Program.starts_at <= NOW)
    has_ended = and_(Program.announced_status != _ENDED, Program.ends_at <= NOW)
    turned = and_(Program.deleted_at.is_(None), or_(has_begun, has_ended))
    return [
        select(Program.rule_type, Program.announced_status, literal(-1)).where(turned),
        select(Program.rule_type, status_column(), literal(1)).where(turned),
    ]


def _counted(wanted: ProgramFilter) -> Select[Any]:
    status = status_column()
    counted = select(status, func.count(Program.id)).where(Program.deleted_at.is_(None), *wanted.plain_conditions())
    if narrowed := wanted.snapshot_conditions():
        counted = counted.join(ProgramVersion, NEWEST).where(*narrowed)
    return counted.group_by(status)
