"""The states of a program, its status by the clock, and the only ways from one to another (RULES 8)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.errors import InvalidTransition


class State(StrEnum):
    """What is stored."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Status(StrEnum):
    """What everyone sees: the state read by the clock."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    ENDED = "ENDED"


class Action(StrEnum):
    """What may be asked of a program."""

    ACTIVATE = "activate"
    UNSCHEDULE = "unschedule"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    DELETE = "delete"
    RESTORE = "restore"


ALLOWED: dict[tuple[Status, Action], State] = {
    (Status.DRAFT, Action.ACTIVATE): State.ACTIVE,
    (Status.SCHEDULED, Action.UNSCHEDULE): State.DRAFT,
    (Status.SCHEDULED, Action.PAUSE): State.PAUSED,
    (Status.ACTIVE, Action.PAUSE): State.PAUSED,
    (Status.PAUSED, Action.RESUME): State.ACTIVE,
    (Status.SCHEDULED, Action.END): State.ENDED,
    (Status.ACTIVE, Action.END): State.ENDED,
    (Status.PAUSED, Action.END): State.ENDED,
    (Status.DRAFT, Action.DELETE): State.DRAFT,
    (Status.SCHEDULED, Action.DELETE): State.ENDED,
    (Status.ACTIVE, Action.DELETE): State.ENDED,
    (Status.PAUSED, Action.DELETE): State.ENDED,
    (Status.ENDED, Action.DELETE): State.ENDED,
}


@dataclass(frozen=True, slots=True)
class Span:
    """The dates of a program that its status depends on; all aware, None where not set."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    redeem_until: datetime | None = None
    deleted_at: datetime | None = None


def status_at(state: str, starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> Status:
    """The one reading of a program's status; `starts_at` inclusive, `ends_at` exclusive."""
    if state == State.ENDED or (ends_at is not None and ends_at <= now):
        return Status.ENDED
    if state == State.DRAFT:
        return Status.DRAFT
    if state == State.PAUSED:
        return Status.PAUSED
    return Status.SCHEDULED if starts_at is not None and starts_at > now else Status.ACTIVE


def next_state(state: str, action: str, span: Span, now: datetime) -> State:
    """The state after an action; raises InvalidTransition where RULES 8 has no way.

    DELETE answers the state beside which `deleted_at` is set; RESTORE the state beside which it is cleared.
    """
    status = status_at(state, span.starts_at, span.ends_at, now)
    if action == Action.RESTORE:
        return _restored(state, status, span, now)
    after = ALLOWED.get((status, Action(action))) if span.deleted_at is None else None
    if after is None:
        raise InvalidTransition(_refusal(status, action, is_deleted=span.deleted_at is not None))
    return after


def live_from(starts_at: datetime | None, now: datetime, *, is_first_activation: bool) -> datetime:
    """Where a new live period opens (RULES 1): the first one at `starts_at`, even in the past; every other never
    before now."""
    if starts_at is None:
        return now
    return starts_at if is_first_activation else max(now, starts_at)


def live_until(period_end: datetime | None, ends_at: datetime | None) -> datetime | None:
    """The effective end of a live period at every reading: min(to, endsAt); None while neither is set."""
    ends = [end for end in (period_end, ends_at) if end is not None]
    return min(ends) if ends else None


def _restored(state: str, status: Status, span: Span, now: datetime) -> State:
    if span.deleted_at is None:
        raise InvalidTransition("This program is not deleted")
    if span.redeem_until is not None and span.redeem_until <= now:
        raise InvalidTransition("The time to restore this program is over")
    return State.ENDED if status is Status.ENDED else State(state)


def _refusal(status: Status, action: str, *, is_deleted: bool) -> str:
    if is_deleted:
        return "This program is deleted. Restore it first"
    if status is Status.ENDED:
        return f"This program has ended, so it cannot {action}. Duplicate it to start anew"
    return f"A program that is {status.lower()} cannot {action}"
