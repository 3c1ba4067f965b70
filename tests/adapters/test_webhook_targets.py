"""The corpus of hostile addresses, saved and sent for real: nothing of this machine is ever connected to."""

from __future__ import annotations

import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from app.adapters.webhook_sender import WebhookSender
from tests.adapters.test_webhook_sender import CORPUS, LOOPBACK, PRIVATE, TRICKS
from tests.factories.people import Person

INSIDE = (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6))
_PORT = 8443


class _Watch:
    """What this process really does with sockets, whichever way it does it: seen by an audit hook (PEP 578)."""

    def __init__(self) -> None:
        self.is_on = False
        self.connected: list[Any] = []
        self.resolved: Counter[str] = Counter()
        sys.addaudithook(self._see)

    def _see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        if event == "socket.connect" and isinstance(arguments[1], tuple):  # a path is our own Valkey
            self.connected.append(arguments[1])
        if event == "socket.getaddrinfo":
            self.resolved[str(arguments[0])] += 1


_watch = _Watch()


@contextmanager
def watched() -> Iterator[_Watch]:
    """Watch connections and look-ups of names."""
    _watch.connected, _watch.resolved, _watch.is_on = [], Counter(), True
    try:
        yield _watch
    finally:
        _watch.is_on = False


@pytest.fixture
def doors() -> Iterator[list[socket.socket]]:
    """Listening sockets on this machine, on the port that is allowed, as far as nobody else has it."""
    with ExitStack() as stack:
        found = []
        for host, family in INSIDE:
            door = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((host, _PORT))
            except OSError:
                continue
            door.listen(50)
            door.setblocking(False)
            found.append(door)
        yield found


def _knocks(doors: list[socket.socket]) -> int:
    count = 0
    for door in doors:
        try:
            while True:
                door.accept()[0].close()
                count += 1
        except BlockingIOError:
            continue
    return count


def test_the_corpus_has_more_than_sixty_addresses() -> None:
    assert len(set(LOOPBACK + PRIVATE)) + len(set(TRICKS)) >= 60
    assert len(set(CORPUS)) >= 120


def test_the_watch_sees_a_connection_that_is_made(doors: list[socket.socket]) -> None:
    with watched() as seen, socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        WebhookSender(allows_private=True).post(f"https://127.0.0.1:{other.getsockname()[1]}/", {}, b"{}")
        with socket.create_connection(("127.0.0.1", other.getsockname()[1])):
            pass
    assert [place[0] for place in seen.connected] == ["127.0.0.1"] * 2
    assert _knocks(doors) == 0


def test_sending_to_the_corpus_connects_to_nothing_and_asks_for_each_name_once(doors: list[socket.socket]) -> None:
    sender = WebhookSender(seconds=2.0)
    for url in CORPUS:
        with watched() as seen:
            answer = sender.post(url, {}, b"{}")
        assert (answer.status, seen.connected) == (None, []), url
        assert answer.error
        assert max(seen.resolved.values(), default=0) <= 1, url
    assert _knocks(doors) == 0


def test_saving_the_corpus_is_refused_field_by_field_and_connects_to_nothing(
    alma: Person, doors: list[socket.socket]
) -> None:
    endpoint = alma.post("/webhook-endpoints", {"url": "https://93.184.216.34/hook"}).json["id"]
    taken = []
    with watched() as seen:
        for url in CORPUS:
            sent = {"url": url}
            answers = alma.post("/webhook-endpoints", sent), alma.patch(f"/webhook-endpoints/{endpoint}", sent)
            taken += [f"{url}: {one.status}" for one in answers if list(one.json.get("errors", ())) != ["url"]]
    assert taken == []
    assert seen.connected == []
    assert _knocks(doors) == 0
    assert [one["url"] for one in alma.get("/webhook-endpoints").json["data"]] == ["https://93.184.216.34/hook"]
