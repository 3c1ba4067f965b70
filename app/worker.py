"""The worker process: `python -m app.worker earning`, or any other queues by name."""

from __future__ import annotations

import importlib
import pkgutil
import sys

from redis import Redis
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer

from app import jobs
from app.core.config import Settings
from app.core.garbage import collect_rarely
from app.core.queue import queue_names, rq_queue
from app.factory import create_app
from app.jobs import runtime

_NO_FORK = (["earning"], ["webhooks"])
_LONGEST_PAUSE = 5.0
"""Seconds between two tries to reach Redis, however long it has been away (RQ's own: a minute)."""


def main(queues: list[str]) -> None:
    """Work until SIGTERM; the job at hand is finished first.

    Earning runs in the process itself, where a fork would cost more than the job, and webhooks do, whose threads
    outlive the job that hands them their posts; other work for the outside runs in a fork of its own, which may hang
    or crash alone. The short intervals find the jobs of a dead worker in seconds
    rather than minutes (RELIABILITY 4.3).
    """
    unknown = set(queues) - set(queue_names)
    if unknown or not queues:
        raise SystemExit(f"Name queues out of {', '.join(queue_names)}")
    settings = Settings.from_env(process="worker", pool_size=2)
    runtime.serve(create_app(settings))
    for module in pkgutil.iter_modules(jobs.__path__):
        importlib.import_module(f"{jobs.__name__}.{module.name}")
    collect_rarely()
    connection = Redis.from_url(settings.redis_url)
    kind = SimpleWorker if queues in _NO_FORK else Worker
    worker = kind(
        [rq_queue(name, connection) for name in queues],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=30,
        maintenance_interval=10,
        job_monitoring_interval=10,
        log_job_description=False,
    )
    worker.max_connection_wait_time = _LONGEST_PAUSE
    worker.work(with_scheduler=kind is Worker, logging_level="WARNING")


if __name__ == "__main__":
    main(sys.argv[1:])
