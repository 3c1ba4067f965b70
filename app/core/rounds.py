"""Rounds: businesses that rang for the same job, in their order; one job of RQ goes round them for a while.

RQ's own dealings with Redis cost about as much as settling one sale, so a busy worker has them once a second, not once
a sale. As with every ring nothing here must last: the sweep rings again for whatever is lost.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core import redis_client

# KEYS: the business's own ring, the round, the round's bell. ARGV: business, request, seconds that a ring holds.
_JOIN = redis_client.Script("""
if redis.call('SET', KEYS[1], 1, 'NX', 'EX', ARGV[3]) then
  redis.call('RPUSH', KEYS[2], ARGV[1] .. ' ' .. ARGV[2])
end
return redis.call('SET', KEYS[3], 1, 'NX', 'EX', ARGV[3])
""")


def join(job: str, ring_key: str, business_id: UUID, request_id: str, seconds: int) -> bool:
    """Put a business at the end of the round of a job, unless its ring is there; True when somebody has to be sent.

    Whoever is sent says `begin` first. A ring or bell that nobody takes off is forgotten after ``seconds``.
    """
    return bool(_JOIN.run([ring_key, _round(job), bell(job)], str(business_id), request_id, seconds))


def begin(job: str) -> None:
    """Take the bell off, so that whoever rings from now on has another one sent beside this one."""
    redis_client.client().delete(bell(job))


def next_business(job: str, wait_seconds: float) -> tuple[str, str] | None:
    """Take the next business and the id of the request that rang for it; None when none came while waiting.

    ``wait_seconds`` stays below the half second after which the client gives up.
    """
    found: Any = redis_client.client().blpop([_round(job)], timeout=wait_seconds)
    if found is None:
        return None
    business_id, _, request_id = found[1].decode().partition(" ")
    return business_id, request_id


def is_waited_for(job: str) -> bool:
    """Whether businesses wait in the round."""
    return bool(redis_client.client().exists(_round(job)))


def bell(job: str) -> str:
    """The key under which the ring of a round itself waits."""
    return f"bell:{job}"


def _round(job: str) -> str:
    return f"round:{job}"
