"""Announces what the clock has made true of programs: begun, ended. Whether a purchase earns never waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.domain.actor import SYSTEM
from app.domain.events import EventType
from app.domain.lifecycle import State, Status
from app.models.program import Program
from app.services import audit, due
from app.services.program_facts import DUE_KIND, Happening, announce, status_of
from app.services.program_lifecycle import REDEEMABLE_AFTER_THE_END
from app.services.program_locks import locked_programs

_MOVING = ("active", "paused")
_SOON = timedelta(seconds=10)
_ACTIONS = {EventType.PROGRAM_ACTIVATED: "program.activated", EventType.PROGRAM_ENDED: "program.ended"}


def announce_programs() -> int:
    """Write the events of every program whose status by the clock is not the one announced; returns how many.

    Once each: ``announced_status`` is compared and set under the program's lock, so two that run at once do no harm.
    A program whose start and end both came while nobody announced has both told, in their order.
    """
    now = clock.now()
    programs = locked_programs(set(session().scalars(_candidates(now))))
    turned = [happening for program in programs.values() for happening in _turns(program, now)]
    for happening in turned:
        program, before, after = happening.program, happening.before, happening.after
        if after is Status.ENDED and program.ends_at is not None:
            program.redeem_until = program.redeem_until or program.ends_at + REDEEMABLE_AFTER_THE_END
        audit.record(
            SYSTEM, _ACTIONS[happening.event_type], ("program", program.id), {"status": before}, {"status": after}
        )
    announce(turned, now)
    _look_again_soon(now)
    return len(turned)


def _turns(program: Program, now: datetime) -> Iterator[Happening]:
    """What the clock has made true of a program since it was announced, the earlier first."""
    status = status_of(program, now)
    announced = Status(program.announced_status) if program.announced_status else Status.DRAFT
    starts_at, ends_at = program.starts_at, program.ends_at
    if announced is Status.SCHEDULED and program.state == State.ACTIVE and starts_at is not None and starts_at <= now:
        begun = EventType.PROGRAM_ACTIVATED
        yield Happening(program, begun, SYSTEM, before=announced, after=Status.ACTIVE, at=starts_at)
        announced = Status.ACTIVE
    if status is Status.ENDED and announced is not Status.ENDED:
        over = EventType.PROGRAM_ENDED
        yield Happening(program, over, SYSTEM, before=announced, after=Status.ENDED, at=ends_at)


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
