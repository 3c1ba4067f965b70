"""The earning worker is killed in the middle of a batch: everything written, nothing committed."""

from __future__ import annotations

import time

from tests.faults.conftest import Start
from tests.faults.counter import Counter, load
from tests.support.product import kill

WRITTEN = "earning.written"


def test_a_worker_killed_in_the_middle_of_a_batch_loses_nothing_and_nothing_earns_twice(
    counter: Counter, start: Start
) -> None:
    product = start("web", "worker_earning", "scheduler")
    counter.url = product.url
    product.hold(WRITTEN)
    for number in range(30):
        counter.sell_for_sure(f"order {number}", counter.members[number % 10])
    kill(product.held_at(WRITTEN))
    assert counter.ask("SELECT count(*) FROM outcome") == [(0,)], "the batch was not committed"
    product.release(WRITTEN)
    assert counter.await_settled() < 30
    counter.assert_exact()


def test_a_worker_killed_again_and_again_under_load_settles_every_sale_once(counter: Counter, start: Start) -> None:
    product = start("web", "worker_earning", "scheduler")
    counter.url = product.url
    with load(counter):
        for _ in range(2):
            counter.await_sales(20)
            product.hold(WRITTEN)
            kill(product.held_at(WRITTEN))
            product.release(WRITTEN)
            time.sleep(0.5)
    counter.await_settled()
    counter.assert_exact()
