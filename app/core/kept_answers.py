"""Answers that many ask for, ready as bytes: kept in Redis for seconds, under an edition that every change renews.

Whoever reads takes the edition before the database is asked and keeps the answer under it; whoever changes something
renews the edition after the commit. So an answer from before the change is never found under the edition after it, and
a renewal that was lost shows five seconds later. No answer is kept past an instant that it names, such as a start or
an end: what the clock changes shows at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from redis import RedisError

from app.core import cache, redis_client
from app.core.ids import token
from app.core.unit_of_work import after_commit

LIFE = timedelta(seconds=5)
_EDITION_SECONDS = 60
_EDITION_BITS = 64

_log = structlog.get_logger(__name__)


def keys(business_id: UUID, kind: str, name: str) -> tuple[str, str]:
    """Return where Redis has the edition of this kind of answers, and the answer of that name."""
    return cache.name(business_id, f"edition:{kind}"), cache.name(business_id, f"answer:{kind}:{name}")


def find(
    business_id: UUID, kind: str, name: str, now: datetime, along: Sequence[bytes | None] | None = None
) -> tuple[bytes, bytes | None]:
    """Return the edition of this kind of answers, and the answer of that name if it is of this edition and still good.

    `along` is what Redis has under the `keys`, where that is known already.
    """
    try:
        found: Any = along or redis_client.ask("MGET", *keys(business_id, kind, name))
    except RedisError as error:
        _log.warning("cache_away", error=str(error))
        return b"", None
    edition = found[0] or b""
    if found[1] is None:
        return edition, None
    its_edition, made_at, good_until, body = found[1].split(b"\n", 3)
    is_good = its_edition == edition and int(made_at) <= _milliseconds(now) < int(good_until)
    return edition, body if is_good else None


def keep(business_id: UUID, kind: str, name: str, now: datetime, edition: bytes, answer: Any, body: bytes) -> None:
    """Keep an answer, and the bytes that it became, made after its edition had been read; a failure is no error."""
    good_until = min((at for at in _instants(answer) if at > now), default=now + LIFE)
    times = (str(_milliseconds(at)).encode() for at in (now, min(good_until, now + LIFE)))
    kept = b"\n".join((edition, *times, body))
    try:
        redis_client.client().set(cache.name(business_id, f"answer:{kind}:{name}"), kept, px=LIFE)
    except RedisError as error:
        _log.warning("cache_away", error=str(error))


def renew_edition(business_id: UUID, kind: str) -> None:
    """Outdate every kept answer of a kind once the open transaction is committed."""
    name = cache.name(business_id, f"edition:{kind}")
    after_commit(lambda: redis_client.client().set(name, token(_EDITION_BITS), ex=_EDITION_SECONDS))


def _instants(answer: Any) -> Iterator[datetime]:
    """Every instant in an answer, however deep."""
    if isinstance(answer, datetime):
        yield answer
    elif isinstance(answer, dict | list):
        for part in answer.values() if isinstance(answer, dict) else answer:
            yield from _instants(part)


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1_000)
