"""The process's connections to Redis. Nothing that must last is kept there."""

from __future__ import annotations

import hashlib
import os
import threading
from typing import Any

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

_TIMEOUT_SECONDS = 0.5
_NAME, _OWN = "redis", "redis_own"
_TRIES = 2


def start(app: Flask, url: str) -> None:
    """Make the pool; it connects when first used, so a missing Redis does not stop the start."""
    app.extensions[_NAME] = Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), _TRIES - 1),
    )
    app.extensions[_OWN] = _Own()


def client() -> Redis:
    """Return the client of the current application; calls give up after half a second."""
    found: Redis = current_app.extensions[_NAME]
    return found


def ask(*command: str | int | bytes) -> Any:
    """Send one command on a connection of this thread's own and return the bare answer, for what every request asks.

    The same as by the client, with the same time-out and the same second try, at a third of its cost: no connection is
    fetched and put back, and nothing is recorded or converted. Raises RedisError.
    """
    own: _Own = current_app.extensions[_OWN]
    for tried in range(1, _TRIES + 1):
        try:
            return own.ask(command)
        except (RedisConnectionError, RedisTimeoutError):
            if tried == _TRIES:
                raise
    raise AssertionError("unreachable")


class Script:
    """A script that Redis keeps by its digest; after a restart of Redis it is sent whole once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()  # what EVALSHA calls it

    def run(self, keys: list[str], *values: str | int) -> Any:
        """Run it and return its answer."""
        try:
            return ask("EVALSHA", self._digest, len(keys), *keys, *values)
        except NoScriptError:
            return ask("EVAL", self._text, len(keys), *keys, *values)


class _Own(threading.local):
    """A connection for each thread, and for each process after a fork; it closes when its thread has ended."""

    connection: Any = None
    process = 0

    def ask(self, command: tuple[str | int | bytes, ...]) -> Any:
        if self.process != os.getpid():
            pool = client().connection_pool  # knows how to connect; it neither counts this one nor lends it to anybody
            self.process, self.connection = os.getpid(), pool.connection_class(**pool.connection_kwargs)
        try:
            self.connection.send_command(*command)
            return self.connection.read_response(disconnect_on_error=False)
        except ResponseError:
            raise
        except BaseException:  # an answer that nobody waits for any more must not become the next one's
            self.connection.disconnect()
            raise
