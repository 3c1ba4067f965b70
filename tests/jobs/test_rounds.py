"""One job of RQ goes round the businesses that rang; nobody waits for another's fault, and nobody is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import structlog
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError
from rq import Queue

from app.core import queue, redis_client, rounds
from app.core.ids import new_id
from app.jobs import earning, runtime
from tests.support.rounds import businesses_in_round
from tests.support.worker import forget_what_waits

JOB = "earning.settle_purchases"
GOES_ROUND = "app.jobs.earning.settle_in_turn"


@pytest.fixture(autouse=True)
def nobody_waits(in_app: Flask) -> Iterator[None]:
    """Other tests ring, too, and have no worker."""
    structlog.contextvars.clear_contextvars()
    forget_what_waits("earning")
    yield
    forget_what_waits("earning")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Whom the earning job was run for; the round's first one fails."""
    seen: list[UUID] = []

    def settle_purchases(business_id: UUID) -> None:
        seen.append(business_id)
        if len(seen) == 1:
            raise LookupError

    _stand_in(settle_purchases, monkeypatch)
    return seen


def test_one_job_is_sent_for_any_number_of_businesses_which_wait_once_each_in_their_order(in_app: Flask) -> None:
    first, second = new_id(), new_id()
    for business_id in (first, second, first):
        queue.ring("earning", JOB, business_id)
    assert businesses_in_round(JOB) == [first, second]
    assert _sent() == [(GOES_ROUND, {})]


def test_what_a_killed_worker_took_along_is_forgotten_within_seconds(in_app: Flask) -> None:
    business_id = new_id()
    queue.ring("earning", JOB, business_id)
    for key in (rounds.bell(JOB), f"ring:{JOB}:{business_id}"):
        assert 0 < redis_client.client().ttl(key) <= 5
        redis_client.client().delete(key)
    redis_client.client().delete(f"round:{JOB}")
    queue.ring("earning", JOB, business_id)
    assert businesses_in_round(JOB) == [business_id]
    assert len(_sent()) == 2


def test_whoever_rings_after_the_job_began_has_another_one_sent(in_app: Flask) -> None:
    queue.ring("earning", JOB, new_id())
    rounds.begin(JOB)
    queue.ring("earning", JOB, new_id())
    assert len(_sent()) == 2


def test_who_fails_becomes_a_job_of_its_own_and_the_others_have_their_turn(settled: list[UUID]) -> None:
    wanted = [new_id() for _ in range(3)]
    for business_id in wanted:
        queue.ring("earning", JOB, business_id)
    earning.settle_in_turn()
    assert settled == wanted
    assert businesses_in_round(JOB) == []
    assert _sent() == [(GOES_ROUND, {}), (f"app.jobs.{JOB}", {"business_id": str(wanted[0])})]


def test_who_rings_while_its_job_runs_waits_again(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    business_id = new_id()
    runs: list[UUID] = []

    def settle_purchases(found: UUID) -> None:
        runs.append(found)
        if len(runs) == 1:
            queue.ring("earning", JOB, found)

    _stand_in(settle_purchases, monkeypatch)
    queue.ring("earning", JOB, business_id)
    earning.settle_in_turn()
    assert runs == [business_id] * 2


def test_a_job_whose_time_is_over_sends_another_one_for_the_rest(
    settled: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(earning, "_ROUND_SECONDS", -1.0)
    queue.ring("earning", JOB, new_id())
    earning.settle_in_turn()
    assert settled == [] and len(businesses_in_round(JOB)) == 1
    assert [name for name, _ in _sent()] == [GOES_ROUND] * 2


def test_a_round_that_rq_did_not_get_is_taken_back_so_that_the_next_ring_is_heard(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    business_id = new_id()
    with monkeypatch.context() as broken:
        broken.setattr(Queue, "enqueue_call", _line_breaks)
        queue.ring("earning", JOB, business_id)
    assert _sent() == []
    queue.ring("earning", JOB, business_id)
    assert len(_sent()) == 1


def test_the_request_that_rang_is_named_in_the_log_of_its_turn(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[object] = []

    def settle_purchases(_: UUID) -> None:
        named.append(structlog.contextvars.get_contextvars().get("request_id"))

    _stand_in(settle_purchases, monkeypatch)
    with structlog.contextvars.bound_contextvars(request_id="asked-1"):
        queue.ring("earning", JOB, new_id())
    queue.ring("earning", JOB, new_id())
    earning.settle_in_turn()
    assert named == ["asked-1", None]


def _stand_in(settle_purchases: Callable[[UUID], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the round call this instead, under the job's own name."""
    settle_purchases.__module__ = "app.jobs.earning"
    monkeypatch.setattr(earning, "settle_purchases", runtime.job(opens="nothing")(settle_purchases))


def _sent() -> list[tuple[str, dict[str, str]]]:
    return [(str(job.func_name), job.kwargs) for job in queue.rq_queue("earning").jobs]


def _line_breaks(*_: object, **__: object) -> None:
    raise RedisConnectionError
