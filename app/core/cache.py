"""Values that may vanish at any time: JSON in Redis under keys that begin with the business."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from redis import RedisError

from app.core import redis_client, serial

_log = structlog.get_logger(__name__)


def get(business_id: UUID, key: str) -> Any | None:
    """Return the value kept under the key, or None: unknown, expired, or Redis is away."""
    try:
        found = redis_client.client().get(name(business_id, key))
    except RedisError as error:
        _log.warning("cache_away", error=str(error))
        return None
    return None if found is None else serial.loads(found)


def put(business_id: UUID, key: str, value: Any, seconds: int) -> None:
    """Keep a JSON value for some seconds; a failure is no error."""
    try:
        redis_client.client().set(name(business_id, key), serial.dump_bytes(value), ex=seconds)
    except RedisError as error:
        _log.warning("cache_away", error=str(error))


def delete(business_id: UUID, *keys: str) -> None:
    """Forget keys at once; call it after the commit, since a reader in between would bring the old value back."""
    try:
        redis_client.client().delete(*(name(business_id, key) for key in keys))
    except RedisError as error:
        _log.warning("cache_away", error=str(error))


def name(business_id: UUID, key: str) -> str:
    """Return the name under which Redis keeps it."""
    return f"b:{business_id}:{key}"
