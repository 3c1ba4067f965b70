"""RULES 8: every pair of status and action, the status by the clock, and when live periods open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import InvalidTransition
from app.domain.lifecycle import Action, Span, State, Status, live_from, live_until, next_state, status_at

NOW = datetime(2026, 3, 10, tzinfo=UTC)
SOON, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
OPEN, FUTURE, OVER = Span(BEFORE), Span(SOON), Span(BEFORE, NOW)

# status -> (state, dates, {action: state after}); every action that is not named is refused
TABLE: dict[Status, tuple[State, Span, dict[Action, State]]] = {
    Status.DRAFT: (State.DRAFT, OPEN, {Action.ACTIVATE: State.ACTIVE, Action.DELETE: State.DRAFT}),
    Status.SCHEDULED: (
        State.ACTIVE,
        FUTURE,
        {
            Action.UNSCHEDULE: State.DRAFT,
            Action.PAUSE: State.PAUSED,
            Action.END: State.ENDED,
            Action.DELETE: State.ENDED,
        },
    ),
    Status.ACTIVE: (
        State.ACTIVE,
        OPEN,
        {Action.PAUSE: State.PAUSED, Action.END: State.ENDED, Action.DELETE: State.ENDED},
    ),
    Status.PAUSED: (
        State.PAUSED,
        OPEN,
        {Action.RESUME: State.ACTIVE, Action.END: State.ENDED, Action.DELETE: State.ENDED},
    ),
    Status.ENDED: (State.ENDED, OPEN, {Action.DELETE: State.ENDED}),
}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("status", Status)
def test_every_pair_of_status_and_action(status: Status, action: Action) -> None:
    state, span, allowed = TABLE[status]
    assert status_at(state, span.starts_at, span.ends_at, NOW) is status
    if action in allowed:
        assert next_state(state, action, span, NOW) is allowed[action]
    else:
        with pytest.raises(InvalidTransition):
            next_state(state, action, span, NOW)


@pytest.mark.parametrize("state", [State.ACTIVE, State.PAUSED, State.DRAFT])
def test_a_program_that_is_over_by_the_clock_is_ended_for_every_action(state: State) -> None:
    assert status_at(state, OVER.starts_at, OVER.ends_at, NOW) is Status.ENDED
    for action in (Action.ACTIVATE, Action.PAUSE, Action.RESUME, Action.END, Action.UNSCHEDULE):
        with pytest.raises(InvalidTransition, match="has ended"):
            next_state(state, action, OVER, NOW)


def test_restoring_clears_the_deletion_until_redeem_until() -> None:
    deleted = Span(BEFORE, deleted_at=BEFORE)
    assert next_state("draft", Action.RESTORE, deleted, NOW) is State.DRAFT
    assert next_state("ended", Action.RESTORE, Span(BEFORE, None, SOON, BEFORE), NOW) is State.ENDED
    with pytest.raises(InvalidTransition, match="over"):
        next_state("ended", Action.RESTORE, Span(BEFORE, None, NOW, BEFORE), NOW)
    with pytest.raises(InvalidTransition, match="deleted"):
        next_state("draft", Action.ACTIVATE, deleted, NOW)


def test_the_first_activation_opens_at_the_start_even_in_the_past() -> None:
    assert live_from(BEFORE, NOW, is_first_activation=True) == BEFORE
    assert live_from(BEFORE, NOW, is_first_activation=False) == NOW
    assert live_from(SOON, NOW, is_first_activation=False) == SOON
    assert live_from(None, NOW, is_first_activation=True) == NOW


def test_a_live_period_ends_at_the_earlier_of_its_end_and_the_programs() -> None:
    assert live_until(None, None) is None
    assert live_until(SOON, None) == live_until(None, SOON) == live_until(SOON, SOON + timedelta(1)) == SOON
