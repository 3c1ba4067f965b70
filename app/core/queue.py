"""The doorbell: tells a worker through RQ that there may be work, and never what the work is.

What must be done lies in PostgreSQL. A lost ring is a delay until the next sweep, a doubled one finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from redis import Redis, RedisError
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from app.core import redis_client, rounds
from app.core.unit_of_work import after_commit

queue_names = ("earning", "notifications", "webhooks", "payouts", "integrations")
rounds_of = {"earning.settle_purchases": "earning.settle_in_turn"}
"""Jobs so short and so many that one job of RQ goes round the businesses that rang for them (`core.rounds`)."""

_COLLAPSE_SECONDS = 30
_ROUND_SECONDS = 5
"""A bell is off within a second or two, unless who was sent was killed: then all wait, so not for long."""
_JOB_SECONDS = 120
_RESULT_SECONDS = 60
_FAILURE_SECONDS = 24 * 3600
_RETRY_SECONDS = (10, 60, 300)

_log = structlog.get_logger(__name__)


def ring(queue: str, job: str, business_id: UUID, *, is_urgent: bool = False) -> None:
    """Have `app.jobs.<job>` run for the business once the open transaction is committed (at once if none is open).

    `job` is "module.function". One ring of a name waits at most: the job takes it off when it starts (`answered`), so
    what is written later rings anew. An urgent ring goes to the head of its queue: somebody waits.
    """
    if queue not in queue_names:
        raise ValueError(f"There is no queue {queue!r}")
    after_commit(lambda: _enqueue(queue, job, business_id, is_urgent))


def answered(job: str, business_id: UUID) -> None:
    """Take the waiting ring off; a job calls this before it looks for work."""
    try:
        redis_client.client().delete(_ring_key(job, business_id))
    except RedisError as error:
        _log.warning("redis_away", error=str(error))


def rq_queue(name: str, connection: Redis | None = None) -> Queue:
    """Return RQ's queue; jobs are written as JSON, so nobody who can write to Redis can run code here."""
    return Queue(name, connection=connection or redis_client.client(), serializer=JSONSerializer)


def ring_alone(queue: str, job: str, business_id: UUID) -> None:
    """Give what failed in a round to RQ as a job of its own, which tries it again and keeps what it said."""
    _send(queue, job, {"business_id": str(business_id), **_request()}, ())


def send_another(queue: str, job: str) -> None:
    """Have somebody go on with the round of a job, unless another one is on the way."""
    if redis_client.client().set(rounds.bell(job), 1, nx=True, ex=_ROUND_SECONDS):
        _send(queue, rounds_of[job], {}, (rounds.bell(job),))


def _enqueue(queue: str, job: str, business_id: UUID, is_urgent: bool) -> None:
    """Enqueue, unless a ring of the same name waits already. Redis away is a warning: the sweep rings later."""
    key, request = _ring_key(job, business_id), _request()
    try:
        if job in rounds_of:
            if rounds.join(job, key, business_id, request.get("request_id", ""), _ROUND_SECONDS):
                _send(queue, rounds_of[job], {}, (key, rounds.bell(job)))
        elif redis_client.client().set(key, 1, nx=True, ex=_COLLAPSE_SECONDS):
            _send(queue, job, {"business_id": str(business_id), **request}, (key,), is_urgent=is_urgent)
    except RedisError as error:
        _log.warning("ring_lost", job=job, business_id=str(business_id), error=str(error))


def _send(queue: str, job: str, arguments: dict[str, str], rung: Sequence[str], *, is_urgent: bool = False) -> None:
    """Hand a job to RQ; if that fails the keys that were rung are taken back, or they would silence the next rings."""
    try:
        rq_queue(queue).enqueue_call(
            f"app.jobs.{job}",
            kwargs=arguments,
            timeout=_JOB_SECONDS,
            result_ttl=_RESULT_SECONDS,
            failure_ttl=_FAILURE_SECONDS,
            description=f"{job} {arguments.get('business_id', '')}".strip(),
            retry=_retry(queue),
            at_front=is_urgent,
        )
    except RedisError:
        if rung:
            redis_client.client().delete(*rung)
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
