"""A worker of RQ in this process, and forgetting what earlier tests have left for one."""

from __future__ import annotations

from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import delete

from app.core import queue, redis_client, rounds
from app.core.config import settings
from app.core.unit_of_work import platform_session, session
from app.models.due import Due


def work_off(name: str) -> None:
    """Do all that waits in a queue, on a connection of RQ's own, as workers do: RQ sets the time-out of its pool."""
    with Redis.from_url(settings().redis_url) as connection:
        worker = SimpleWorker([queue.rq_queue(name, connection)], connection=connection, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="ERROR")


def forget_what_waits(*names: str) -> None:
    """Forget what is due, who waits in a round and the jobs of these queues: tests ring, and have no worker.

    A queue is forgotten as a list: RQ would look at each of the thousands of jobs that a run leaves, for seconds.
    """
    with platform_session():
        session().execute(delete(Due))
    for job in queue.rounds_of:
        redis_client.client().delete(f"round:{job}", rounds.bell(job))
    for name in names:
        redis_client.client().unlink(queue.rq_queue(name).key)
