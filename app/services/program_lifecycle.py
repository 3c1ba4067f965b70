"""The ways of a program from draft to ended (RULES 8), one or hundreds at a time, each under its row lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core import clock
from app.domain.actor import Actor
from app.domain.errors import Conflict, InvalidTransition, ValidationErrors
from app.domain.events import EventType
from app.domain.lifecycle import Action, Span, State, Status, next_state
from app.models.program import Program
from app.services import audit
from app.services.live_periods import close_periods, open_periods
from app.services.program_facts import Happening, announce, status_of, touch
from app.services.program_locks import locked_program, locked_programs

REDEEMABLE_AFTER_THE_END = timedelta(days=90)
BULK_ACTIONS = (Action.ACTIVATE, Action.PAUSE, Action.RESUME, Action.END, Action.DELETE)

_EVENTS = {
    Action.UNSCHEDULE: EventType.PROGRAM_UPDATED,
    Action.PAUSE: EventType.PROGRAM_PAUSED,
    Action.RESUME: EventType.PROGRAM_RESUMED,
    Action.END: EventType.PROGRAM_ENDED,
    Action.DELETE: EventType.PROGRAM_DELETED,
    Action.RESTORE: EventType.PROGRAM_UPDATED,
}
_PAST = {
    Action.ACTIVATE: "activated",
    Action.UNSCHEDULE: "unscheduled",
    Action.PAUSE: "paused",
    Action.RESUME: "resumed",
    Action.END: "ended",
    Action.DELETE: "deleted",
    Action.RESTORE: "restored",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """What an action did to one of many programs: its status now, and why nothing happened, if so."""

    program_id: UUID
    status: str | None = None
    refusal: Conflict | None = None


def move_program(program_id: UUID, action: Action, *, actor: Actor, if_match: int | None = None) -> None:
    """Activate, unschedule, pause, resume, end, delete or restore one program.

    Raises NotFound, PreconditionFailed, or InvalidTransition where RULES 8 knows no way.
    """
    program = locked_program(program_id, if_match=if_match, may_be_deleted=action is Action.RESTORE)
    refused = apply_action([program], action, actor, clock.now())
    if program.id in refused:
        raise refused[program.id]


def end_program(program_id: UUID, redeem_until: datetime | None, *, actor: Actor) -> None:
    """End one program; what was earned is redeemable until then (None: as set before, else for 90 days).

    Raises NotFound, InvalidTransition, ValidationErrors (``redeemUntil`` that is over).
    """
    program, now = locked_program(program_id), clock.now()
    if redeem_until is not None and redeem_until <= now:
        raise ValidationErrors({"redeemUntil": ["Enter today or a later day"]})
    before, program.redeem_until = program.redeem_until, redeem_until or program.redeem_until
    refused = apply_action([program], Action.END, actor, now)
    if program.id in refused:
        program.redeem_until = before
        raise refused[program.id]


def move_programs(ids: Sequence[UUID], action: Action, *, actor: Actor) -> list[Moved]:
    """The same for many, each on its own: one that cannot holds back no other. Answers in the order of ``ids``."""
    programs = locked_programs(set(ids))
    now = clock.now()  # asked for under the locks: what others did while these were awaited lies in the past
    refused = apply_action(list(programs.values()), action, actor, now)
    return [_answer(program_id, programs.get(program_id), refused.get(program_id), now) for program_id in ids]


def apply_action(
    programs: Sequence[Program], action: Action, actor: Actor, now: datetime
) -> dict[UUID, InvalidTransition]:
    """Move those programs, whose locks the caller holds, that may be moved; returns the refusals of the others."""
    refused: dict[UUID, InvalidTransition] = {}
    after: dict[UUID, State] = {}
    for program in programs:
        try:
            after[program.id] = next_state(program.state, action, _span(program), now)
        except InvalidTransition as refusal:
            refused[program.id] = refusal
    movable = [program for program in programs if program.id in after]
    before = {program.id: status_of(program, now) for program in movable}
    if movable:
        _EFFECTS[action](movable, now)
    for program in movable:
        program.state = after[program.id].value
        touch(program, now)
        _record(program, action, before[program.id], actor, now)
    announce(_happened(movable, action, before, actor, now), now)
    return refused


def _answer(program_id: UUID, program: Program | None, refusal: InvalidTransition | None, now: datetime) -> Moved:
    if program is None:
        return Moved(program_id, refusal=Conflict("not_found", "There is no such program"))
    return Moved(program_id, status=status_of(program, now).value, refusal=refusal)


def _activate(programs: Sequence[Program], now: datetime) -> None:
    for program in programs:
        program.starts_at = program.starts_at or now
    open_periods(programs, now)
    for program in programs:
        program.first_activated_at = program.first_activated_at or now


def _end(programs: Sequence[Program], now: datetime) -> None:
    """Earning stops at once; balances and vouchers stay redeemable for 90 days unless the owner said otherwise."""
    close_periods(programs, now)
    for program in programs:
        ended_at = min(now, program.ends_at or now)
        program.redeem_until = program.redeem_until or ended_at + REDEEMABLE_AFTER_THE_END


def _delete(programs: Sequence[Program], now: datetime) -> None:
    _end([program for program in programs if program.state != State.DRAFT], now)
    for program in programs:
        program.deleted_at = now


def _restore(programs: Sequence[Program], _now: datetime) -> None:
    for program in programs:
        program.deleted_at = None


_EFFECTS: dict[Action, Callable[[Sequence[Program], datetime], None]] = {
    Action.ACTIVATE: _activate,
    Action.UNSCHEDULE: close_periods,
    Action.PAUSE: close_periods,
    Action.RESUME: open_periods,
    Action.END: _end,
    Action.DELETE: _delete,
    Action.RESTORE: _restore,
}


def _happened(
    programs: Sequence[Program], action: Action, before: dict[UUID, Status], actor: Actor, now: datetime
) -> list[Happening]:
    """The events of an action. One that is scheduled is announced as activated by the clock, when it has begun."""
    happened = []
    for program in programs:
        if action is Action.DELETE and before[program.id] not in (Status.DRAFT, Status.ENDED):
            happened.append(Happening(program, EventType.PROGRAM_ENDED, actor, before[program.id]))
        if action is Action.ACTIVATE:
            is_live = status_of(program, now) is Status.ACTIVE
            event_type = EventType.PROGRAM_ACTIVATED if is_live else EventType.PROGRAM_UPDATED
        else:
            event_type = _EVENTS[action]
        happened.append(Happening(program, event_type, actor, before[program.id]))
    return happened


def _record(program: Program, action: Action, before: Status, actor: Actor, now: datetime) -> None:
    after: dict[str, str | None] = {"status": status_of(program, now).value}
    if action in (Action.END, Action.DELETE):
        after["redeem_until"] = None if program.redeem_until is None else program.redeem_until.isoformat()
    audit.record(actor, f"program.{_PAST[action]}", ("program", program.id), {"status": before.value}, after)


def _span(program: Program) -> Span:
    return Span(program.starts_at, program.ends_at, program.redeem_until, program.deleted_at)
