"""A till is missed when it is silent for longer than it usually is, and sooner when it was left open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.till_silence import is_silent, silent_for

DAILY = [date(2026, 3, day) for day in range(2, 7)]
WITH_WEEKENDS = [*DAILY, *(date(2026, 3, day) for day in range(9, 14))]


@pytest.mark.parametrize(
    ("days", "is_open", "allowed"),
    [
        ([], False, None),
        (DAILY[:2], False, None),
        ([], True, 2),
        (DAILY, True, 2),
        (DAILY, False, 3),
        (WITH_WEEKENDS, True, 4),
        (WITH_WEEKENDS, False, 5),
    ],
)
def test_the_longest_pause_of_the_last_weeks_says_how_long_is_too_long(
    days: list[date], is_open: bool, allowed: int | None
) -> None:
    assert silent_for(days, is_open=is_open) == (None if allowed is None else timedelta(days=allowed))


def test_it_is_missed_from_that_instant_on() -> None:
    seen = datetime(2026, 3, 6, 18, tzinfo=UTC)
    just_before = seen + timedelta(days=3) - timedelta(seconds=1)
    assert not is_silent(seen, DAILY, is_open=False, now=just_before)
    assert is_silent(seen, DAILY, is_open=False, now=seen + timedelta(days=3))
    assert not is_silent(seen, [], is_open=False, now=seen + timedelta(days=300))
