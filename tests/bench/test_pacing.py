"""Paced requests: every one is sent, none before it is due, and a slow answer counts against those that wait behind."""

from __future__ import annotations

import pytest

from bench import pacing
from bench.crowding import request
from bench.pacing import send_paced, sender, start_paced
from tests.bench.conftest import Answering


def test_a_pace_is_kept_and_every_answer_counted(url: str, answering: type[Answering]) -> None:
    asked = [request("GET", "/", "key")] * 30 + [request("PUT", "/", "key", {"amount": 1})] * 10
    paced = send_paced(url, asked, a_second=200)
    assert paced.statuses == {200: 30, 503: 10}
    assert (paced.good, paced.errors) == (30, 10)
    assert len(paced.times) == answering.served == 40
    assert all(time > 0 for time in paced.times)


def test_a_request_that_is_late_is_timed_from_when_it_was_due(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are due at once, on one connection: each has waited for those before it."""
    monkeypatch.setattr(pacing, "CONNECTIONS", 1)
    paced = send_paced(url, [request("GET", "/", "key")] * 40, a_second=1_000_000_000)
    assert paced.times == sorted(paced.times)
    assert paced.times[-1] > paced.times[0]


def test_a_process_of_its_own_sends_the_same(url: str, answering: type[Answering]) -> None:
    with sender() as pool:
        paced = start_paced(pool, url, [request("GET", "/", "key")] * 20, a_second=500).result()
    assert paced.good == answering.served == 20
