"""A purchase whose evaluation always fails: five tries, then the dead-letter list, and nobody else waits for it."""

from __future__ import annotations

from typing import Any

from app.core.unit_of_work import unit_of_work
from app.embedded.processes import wait_until
from app.queries.attention import open_letters
from tests.factories.people import submit
from tests.faults.conftest import Start
from tests.faults.counter import Counter

BASKET = "UPDATE purchase SET items = %s::jsonb WHERE order_id = 'poisoned'"
POISON = """[["coffee", "two cups", 1000, null, null]]"""
STATE = "SELECT attempts, is_dead, settled_revision FROM purchase WHERE order_id = 'poisoned'"
DEAD = [(5, True, None)]


def test_a_poisoned_purchase_ends_in_the_dead_letters_and_stops_nobody(counter: Counter, start: Start) -> None:
    poor = _sell_and_poison(counter, start)
    start("worker_earning")
    others = "SELECT count(*) FROM purchase WHERE waiting AND member_id <> %s"
    assert wait_until(lambda: counter.ask(others, poor) == [(0,)], 40), "the others do not wait for it"
    counter.await_settled()
    assert counter.ask(STATE) == DEAD
    later = "SELECT count(*) FROM purchase WHERE member_id = %s AND settled_revision = 0"
    assert counter.ask(later, poor) == [(2,)], "its member's later purchases have earned"
    [letter] = _letters(counter)
    assert (letter["orderId"], letter["attempts"], letter["memberId"]) == ("poisoned", 5, poor)
    assert "two cups" in letter["reason"]
    assert counter.books() == []


def test_try_again_lets_a_repaired_purchase_earn_and_an_unrepaired_one_come_back(
    counter: Counter, start: Start
) -> None:
    _sell_and_poison(counter, start)
    start("worker_earning")
    assert wait_until(lambda: counter.ask(STATE) == DEAD, 45)
    _try_again(counter)
    assert wait_until(lambda: counter.ask(STATE) != DEAD, 20)
    assert wait_until(lambda: counter.ask(STATE) == DEAD, 45), "it fails as before"
    counter.ask(BASKET, "[]")
    _try_again(counter)
    counter.await_settled()
    assert _letters(counter) == []
    counter.assert_exact()


def _sell_and_poison(counter: Counter, start: Start) -> Any:
    """Sell 21 times, two of them after the poisoned sale to its own member; returns that member."""
    counter.url = start("web", "scheduler").url
    poor = counter.members[0]
    counter.sell_for_sure("poisoned", poor)
    counter.ask(BASKET, POISON)
    for number in range(20):
        counter.sell_for_sure(f"order {number}", counter.members[number % 10])
    return poor


def _letters(counter: Counter) -> list[dict[str, Any]]:
    with unit_of_work(counter.shop.id):
        return list(open_letters().rows)


def _try_again(counter: Counter) -> None:
    """Press the button on the page of what needs somebody."""
    [letter] = _letters(counter)
    answer = submit(counter.shop.owner.browser(), f"/b/{counter.shop.slug}/attention/{letter['id']}/retry")
    assert answer.status_code in (200, 303)
