"""Opening hours: typed in any usual way, several spans a day, over midnight, and never two at once."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.domain.opening_hours import covers, day_text, hours_words, overlaps, read_day, without_closed_days


def _day(text: str) -> list[dict[str, str]]:
    return read_day(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  ", ""),
        ("08:00–20:00", "08:00–20:00"),
        ("8-20", "08:00–20:00"),
        ("8.30 to 20", "08:30–20:00"),
        ("08:00-14:00; 16:00 — 22:00", "08:00–14:00, 16:00–22:00"),
        ("18:00-2", "18:00–02:00"),
        ("0-24", "00:00–24:00"),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, kept: str) -> None:
    assert day_text(read_day(typed)) == kept
    assert read_day(kept) == read_day(typed)


@pytest.mark.parametrize("typed", ["closed", "8", "8-", "25-26", "08:60-09:00", "24-3", "9-9", "8 20", "8-9-10"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        read_day(typed)


def test_a_day_has_no_more_than_six_spans() -> None:
    with pytest.raises(ValueError, match="at most 6"):
        read_day(", ".join(f"{hour}-{hour}:30" for hour in range(7)))


@pytest.mark.parametrize(
    ("hours", "clashing"),
    [
        ({"mon": _day("8-12, 12-20")}, []),
        ({"mon": _day("8-12, 11:59-20")}, ["mon"]),
        ({"fri": _day("18-3"), "sat": _day("3-4")}, []),
        ({"fri": _day("18-3"), "sat": _day("2-4")}, ["fri"]),
        ({"sun": _day("20-2"), "mon": _day("1-3")}, ["sun"]),
        ({"mon": _day("0-24"), "tue": _day("0-24")}, []),
        ({"wed": _day("8-9, 8-9")}, ["wed"]),
        ({}, []),
    ],
)
def test_two_spans_never_run_into_each_other(hours: dict[str, list[dict[str, str]]], clashing: list[str]) -> None:
    assert list(overlaps(hours)) == clashing


def test_equal_days_are_told_together() -> None:
    week = {day: _day("8-20") for day in ("mon", "tue", "wed", "thu", "fri")} | {"sun": _day("10-14, 18-2")}
    assert hours_words(week) == [("Mon–Fri", "08:00–20:00"), ("Sun", "10:00–14:00, 18:00–02:00")]
    assert hours_words({}) == []


def test_closed_days_are_not_kept() -> None:
    assert without_closed_days({"mon": [], "tue": _day("8-9")}) == {"tue": [{"opens": "08:00", "closes": "09:00"}]}


@pytest.mark.parametrize(
    ("hours", "at", "is_open"),
    [
        ({}, "2026-11-23T03:00", True),
        ({"mon": "14-16"}, "2026-11-23T14:00", True),
        ({"mon": "14-16"}, "2026-11-23T16:00", False),
        ({"mon": "14-16"}, "2026-11-24T15:00", False),
        ({"fri": "22-2"}, "2026-11-28T01:59", True),
        ({"fri": "22-2"}, "2026-11-28T02:00", False),
        ({"sun": "22-2"}, "2026-11-23T01:00", True),
    ],
)
def test_a_wall_time_lies_in_the_hours_or_not(hours: dict[str, str], at: str, is_open: bool) -> None:
    spans = {day: _day(text) for day, text in hours.items()}
    assert covers(spans, datetime.fromisoformat(at)) is is_open
