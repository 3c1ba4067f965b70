"""Fifty at once on a running product: nobody spends what is not there, and the last unit goes to one."""

from __future__ import annotations

import threading
from collections import Counter as Tally
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.services.adjustments import adjust_points
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee
from tests.factories.trade import join
from tests.faults.conftest import Start
from tests.faults.counter import Counter

AT_ONCE = 50


def at_once(acts: list[Callable[[], int]]) -> Tally[int]:
    """Run all acts together; how often each status was answered."""
    doors = threading.Barrier(len(acts))

    def run(act: Callable[[], int]) -> int:
        doors.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return Tally(pool.map(run, acts))


def given(counter: Counter, members: list[UUID], points: int) -> None:
    """Give members points of the shop's points program."""
    [(program_id,)] = counter.ask("SELECT id FROM program WHERE rule_type = 'POINTS_BASED'")
    with unit_of_work(counter.shop.id):
        for member_id in members:
            adjust_points(member_id, program_id, points, "A gift", owner_of(counter.shop))


def redeeming(counter: Counter, member_id: UUID, reward_id: UUID) -> Callable[[], int]:
    body = {"memberId": str(member_id), "rewardId": str(reward_id)}

    def ask() -> int:
        status, _ = counter.post("/redemptions", body)
        while status == 503:  # busy: nothing was done, and it may be asked again
            status, _ = counter.post("/redemptions", body)
        return status

    return ask


def test_of_fifty_redemptions_of_a_hundred_points_a_thousand_points_pay_ten(counter: Counter, start: Start) -> None:
    counter.url = start("web").url
    member_id, reward_id = counter.members[0], free_coffee(counter.shop, pointsCost=100)
    given(counter, [member_id], 1000)
    answers = at_once([redeeming(counter, member_id, reward_id) for _ in range(AT_ONCE)])
    assert answers == {201: 10, 409: AT_ONCE - 10}
    assert counter.ask("SELECT balance, spent FROM enrollment WHERE unit = 'points' AND spent > 0") == [(0, 1000)]
    assert counter.books() == []


def test_the_last_unit_goes_to_one_of_fifty_members(counter: Counter, start: Start) -> None:
    counter.url = start("web").url
    members = [join(counter.shop, f"Member {number}") for number in range(AT_ONCE)]
    given(counter, members, 100)
    reward_id = free_coffee(counter.shop, pointsCost=100, quantityAvailable=1)
    answers = at_once([redeeming(counter, member_id, reward_id) for member_id in members])
    assert answers == {201: 1, 409: AT_ONCE - 1}
    assert counter.ask("SELECT sum(balance) FROM enrollment WHERE unit = 'points'") == [((AT_ONCE - 1) * 100,)]
    assert counter.books() == []
