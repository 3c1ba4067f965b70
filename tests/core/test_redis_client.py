"""A thread's own connection to Redis: a second try when it died, and never the answer to somebody else's question."""

from __future__ import annotations

import gc
import os
import threading
from typing import Any

import pytest
from flask import Flask
from redis import RedisError
from redis.exceptions import ResponseError

from app.core import redis_client
from app.core.ids import new_id
from app.core.redis_client import Script, ask
from app.embedded.processes import wait_until


@pytest.fixture(autouse=True)
def _scope(in_app: Flask) -> None:
    """Every test asks within the application."""


def test_the_bare_answer_comes_back() -> None:
    ask("SET", "a key", "a value", "EX", 5)
    assert ask("MGET", "a key", "no key") == [b"a value", None]


def test_a_connection_that_died_since_its_last_use_is_replaced() -> None:
    mine = ask("CLIENT", "ID")
    redis_client.client().client_kill_filter(_id=mine)
    assert ask("CLIENT", "ID") != mine


def test_an_error_of_redis_leaves_the_connection_as_it_is() -> None:
    mine = ask("CLIENT", "ID")
    with pytest.raises(ResponseError):
        ask("NO SUCH COMMAND")
    assert ask("CLIENT", "ID") == mine


def test_an_answer_that_came_too_late_is_not_taken_for_the_next_one() -> None:
    with pytest.raises(RedisError):
        ask("BLPOP", "nothing comes here", 30)
    assert ask("ECHO", "next") == b"next"


def test_threads_do_not_share_a_connection_and_leave_none_behind(in_app: Flask) -> None:
    mine, found, all_there = ask("CLIENT", "ID"), set[int](), threading.Barrier(3)

    def look() -> None:
        with in_app.app_context():
            found.add(ask("CLIENT", "ID"))
            all_there.wait()

    for _ in range(100):
        threads = [threading.Thread(target=look) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    gc.collect()
    assert len(found - {mine}) == 300
    assert wait_until(lambda: found & _connections() <= {mine}, 30), "the server has yet to notice the last"


def test_a_forked_child_has_a_connection_of_its_own() -> None:
    mine = ask("CLIENT", "ID")
    reading, writing = os.pipe()
    if not (child := os.fork()):
        try:
            os.write(writing, str(ask("CLIENT", "ID")).encode())
        finally:
            os._exit(0)
    os.close(writing)  # of a child that says nothing the end is heard
    with os.fdopen(reading, "rb") as heard:
        assert int(heard.read()) != mine
    os.waitpid(child, 0)
    assert ask("CLIENT", "ID") == mine


def test_a_script_is_sent_whole_only_when_redis_does_not_know_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that nobody has sent: all who test share the server, so none is made to forget the others' scripts."""
    script = Script(f"return {{KEYS[1], ARGV[1], tonumber(ARGV[2]) + 1}} -- {new_id()}")
    asked: list[object] = []

    def noting(*words: str | int | bytes) -> Any:
        asked.append(words[0])
        return ask(*words)

    monkeypatch.setattr(redis_client, "ask", noting)
    for _ in range(2):
        assert script.run(["a"], "b", 2) == [b"a", b"b", 3]
    assert asked == ["EVALSHA", "EVAL", "EVALSHA"]


def _connections() -> set[int]:
    return {int(each["id"]) for each in redis_client.client().client_list()}
