"""The doorbell: tells a worker through RQ that there may be work, and never what the work is.

What must be done lies in PostgreSQL. A lost ring is a delay until the next sweep, a doubled one finds nothing to do.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from redis import Redis, RedisError
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from app.core import redis_client
from app.core.unit_of_work import after_commit

queue_names = ("earning", "notifications", "webhooks", "payouts", "integrations")

_COLLAPSE_SECONDS = 30
_JOB_SECONDS = 120
_RESULT_SECONDS = 60
_FAILURE_SECONDS = 24 * 3600
_RETRY_SECONDS = (10, 60, 300)

_log = structlog.get_logger(__name__)


def ring(
    queue: str,
    job: str,
    business_id: UUID,
    *,
    collapse: bool = True,
    is_urgent: bool = False,
    **arguments: str | int | bool,
) -> None:
    """Have `app.jobs.<job>` run for the business once the open transaction is committed (at once if none is open).

    `job` is "module.function". With `collapse` one ring waits at most: the job takes it off when it starts
    (`answered`), so what is written later rings anew. An urgent ring goes to the head of its queue: somebody waits.
    `arguments` must be plain JSON.
    """
    if queue not in queue_names:
        raise ValueError(f"There is no queue {queue!r}")
    after_commit(lambda: _enqueue(queue, job, business_id, collapse, is_urgent, arguments))


def answered(job: str, business_id: UUID) -> None:
    """Take the waiting ring off; a job calls this before it looks for work."""
    try:
        redis_client.client().delete(_ring_key(job, business_id))
    except RedisError as error:
        _log.warning("redis_away", error=str(error))


def rq_queue(name: str, connection: Redis | None = None) -> Queue:
    """Return RQ's queue; jobs are written as JSON, so nobody who can write to Redis can run code here."""
    return Queue(name, connection=connection or redis_client.client(), serializer=JSONSerializer)


def _enqueue(
    queue: str,
    job: str,
    business_id: UUID,
    collapse: bool,
    is_urgent: bool,
    arguments: dict[str, str | int | bool],
) -> None:
    """Enqueue, unless a ring of the same name waits already. Redis away is a warning: the sweep rings later."""
    key = _ring_key(job, business_id)
    try:
        if not collapse or redis_client.client().set(key, 1, nx=True, ex=_COLLAPSE_SECONDS):
            _send(queue, job, business_id, is_urgent, arguments)
    except RedisError as error:
        _log.warning("ring_lost", job=job, business_id=str(business_id), error=str(error))


def _send(queue: str, job: str, business_id: UUID, is_urgent: bool, arguments: dict[str, str | int | bool]) -> None:
    """Hand the job to RQ; a ring that did not get there is taken back, or it would silence the next ones."""
    try:
        rq_queue(queue).enqueue_call(
            f"app.jobs.{job}",
            kwargs={"business_id": str(business_id), **_request(), **arguments},
            timeout=_JOB_SECONDS,
            result_ttl=_RESULT_SECONDS,
            failure_ttl=_FAILURE_SECONDS,
            description=f"{job} {business_id}",
            retry=_retry(queue),
            at_front=is_urgent,
        )
    except RedisError:
        answered(job, business_id)
        raise


def _request() -> dict[str, str]:
    """Carry the id of the request that rang into the job's log lines."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return {"request_id": str(request_id)} if request_id else {}


def _retry(queue: str) -> Retry:
    """Workers without a fork try again at once (they have no timer, and the sweep rings anyway); the others wait."""
    if queue in ("earning", "webhooks"):
        return Retry(max=1)
    return Retry(max=len(_RETRY_SECONDS), interval=list(_RETRY_SECONDS))


def _ring_key(job: str, business_id: UUID) -> str:
    return f"ring:{job}:{business_id}"
