"""Announces what the clock has made true of programs: begun, ended. Whether a purchase earns never waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.events import EventType
from app.domain.lifecycle import Status
from app.models.program import Program
from app.services import due
from app.services.program_facts import DUE_KIND, announce, status_of
from app.services.program_lifecycle import REDEEMABLE_AFTER_THE_END
from app.services.program_locks import locked_programs

_MOVING = ("active", "paused")
_SOON = timedelta(seconds=10)
_EVENTS = {Status.ACTIVE: EventType.PROGRAM_ACTIVATED, Status.ENDED: EventType.PROGRAM_ENDED}


def announce_programs() -> int:
    """Write the event of every program whose status by the clock is not the one announced; returns how many.

    Once each: ``announced_status`` is compared and set under the program's lock, so two that run at once do no harm.
    """
    now = clock.now()
    programs = locked_programs(set(session().scalars(_candidates(now))))
    turned = [
        (program, _EVENTS[status])
        for program in programs.values()
        if (status := status_of(program, now)) in _EVENTS and status.value != program.announced_status
    ]
    for program, event_type in turned:
        if event_type is EventType.PROGRAM_ENDED and program.ends_at is not None:
            program.redeem_until = program.redeem_until or program.ends_at + REDEEMABLE_AFTER_THE_END
    announce(turned, now)
    _look_again_soon(now)
    return len(turned)


def _look_again_soon(now: datetime) -> None:
    """Leave a row anew for what comes in a moment: the job that runs now forgets rows of a few seconds ahead too."""
    moments = session().execute(
        select(Program.starts_at, Program.ends_at).where(
            Program.state.in_(_MOVING),
            or_(Program.starts_at.between(now, now + _SOON), Program.ends_at.between(now, now + _SOON)),
        )
    )
    for moment in {at for row in moments for at in row if at is not None and now < at <= now + _SOON}:
        due.leave(DUE_KIND, moment)


def _candidates(now: datetime) -> Select[UUID]:
    has_begun = and_(Program.announced_status == Status.SCHEDULED, Program.starts_at <= now)
    has_ended = and_(Program.announced_status != Status.ENDED, Program.ends_at <= now)
    return select(Program.id).where(Program.state.in_(_MOVING), or_(has_begun, has_ended))
