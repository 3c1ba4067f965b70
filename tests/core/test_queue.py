"""Rings: after the commit, one at a time, as plain JSON, and never worth an error."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
import structlog
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError
from rq import Queue
from rq.job import Job
from sqlalchemy import select

from app.core import cache, clock, queue
from app.core.ids import new_id
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.factory import create_app
from app.jobs import runtime
from app.jobs.schedule import sweep
from app.models.due import Due
from app.models.location import Location
from tests.factories.businesses import Shop
from tests.support.app import close, settings_for
from tests.support.databases import Database
from tests.support.worker import forget_what_waits, work_off

JOB = "relay.relay_events"


@pytest.fixture(autouse=True)
def nobody_waits(in_app: Flask) -> None:
    """Other tests ring, too, and have no worker."""
    forget_what_waits("notifications")


def _waiting(business_id: UUID) -> list[Job]:
    jobs = queue.rq_queue("notifications").jobs
    return [job for job in jobs if job.kwargs["business_id"] == str(business_id)]


def test_a_ring_waits_for_the_commit(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        queue.ring("notifications", JOB, cafe.id)
        assert _waiting(cafe.id) == []
    assert [job.func_name for job in _waiting(cafe.id)] == [f"app.jobs.{JOB}"]


def test_a_ring_of_a_transaction_that_is_undone_is_never_heard(cafe: Shop) -> None:
    with pytest.raises(LookupError), unit_of_work(cafe.id):
        queue.ring("notifications", JOB, cafe.id)
        raise LookupError
    assert _waiting(cafe.id) == []


def test_one_ring_waits_at_most_until_the_job_takes_it_off(cafe: Shop) -> None:
    for _ in range(3):
        queue.ring("notifications", JOB, cafe.id)
    assert len(_waiting(cafe.id)) == 1
    queue.answered(JOB, cafe.id)
    queue.ring("notifications", JOB, cafe.id)
    assert len(_waiting(cafe.id)) == 2


def test_jobs_are_written_as_json(cafe: Shop) -> None:
    structlog.contextvars.clear_contextvars()  # the id of a request that an earlier test has made
    queue.ring("notifications", JOB, cafe.id)
    job = _waiting(cafe.id)[0]
    assert json.loads(job.data)[0] == f"app.jobs.{JOB}"
    assert job.kwargs == {"business_id": str(cafe.id)}


def test_there_are_no_other_queues(cafe: Shop) -> None:
    with pytest.raises(ValueError, match="no queue"):
        queue.ring("other", JOB, cafe.id)


def test_without_redis_a_ring_is_lost_quietly_and_the_cache_misses(cafe: Shop, database: Database) -> None:
    away = create_app(settings_for(database, redis_url="unix:///nowhere.sock"))
    with away.app_context():
        with unit_of_work(cafe.id):
            session().add(Location(id=new_id(), name="Kept", created_at=clock.now()))
            queue.ring("notifications", JOB, cafe.id)
        cache.put(cafe.id, "key", 1, 60)
        assert cache.get(cafe.id, "key") is None
        cache.delete(cafe.id, "key")
        with unit_of_work(cafe.id):
            assert session().scalar(select(Location.name).where(Location.name == "Kept")) == "Kept"
    close(away)


def test_a_job_runs_in_its_business_and_answers_the_due_rows_that_it_saw(cafe: Shop) -> None:
    late = new_id()
    seen: list[object] = []

    def settle(business_id: UUID) -> None:
        seen.append((business_id, session().scalars(select(Location.name)).all()))
        with platform_session():
            session().add(Due(id=late, business_id=cafe.id, kind="earning", due_at=clock.now()))

    settle.__module__ = "app.jobs.earning"
    with unit_of_work(cafe.id):
        session().add(Location(id=new_id(), name="Main", created_at=clock.now()))
        session().add(Due(id=new_id(), business_id=cafe.id, kind="earning", due_at=clock.now()))
    runtime.job(due="earning")(settle)(str(cafe.id))
    assert seen == [(cafe.id, ["Main"])]
    with platform_session():
        assert session().scalars(select(Due.id).where(Due.business_id == cafe.id)).all() == [late]


def test_a_job_that_fails_leaves_its_due_rows(cafe: Shop) -> None:
    def settle(business_id: UUID) -> None:
        raise LookupError

    with unit_of_work(cafe.id):
        session().add(Due(id=new_id(), business_id=cafe.id, kind="earning", due_at=clock.now()))
    with pytest.raises(LookupError):
        runtime.job(due="earning")(settle)(str(cafe.id))
    with platform_session():
        assert len(session().scalars(select(Due.id).where(Due.business_id == cafe.id)).all()) == 1


def test_the_sweep_rings_for_what_is_due_and_a_worker_does_it(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        session().add(Due(id=new_id(), business_id=cafe.id, kind="relay", due_at=clock.now()))
    sweep()
    assert len(_waiting(cafe.id)) == 1
    work_off("notifications")
    assert _waiting(cafe.id) == []
    with platform_session():
        assert session().scalars(select(Due.id).where(Due.business_id == cafe.id)).all() == []


def test_a_ring_that_rq_did_not_get_is_taken_back_so_that_the_next_one_is_heard(
    cafe: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Queue, "enqueue_call", _line_breaks)
        queue.ring("notifications", JOB, cafe.id)
    assert _waiting(cafe.id) == []
    queue.ring("notifications", JOB, cafe.id)
    assert len(_waiting(cafe.id)) == 1


def _line_breaks(*_: object, **__: object) -> None:
    raise RedisConnectionError
