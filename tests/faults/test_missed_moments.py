"""The moment at which a program begins passes while no scheduler runs: it earns on time and is announced once."""

from __future__ import annotations

from datetime import timedelta
from typing import LiteralString

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.embedded.processes import wait_until
from app.services.program_lifecycle import move_program
from tests.factories.programs import owner_of, punch_card
from tests.faults.conftest import Start
from tests.faults.counter import Counter

BEGUN: LiteralString = """
SELECT count(*) FROM outbox WHERE event_type = 'loyalty.program.activated' AND aggregate_id = %s
"""
DUE: LiteralString = "SELECT count(*) FROM due WHERE kind = 'programs' AND due_at <= now()"


def test_a_program_that_began_without_a_scheduler_earned_on_time_and_is_announced_once_by_two(
    counter: Counter, start: Start
) -> None:
    starts_at = clock.now() + timedelta(seconds=5)
    program_id = punch_card(counter.shop, name="Late card", startsAt=starts_at.isoformat())
    with unit_of_work(counter.shop.id):
        move_program(program_id, Action.ACTIVATE, actor=owner_of(counter.shop))
    counter.url = start("web", "worker_earning").url
    assert wait_until(lambda: clock.now() > starts_at, 20)
    counter.sell_for_sure("after it began", counter.members[0])
    counter.await_settled()
    earned: LiteralString = "SELECT punches FROM outcome WHERE program_id = %s"
    assert counter.ask(earned, program_id) == [(1,)], "whether it earns is the clock's matter alone"
    assert counter.ask(BEGUN, program_id) == [(0,)]
    start("scheduler", "worker_outside")
    start("scheduler")
    assert wait_until(lambda: counter.ask(BEGUN, program_id) == [(1,)], 30)
    assert wait_until(lambda: counter.ask(DUE) == [(0,)], 30)
    assert counter.ask(BEGUN, program_id) == [(1,)]
    assert counter.books() == []
