"""Fifty at once on four web workers, by three doors: nobody spends what is not there, and the last unit goes to one."""

from __future__ import annotations

import threading
from collections import Counter as Tally
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.core.unit_of_work import unit_of_work
from app.jobs import runtime
from app.services.adjustments import adjust_points
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee
from tests.factories.trade import join
from tests.faults.conftest import Start
from tests.faults.counter import Counter
from tests.faults.visitor import Visitor, at_her_card, at_the_till

AT_ONCE = 50
WORKERS = "4"
pytestmark = pytest.mark.timeout(400)
DONE, REFUSED, BUSY = "done", "refused", "busy"

Act = Callable[[], tuple[str, str]]


@pytest.fixture
def at(app: Flask, counter: Counter, start: Start, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a product with four web workers; jobs run in this process when a test calls them."""
    monkeypatch.setattr(runtime._Process, "app", app)
    counter.url = start("web", WEB_WORKERS=WORKERS).url
    return counter.url


def at_once(acts: list[Act]) -> list[tuple[str, str]]:
    """Run all acts together; who is told that all are busy asks again, as nothing was done."""
    doors = threading.Barrier(len(acts))

    def run(act: Act) -> tuple[str, str]:
        doors.wait()
        while (answer := act())[1] == BUSY:
            pass
        return answer

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def by_api(counter: Counter, member_id: UUID, reward_id: UUID) -> Act:
    body = {"memberId": str(member_id), "rewardId": str(reward_id)}
    said = {201: DONE, 409: REFUSED, 503: BUSY}
    return lambda: ("api", said[counter.post("/redemptions", body)[0]])


def by_till(till: Visitor, counter: Counter, member_id: UUID, reward_id: UUID) -> Act:
    path = f"/b/{counter.shop.slug}/till/members/{member_id}/rewards"
    return _by_form("till", till, path, "/bought/", reward_id=str(reward_id))


def by_portal(card: Visitor, counter: Counter, reward_id: UUID) -> Act:
    return _by_form("portal", card, f"/m/{counter.shop.slug}/rewards/{reward_id}", "/use/")


def _by_form(door: str, visitor: Visitor, path: str, leads_to: str, **fields: str) -> Act:
    key = str(uuid4())

    def ask() -> tuple[str, str]:
        status, place, page = visitor.submit(path, key=key, **fields)
        if status == 303:
            assert leads_to in place, place
            return door, DONE
        assert status in (422, 503), (door, status, page)
        return door, REFUSED if status == 422 else BUSY

    return ask


def given(counter: Counter, members: list[UUID], points: int) -> None:
    """Give members points of the shop's points program."""
    [(program_id,)] = counter.ask("SELECT id FROM program WHERE rule_type = 'POINTS_BASED'")
    with unit_of_work(counter.shop.id):
        for member_id in members:
            adjust_points(member_id, program_id, points, "A gift", owner_of(counter.shop))


def test_of_fifty_redemptions_of_a_hundred_points_by_three_doors_a_thousand_points_pay_ten(
    app: Flask, counter: Counter, at: str
) -> None:
    member_id, reward_id = counter.members[0], free_coffee(counter.shop, pointsCost=100)
    given(counter, [member_id], 1000)
    till = at_the_till(counter.shop, at)
    card = at_her_card(app, counter.shop, at, "cleo.0@example.com")
    makes: tuple[Callable[[], Act], ...] = (
        lambda: by_till(till, counter, member_id, reward_id),
        lambda: by_portal(card, counter, reward_id),
        lambda: by_api(counter, member_id, reward_id),
    )
    answers = at_once([make() for make in islice(cycle(makes), AT_ONCE)])
    assert Tally(answer for _, answer in answers) == {DONE: 10, REFUSED: AT_ONCE - 10}
    assert {door for door, _ in answers} == {"till", "portal", "api"}
    assert counter.ask("SELECT balance, spent FROM enrollment WHERE unit = 'points' AND spent > 0") == [(0, 1000)]
    assert counter.ask("SELECT count(*) FROM redemption") == [(10,)]
    assert counter.books() == []


def test_the_last_unit_goes_to_one_of_fifty_members_at_the_till_and_by_the_api(counter: Counter, at: str) -> None:
    members = [join(counter.shop, f"Member {number}") for number in range(AT_ONCE)]
    given(counter, members, 100)
    reward_id = free_coffee(counter.shop, pointsCost=100, quantityAvailable=1)
    till = at_the_till(counter.shop, at)
    acts = [
        by_till(till, counter, each, reward_id) if number % 2 else by_api(counter, each, reward_id)
        for number, each in enumerate(members)
    ]
    answers = at_once(acts)
    assert Tally(answer for _, answer in answers) == {DONE: 1, REFUSED: AT_ONCE - 1}
    assert counter.ask("SELECT quantity_remaining FROM reward") == [(0,)]
    assert counter.ask("SELECT sum(balance) FROM enrollment WHERE unit = 'points'") == [((AT_ONCE - 1) * 100,)]
    assert counter.books() == []
