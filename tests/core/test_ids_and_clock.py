"""Ids ascend and are of version 7; there is one clock, and it can be held."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
import time_machine

from app.core import clock, ids
from app.core.ids import new_id

NOON = datetime(2025, 3, 24, 12, tzinfo=UTC)


def test_ids_ascend_also_within_one_millisecond_and_when_the_clock_steps_back() -> None:
    with time_machine.travel(NOON, tick=False):
        later = [new_id() for _ in range(10_000)]
    with time_machine.travel(NOON.replace(hour=11), tick=False):
        earlier = [new_id() for _ in range(10)]
    assert later + earlier == sorted(later + earlier)
    assert len(set(later)) == 10_000


def test_an_id_is_a_uuid_of_version_7_with_the_time_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a counter of its own: ids never step back, so all that this process made later would be of 2100."""
    monkeypatch.setattr(ids, "_ticks", ids._Ticks())
    with time_machine.travel(NOON.replace(year=2100), tick=False):
        made = new_id()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == int(NOON.replace(year=2100).timestamp() * 1000)


def test_threads_never_get_the_same_id() -> None:
    found: list[object] = []
    threads = [Thread(target=lambda: found.extend(new_id() for _ in range(5_000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 20_000


def test_a_token_has_its_bits_and_is_never_the_same() -> None:
    assert len(ids.token()) == 43
    assert ids.token() != ids.token()


def test_the_clock_is_held_in_this_context_alone() -> None:
    with clock.frozen(NOON):
        assert clock.now() == NOON
        other: list[datetime] = []
        thread = Thread(target=lambda: other.append(clock.now()))
        thread.start()
        thread.join()
        assert other[0] != NOON
    assert clock.now() != NOON


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"), clock.frozen(NOON.replace(tzinfo=None)):
        pass


@pytest.mark.parametrize(
    ("value", "said"),
    [("2025-03-24T00:00+02:00", "2025-03-23 22:00:00+00:00"), ("2025-03-24T00:00", "needs an offset")],
)
def test_a_whole_process_can_be_held_by_the_environment(value: str, said: str) -> None:
    command = [sys.executable, "-c", "from app.core import clock; print(clock.now())"]
    root = Path(__file__).parents[2]
    answer = subprocess.run(
        command, cwd=root, env={"REGULARS_CLOCK": value}, capture_output=True, text=True, check=False
    )
    assert said in answer.stdout + answer.stderr
