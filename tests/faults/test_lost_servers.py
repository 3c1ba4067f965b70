"""Valkey is flushed or away, PostgreSQL is restarted: while tills go on selling, and nobody waits for either."""

from __future__ import annotations

import time
from typing import LiteralString

import psycopg
import pytest
import redis
from psycopg import sql

from app.embedded.postgres import Postgres
from app.embedded.services import Services
from app.embedded.valkey import Valkey
from tests.faults.conftest import Start
from tests.faults.counter import Counter, load
from tests.support.databases import plain_url
from tests.support.product import kill

AWAY_SECONDS = 20.0
AT_ONCE_SECONDS = 2.0
TRIES = 5
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


def test_while_the_database_takes_no_writes_reading_goes_on_and_writing_says_so(counter: Counter, start: Start) -> None:
    product = start(*EVERYTHING)
    counter.url = product.url
    counter.sell_for_sure("before", counter.members[0])
    counter.await_settled()
    _forbid_writes(counter, "on")
    status, told = counter.get(f"/members/{counter.members[0]}")
    assert (status, told["name"]) == (200, "Cleo 0")
    assert counter.get("/purchases")[0] == 200
    took = [_refused(counter)]
    while min(took) >= AT_ONCE_SECONDS and len(took) < TRIES:
        took.append(_refused(counter))
    assert min(took) < AT_ONCE_SECONDS, took
    _forbid_writes(counter, "off")
    counter.sell_for_sure("after", counter.members[0], patience=45)
    counter.await_settled()
    counter.assert_exact()


def _refused(counter: Counter) -> float:
    """Have a sale refused as the database takes no writes; returns how long that took, in seconds."""
    began = time.monotonic()
    status, problem = counter.post("/purchases", _sale("during", counter))
    assert (status, problem["code"]) == (503, "read_only")
    return time.monotonic() - began


def _sale(order_id: str, counter: Counter) -> dict[str, str]:
    return {"orderId": order_id, "memberId": str(counter.members[0]), "amount": "10.00"}


def _forbid_writes(counter: Counter, switch: str) -> None:
    """Make the database read-only or not, and cut the connections that began before, as a fail-over does."""
    name = counter.database.name
    setting: LiteralString = "ALTER DATABASE {} SET default_transaction_read_only = {}"
    with psycopg.connect(plain_url(counter.database.services.superuser_url("postgres")), autocommit=True) as connection:
        connection.execute(sql.SQL(setting).format(sql.Identifier(name), sql.SQL("on" if switch == "on" else "off")))
        connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])
