"""Local time: gaps and folds, days, periods and windows, recurring windows, and when lots and vouchers run out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.expiry import last_day, voucher_expires_at
from app.domain.localtime import (
    add_months,
    end_of_day,
    local_day,
    period_end,
    period_key,
    period_start,
    start_of_day,
    to_instant,
    window_key,
)
from app.domain.recurrence import Recurrence, RecurrenceError, check_rule, occurrence_days

KYIV, YORK, HOWE, APIA = (
    ZoneInfo(n) for n in ("Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
)

WALLS = [
    ("a gap moves forward", "2026-03-29T03:30", KYIV, "2026-03-29T01:30"),
    ("a fold is the first", "2026-10-25T03:30", KYIV, "2026-10-25T00:30"),
    ("a gap in New York", "2026-03-08T02:30", YORK, "2026-03-08T07:30"),
    ("a fold in New York", "2026-11-01T01:30", YORK, "2026-11-01T05:30"),
    ("a gap of half an hour", "2026-10-04T02:15", HOWE, "2026-10-03T15:45"),
    ("a day that Samoa never had", "2011-12-30T12:00", APIA, "2011-12-30T22:00"),
    ("an ordinary wall time", "2026-06-01T12:00", KYIV, "2026-06-01T09:00"),
]


@pytest.mark.parametrize(("says", "wall", "zone", "instant"), WALLS, ids=[w[0] for w in WALLS])
def test_wall_times_become_instants(says: str, wall: str, zone: ZoneInfo, instant: str) -> None:
    assert to_instant(datetime.fromisoformat(wall), zone) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_days_are_as_long_as_they_are() -> None:
    hours = [
        (end_of_day(day, KYIV) - start_of_day(day, KYIV)) / timedelta(hours=1)
        for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1))
    ]
    assert hours == [23, 25, 24]
    assert local_day(datetime(2026, 3, 9, 22, tzinfo=UTC), KYIV) == date(2026, 3, 10)


def test_months_are_clamped_to_their_last_day() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)


def test_periods_have_a_start_an_end_and_a_name() -> None:
    day = date(2026, 5, 17)
    named = {
        p: (period_start(p, day), period_end(p, day), period_key(p, day)) for p in ("monthly", "quarterly", "yearly")
    }
    assert named == {
        "monthly": (date(2026, 5, 1), date(2026, 6, 1), "2026-05"),
        "quarterly": (date(2026, 4, 1), date(2026, 7, 1), "2026-Q2"),
        "yearly": (date(2026, 1, 1), date(2027, 1, 1), "2026"),
    }
    assert (period_start("lifetime", day), period_end("lifetime", day), period_key("lifetime", day)) == (
        date.min,
        None,
        "lifetime",
    )


def test_windows_of_caps_are_named_by_local_days() -> None:
    day = date(2026, 1, 1)
    assert [window_key(per, day) for per in ("day", "week", "month", "program")] == [
        "2026-01-01",
        "2026-W01",
        "2026-01",
        "program",
    ]


def test_a_window_that_recurs_is_open_from_its_begin_to_before_its_end() -> None:
    window = Recurrence.compile("FREQ=WEEKLY;BYDAY=MO", "22:00", 240, KYIV)
    monday = datetime(2026, 3, 9, 20, tzinfo=UTC)
    assert [window.is_open(monday + timedelta(minutes=m)) for m in (-1, 0, 239, 240)] == [False, True, True, False]
    weekend = Recurrence.compile("FREQ=WEEKLY;BYDAY=SA", "00:00", 2880, KYIV)
    assert weekend.is_open(datetime(2026, 3, 15, 21, 59, tzinfo=UTC))
    assert not weekend.is_open(datetime(2026, 3, 15, 22, 0, tzinfo=UTC))


def test_rules_end_and_skip() -> None:
    assert len(occurrence_days("FREQ=MONTHLY;BYMONTHDAY=31", 2026)) == 7
    assert max(occurrence_days("FREQ=DAILY;UNTIL=20260110", 2026)) == date(2026, 1, 10)
    assert occurrence_days("FREQ=DAILY", 1999) == frozenset()
    assert check_rule(" rrule:freq=weekly;byday=mo,we ") == "FREQ=WEEKLY;BYDAY=MO,WE"


@pytest.mark.parametrize(
    "rule",
    [
        None,
        "",
        "x" * 201,
        "FREQ=SECONDLY",
        "FREQ=WEEKLY;BYHOUR=3",
        "FREQ=WEEKLY;BYDAY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_rules_that_cannot_be_are_refused_with_a_sentence(rule: object) -> None:
    with pytest.raises(RecurrenceError, match=r"\w+ \w+"):
        check_rule(rule)


def test_vouchers_run_out_at_the_end_of_a_local_day() -> None:
    issued = datetime(2026, 3, 27, 12, tzinfo=UTC)
    assert voucher_expires_at(None, issued, KYIV) is None
    assert voucher_expires_at(2, issued, KYIV) == datetime(2026, 3, 29, 21, tzinfo=UTC)


def test_the_last_day_of_a_voucher_is_the_one_before_it_expires_at_midnight() -> None:
    expires_at = voucher_expires_at(7, datetime(2026, 3, 24, 12, tzinfo=UTC), KYIV)
    assert expires_at is not None
    assert last_day(expires_at, KYIV) == date(2026, 3, 31)
    assert last_day(expires_at + timedelta(hours=1), KYIV) == date(2026, 4, 1)
