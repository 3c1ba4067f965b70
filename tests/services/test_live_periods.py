"""When a program was live, and under which version (RULES 1): spans are opened, closed and never moved afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.lifecycle import Action
from app.models.program import LivePeriod, ProgramVersion
from app.services.program_lifecycle import move_program
from app.services.programs import update_program
from tests.factories.businesses import Shop
from tests.factories.programs import PUNCH_CONFIG, owner_of, punch_card

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Span = tuple[int, datetime, datetime | None]


def test_the_first_activation_opens_at_the_start_even_in_the_past(cafe: Shop) -> None:
    program = Story(cafe, startsAt=NOON - 30 * DAY)
    program.at(NOON, Action.ACTIVATE)
    assert program.spans() == [(1, NOON - 30 * DAY, None)]


def test_without_a_start_it_opens_now(cafe: Shop) -> None:
    program = Story(cafe)
    program.at(NOON, Action.ACTIVATE)
    assert program.spans() == [(1, NOON, None)]


def test_pausing_closes_and_resuming_opens_from_now_on(cafe: Shop) -> None:
    program = Story(cafe, startsAt=NOON - DAY)
    program.at(NOON, Action.ACTIVATE)
    program.at(NOON + HOUR, Action.PAUSE)
    program.at(NOON + 3 * HOUR, Action.RESUME)
    program.at(NOON + 4 * HOUR, Action.END)
    assert program.spans() == [(1, NOON - DAY, NOON + HOUR), (1, NOON + 3 * HOUR, NOON + 4 * HOUR)]


def test_a_new_version_of_a_live_program_closes_one_span_and_opens_the_next(cafe: Shop) -> None:
    program = Story(cafe, startsAt=NOON - DAY)
    program.at(NOON, Action.ACTIVATE)
    program.change(NOON + HOUR, ruleConfig={**PUNCH_CONFIG, "punchesRequired": 5})
    assert program.spans() == [(1, NOON - DAY, NOON + HOUR), (2, NOON + HOUR, None)]


def test_a_new_name_leaves_the_span_alone(cafe: Shop) -> None:
    program = Story(cafe, startsAt=NOON - DAY)
    program.at(NOON, Action.ACTIVATE)
    program.change(NOON + HOUR, name="Bean card", endsAt=(NOON + 9 * DAY).isoformat())
    assert program.spans() == [(1, NOON - DAY, None)]


def test_a_change_before_it_has_begun_replaces_the_span(cafe: Shop) -> None:
    program = Story(cafe, startsAt=NOON + DAY)
    program.at(NOON, Action.ACTIVATE)
    program.change(NOON + HOUR, ruleConfig={**PUNCH_CONFIG, "punchesRequired": 5})
    assert program.spans() == [(2, NOON + DAY, None)]
    program.change(NOON + 2 * HOUR, startsAt=(NOON + 2 * DAY).isoformat())
    assert program.spans() == [(2, NOON + 2 * DAY, None)]


@pytest.mark.parametrize("action", [Action.UNSCHEDULE, Action.PAUSE, Action.END, Action.DELETE])
def test_what_stops_before_it_has_begun_was_never_live(cafe: Shop, action: Action) -> None:
    program = Story(cafe, startsAt=NOON + DAY)
    program.at(NOON, Action.ACTIVATE)
    program.at(NOON + HOUR, action)
    assert program.spans() == []


def test_an_activation_after_the_first_never_opens_in_the_past(cafe: Shop) -> None:
    program = Story(cafe, startsAt=NOON + DAY)
    program.at(NOON, Action.ACTIVATE)
    program.at(NOON + HOUR, Action.UNSCHEDULE)
    program.change(NOON + HOUR, startsAt=(NOON - DAY).isoformat())
    program.at(NOON + 2 * HOUR, Action.ACTIVATE)
    assert program.spans() == [(1, NOON + 2 * HOUR, None)]


def test_a_start_moved_into_the_future_stops_earning_until_then(cafe: Shop) -> None:
    program = Story(cafe, startsAt=NOON - DAY)
    program.at(NOON, Action.ACTIVATE)
    program.change(NOON + HOUR, startsAt=(NOON + DAY).isoformat())
    assert program.spans() == [(1, NOON - DAY, NOON + HOUR), (1, NOON + DAY, None)]


def test_a_start_moved_within_the_past_changes_nothing_that_was(cafe: Shop) -> None:
    program = Story(cafe, startsAt=NOON - DAY)
    program.at(NOON, Action.ACTIVATE)
    program.change(NOON + HOUR, startsAt=(NOON - 9 * DAY).isoformat())
    assert program.spans() == [(1, NOON - DAY, None)]


class Story:
    """One program of a café and what is done to it, each at its own time."""

    def __init__(self, shop: Shop, startsAt: datetime | None = None) -> None:  # noqa: N803 - as in a body
        self.shop = shop
        with clock.frozen(NOON - 40 * DAY):
            self.id = punch_card(shop, startsAt=startsAt.isoformat() if startsAt else None)

    def at(self, instant: datetime, action: Action) -> None:
        with clock.frozen(instant), unit_of_work(self.shop.id):
            move_program(self.id, action, actor=owner_of(self.shop))

    def change(self, instant: datetime, **body: object) -> None:
        with clock.frozen(instant), unit_of_work(self.shop.id):
            update_program(self.id, body, actor=owner_of(self.shop))

    def spans(self) -> list[Span]:
        with unit_of_work(self.shop.id):
            rows = session().execute(
                select(ProgramVersion.number, LivePeriod.live_from, LivePeriod.live_to)
                .join(ProgramVersion, ProgramVersion.id == LivePeriod.version_id)
                .where(LivePeriod.program_id == self.id)
                .order_by(LivePeriod.live_from)
            )
            return [(row.number, row.live_from, row.live_to) for row in rows]
