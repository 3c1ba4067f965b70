"""Valkey is flushed or away, PostgreSQL is restarted: while tills go on selling, and nobody waits for either."""

from __future__ import annotations

import time

import pytest
import redis

from app.embedded.postgres import Postgres
from app.embedded.services import Services
from app.embedded.valkey import Valkey
from tests.faults.conftest import Start
from tests.faults.counter import Counter, load
from tests.support.product import kill

AWAY_SECONDS = 20.0
EVERYTHING = ("web", "worker_earning", "scheduler")


@pytest.fixture
def valkey(own_services: Services) -> Valkey:
    """The Valkey of these tests."""
    assert own_services.valkey is not None
    return own_services.valkey


@pytest.fixture
def postgres(own_services: Services) -> Postgres:
    """The PostgreSQL of these tests."""
    assert own_services.postgres is not None
    return own_services.postgres


def test_a_purchase_recorded_while_redis_is_away_earns_by_the_sweep(
    counter: Counter, start: Start, valkey: Valkey
) -> None:
    product = start(*EVERYTHING)
    counter.url = product.url
    valkey.stop()
    try:
        counter.sell_for_sure("without a ring", counter.members[0], patience=5)
        assert counter.waiting() == 1
    finally:
        valkey.start()
    counter.await_settled()
    counter.assert_exact()


def test_redis_flushed_under_load_delays_and_loses_nothing(counter: Counter, start: Start) -> None:
    product = start(*EVERYTHING)
    counter.url = product.url
    with redis.Redis.from_url(counter.database.redis_url) as client, load(counter):
        for _ in range(3):
            counter.await_sales(20)
            client.flushall()
    assert counter.refusals == 0
    counter.await_settled()
    counter.assert_exact()


def test_redis_away_for_twenty_seconds_under_load_delays_and_loses_nothing(
    counter: Counter, start: Start, valkey: Valkey
) -> None:
    product = start(*EVERYTHING)
    counter.url = product.url
    with load(counter, tills=2, pause=0.1):
        counter.await_sales(10)
        valkey.stop()
        try:
            gone_at, before = time.monotonic(), len(counter.sold)
            counter.await_sales(10)
            time.sleep(max(0.0, gone_at + AWAY_SECONDS - time.monotonic()))
        finally:
            valkey.start()
    assert counter.refusals == 0, "every sale was taken at the first try"
    assert len(counter.sold) > before + 20
    counter.await_settled()
    counter.assert_exact()


@pytest.mark.parametrize("is_killed", [False, True], ids=["restarted", "killed"])
def test_postgres_gone_for_a_moment_under_load_loses_no_acknowledged_sale(
    counter: Counter, start: Start, postgres: Postgres, is_killed: bool
) -> None:
    product = start(*EVERYTHING)
    counter.url = product.url
    with load(counter):
        counter.await_sales(20)
        first = postgres.pid()
        if is_killed:
            kill(first or 0)
        else:
            postgres.stop()
        postgres.start()
        assert postgres.pid() not in (None, first)
        counter.await_sales(20)
    counter.await_settled()
    counter.assert_exact()
