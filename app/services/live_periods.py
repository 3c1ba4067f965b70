"""Opens and closes the spans in which a program earns; past spans never change (RULES 1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_

from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.lifecycle import live_from
from app.models.program import LivePeriod, Program, ProgramVersion


def open_periods(programs: Sequence[Program], now: datetime) -> None:
    """Open a span under the newest version of each; the first activation opens it at startsAt, even in the past.

    The caller holds the programs' locks and has closed what was open.
    """
    versions = newest_version_ids(programs)
    for program in programs:
        is_first = program.first_activated_at is None
        opens_at = live_from(program.starts_at, now, is_first_activation=is_first)
        session().add(_period(program, versions[program.id], opens_at))
    session().flush()


def close_periods(programs: Sequence[Program], now: datetime) -> None:
    """Close what is open; a span that had not begun never was, so it goes."""
    for period in _open_periods(programs).values():
        if period.live_from > now:
            session().delete(period)
        else:
            period.live_to = now
    session().flush()


def rearrange_period(program: Program, version_id: UUID | None, now: datetime) -> None:
    """Let an active program go on under another version (None: the same), or from another start, from now on.

    A span that has begun is closed and the next one opened, unless it already says the same; one that has not begun
    is replaced, as if the program had been activated like this.
    """
    period = _open_periods([program]).get(program.id)
    if period is None:
        return
    version_id = version_id or period.version_id
    if period.live_from > now:
        is_first = not _has_other_period(program, period)
        period.live_from = live_from(program.starts_at, now, is_first_activation=is_first)
        period.version_id = version_id
    elif period.version_id != version_id or (program.starts_at or now) > now:
        period.live_to = now
        session().flush()
        session().add(_period(program, version_id, live_from(program.starts_at, now, is_first_activation=False)))
    session().flush()


def newest_version_ids(programs: Sequence[Program]) -> dict[UUID, UUID]:
    """The id of the newest version of each program."""
    wanted = [(program.id, program.newest_version) for program in programs]
    rows = session().execute(
        select(ProgramVersion.program_id, ProgramVersion.id).where(
            tuple_(ProgramVersion.program_id, ProgramVersion.number).in_(wanted)
        )
    )
    return {row.program_id: row.id for row in rows}


def _open_periods(programs: Sequence[Program]) -> dict[UUID, LivePeriod]:
    ids = [program.id for program in programs]
    found = session().scalars(select(LivePeriod).where(LivePeriod.program_id.in_(ids), LivePeriod.live_to.is_(None)))
    return {period.program_id: period for period in found}


def _has_other_period(program: Program, period: LivePeriod) -> bool:
    others = select(LivePeriod.id).where(LivePeriod.program_id == program.id, LivePeriod.id != period.id).limit(1)
    return session().scalar(others) is not None


def _period(program: Program, version_id: UUID, opens_at: datetime) -> LivePeriod:
    return LivePeriod(id=new_id(), program_id=program.id, version_id=version_id, live_from=opens_at, live_to=None)
