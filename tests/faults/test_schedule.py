"""The schedule with real processes: whether a purchase earns is the clock's matter, and each change is told once."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.embedded.processes import wait_until
from app.services.program_lifecycle import move_program
from tests.factories.programs import owner_of, punch_card
from tests.faults.conftest import Start
from tests.faults.counter import Counter
from tests.support.product import Product, kill

TOLD: LiteralString = """
SELECT event_type, payload->>'previousStatus', payload->>'activatedBy', payload->>'endedBy' FROM outbox
 WHERE aggregate_id = %s AND event_type ~ 'activated|ended' ORDER BY sequence
"""
EARNED: LiteralString = """
SELECT order_id, punches, code FROM outcome WHERE program_id = %s ORDER BY order_id
"""
STARTED = ("loyalty.program.activated", "SCHEDULED", "system", None)
ENDED = ("loyalty.program.ended", "ACTIVE", None, "system")
TAKEOVER_SECONDS = 5.0
VISIBLE_SECONDS = 1.0


def scheduled(counter: Counter, name: str, starts_in: float, ends_in: float | None = None, **fields: Any) -> UUID:
    """Make a card that starts, and perhaps ends, in so many seconds."""
    now = clock.now()
    dates = {"startsAt": now + timedelta(seconds=starts_in), "endsAt": ends_in and now + timedelta(seconds=ends_in)}
    said = {key: at.isoformat() for key, at in dates.items() if isinstance(at, datetime)}
    program_id = punch_card(counter.shop, name=name, **said, **fields)
    with unit_of_work(counter.shop.id):
        move_program(program_id, Action.ACTIVATE, actor=owner_of(counter.shop))
    return program_id


def test_a_start_and_an_end_without_a_scheduler_earn_by_the_clock_and_are_told_once_by_two(
    counter: Counter, start: Start
) -> None:
    counter.url = start("web", "worker_earning").url
    counter.sell_for_sure("0 long before", counter.members[0])  # the first request of a process takes the longest
    began = clock.now()
    program_id = scheduled(counter, "Short card", 4.0, 9.0)
    for name, at in (("1 before", 0.0), ("2 during", 5.0), ("3 after", 10.0)):
        _wait_for(began + timedelta(seconds=at))
        counter.sell_for_sure(name, counter.members[0])
    counter.await_settled()
    assert [row[:2] for row in counter.ask(EARNED, program_id) if row[2] is None] == [("2 during", 1)]
    assert counter.ask(TOLD, program_id) == []
    start("scheduler", "worker_outside")
    start("scheduler")
    assert wait_until(lambda: len(counter.ask(TOLD, program_id)) == 2, 30)
    time.sleep(5)  # two more sweeps of both
    assert counter.ask(TOLD, program_id) == [STARTED, ENDED]
    assert counter.books() == []


def test_when_the_leader_is_killed_the_other_takes_over_and_tells_what_became_true(
    counter: Counter, start: Start
) -> None:
    first = start("scheduler", "worker_outside")
    assert wait_until(lambda: "leading" in first.log("scheduler"), 30)
    second = start("scheduler")
    assert wait_until(lambda: _stand_by(counter) == 2, 30)
    program_id = scheduled(counter, "Handed over", 3.0)
    kill(first.pid("scheduler"))
    took = _seconds(lambda: "leading" in second.log("scheduler"))
    assert took <= TAKEOVER_SECONDS
    assert wait_until(lambda: counter.ask(TOLD, program_id) == [STARTED], 15)
    time.sleep(5)
    assert counter.ask(TOLD, program_id) == [STARTED]


def test_a_scheduled_program_is_active_to_the_till_within_a_second_of_its_start(counter: Counter, start: Start) -> None:
    product: Product = start("web", "worker_earning", "scheduler", "worker_outside")
    counter.url = product.url
    program_id = scheduled(counter, "On time", 3.0)
    path = f"/loyalty/programs/{program_id}"
    starts_at = datetime.fromisoformat(counter.get(path)[1]["startsAt"])
    asked = clock.now()
    while counter.get(path)[1]["status"] == "SCHEDULED":
        assert asked <= starts_at + timedelta(seconds=VISIBLE_SECONDS), "whoever asked later was told the old status"
        asked = clock.now()
    assert clock.now() >= starts_at
    assert counter.get(path)[1]["status"] == "ACTIVE"
    counter.sell_for_sure("right after the start", counter.members[0])
    counter.await_settled()
    assert counter.ask(EARNED, program_id) == [("right after the start", 1, None)]


def test_windows_and_blackout_dates_open_and_close_on_the_wall_of_the_program(counter: Counter, start: Start) -> None:
    counter.url = start("web", "worker_earning").url
    nights = {"rrule": "FREQ=WEEKLY;BYDAY=SU", "startTime": "02:30", "durationMinutes": 60}
    fields = {"timezone": "Europe/Kyiv", "recurrence": nights, "blackoutDates": ["2026-04-05"]}
    program_id = punch_card(counter.shop, name="Sunday nights", startsAt="2025-01-01T00:00:00Z", **fields)
    with unit_of_work(counter.shop.id):
        move_program(program_id, Action.ACTIVATE, actor=owner_of(counter.shop))
    sales = {
        "1 before the window": ("2026-03-22T02:29:59+02:00", "outside_recurrence"),
        "2 as it opens": ("2026-03-22T02:30:00+02:00", None),
        "3 before it closes": ("2026-03-22T03:29:59+02:00", None),
        "4 as it closes": ("2026-03-22T03:30:00+02:00", "outside_recurrence"),
        "5 the clocks skip an hour": ("2026-03-29T04:29:59+03:00", None),
        "6 an hour after it opened": ("2026-03-29T04:30:00+03:00", "outside_recurrence"),
        "7 a blackout date": ("2026-04-05T02:45:00+03:00", "blackout_date"),
        "8 a Monday": ("2026-04-06T02:45:00+03:00", "outside_recurrence"),
    }
    for order_id, (at, _) in sales.items():
        body = {"orderId": order_id, "memberId": str(counter.members[0]), "amount": "10.00", "occurredAt": at}
        assert counter.post("/purchases", body)[0] in (200, 202)
    counter.await_settled()
    codes = {order_id: code for order_id, _, code in counter.ask(EARNED, program_id)}
    assert codes == {order_id: code for order_id, (_, code) in sales.items()}


def _wait_for(instant: datetime) -> None:
    assert wait_until(lambda: clock.now() >= instant, 10, pause=0.005)


def _seconds(becomes: Any) -> float:
    began = time.monotonic()
    assert wait_until(becomes, 20, pause=0.05)
    return time.monotonic() - began


def _stand_by(counter: Counter) -> int:
    """How many schedulers hold a connection of their own, the leader's included."""
    asked: LiteralString = """
SELECT count(*) FROM pg_stat_activity WHERE application_name = 'regulars-leader' AND datname = current_database()
"""
    return int(counter.ask(asked)[0][0])
