"""Reads the snapshots: how a program or the business stood at the end of each local day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.unit_of_work import session
from app.models.day_figures import BusinessDay, DayFigures, ProgramDay
from app.queries.statements import AnySelect

COLUMNS = [name for name in DayFigures.__annotations__ if name != "written_at"]


def last_day() -> date | None:
    """The newest day that is written for the business; None before the first night."""
    return session().scalar(select(func.max(BusinessDay.day)))


def written_days(program_id: UUID | None) -> dict[date, dict[str, Any]]:
    """Every snapshot of a program, or of the business, by its day."""
    return {row["day"]: row for row in _read(_days(program_id))}


def trend(program_id: UUID | None, first: date, last: date) -> list[dict[str, Any]]:
    """The snapshots from ``first`` to ``last``, the oldest first; days before the first movement are absent."""
    model = _model(program_id)
    return _read(_days(program_id).where(model.day.between(first, last)).order_by(model.day))


def newest_snapshot(program_id: UUID | None) -> dict[str, Any] | None:
    """How it stood at the end of the last day that is written."""
    model = _model(program_id)
    return next(iter(_read(_days(program_id).order_by(model.day.desc()).limit(1))), None)


def _days(program_id: UUID | None) -> AnySelect:
    model = _model(program_id)
    wanted = select(*(getattr(model, name) for name in COLUMNS))
    return wanted if program_id is None else wanted.where(ProgramDay.program_id == program_id)


def _read(statement: AnySelect) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in session().execute(statement)]


def _model(program_id: UUID | None) -> Any:
    return BusinessDay if program_id is None else ProgramDay
