"""Who waits in a round, as Redis has it."""

from __future__ import annotations

from uuid import UUID

from app.core import redis_client


def businesses_in_round(job: str) -> list[UUID]:
    """Return the businesses that wait for a job that goes round, in their order."""
    found = redis_client.client().lrange(f"round:{job}", 0, -1)
    return [UUID(entry.decode().partition(" ")[0]) for entry in found]
