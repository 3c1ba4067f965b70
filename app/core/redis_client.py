"""The process's connection pool to Redis. Nothing that must last is kept there."""

from __future__ import annotations

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

_TIMEOUT_SECONDS = 0.5
_NAME = "redis"


def start(app: Flask, url: str) -> None:
    """Make the pool; it connects when first used, so a missing Redis does not stop the start."""
    app.extensions[_NAME] = Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )


def client() -> Redis:
    """Return the client of the current application; calls give up after half a second."""
    found: Redis = current_app.extensions[_NAME]
    return found
