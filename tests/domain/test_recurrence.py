"""Recurring windows: days by rule against dateutil itself, windows on the wall, and rules that are refused."""

import random
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from app.domain.recurrence import Recurrence, RecurrenceError, check_rule, occurrence_days

KYIV = ZoneInfo("Europe/Kyiv")

REFUSED = [
    ("FREQ=DAILY;INTERVAL=0", "INTERVAL must be between 1 and 366"),
    ("FREQ=DAILY;INTERVAL=-1", "INTERVAL must be between 1 and 366"),
    ("FREQ=DAILY;INTERVAL=1000", "INTERVAL must be between 1 and 366"),
    ("FREQ=HOURLY", "Repeat daily, weekly, monthly or yearly (FREQ=DAILY, WEEKLY, MONTHLY or YEARLY)"),
    ("FREQ=DAILY;COUNT=3",
     "COUNT cannot be used here; use BYDAY, BYMONTH, BYMONTHDAY, BYSETPOS, FREQ, INTERVAL, UNTIL, WKST"),
    ("FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2", "This repetition never happens"),
    ("FREQ=WEEKLY;BYDAY=XX", "Write the repetition as an RRULE, such as FREQ=WEEKLY;BYDAY=MO,WE"),
    ("FREQ=WEEKLY;FREQ=DAILY", "Write the repetition as an RRULE, such as FREQ=WEEKLY;BYDAY=MO,WE"),
    ("every day", "Write the repetition as an RRULE, such as FREQ=WEEKLY;BYDAY=MO,WE"),
    (7, "Write the repetition as an RRULE, such as FREQ=WEEKLY;BYDAY=MO,WE"),
    ("FREQ=DAILY;UNTIL=20260601T000000Z", "Write UNTIL as a day, such as UNTIL=20261231"),
    ("FREQ=DAILY;UNTIL=20261301", "Write the repetition as an RRULE, such as FREQ=WEEKLY;BYDAY=MO,WE"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "sentence"), REFUSED)
def test_a_rule_that_cannot_be_kept_is_refused_with_what_to_write(rule: object, sentence: str) -> None:
    with pytest.raises(RecurrenceError) as refused:
        check_rule(rule)
    assert str(refused.value) == sentence


def test_a_rule_is_kept_in_one_spelling() -> None:
    assert check_rule(" rrule:freq=weekly;byday=mo ") == "FREQ=WEEKLY;BYDAY=MO"


@pytest.mark.parametrize("seed", range(25))
def test_days_are_those_of_dateutil_counted_from_the_anchor(seed: int) -> None:
    rule = _random_rule(random.Random(seed))
    for year in (2000, 2001, 2026):
        asked = rrulestr(rule, dtstart=datetime(2000, 1, 3))  # noqa: DTZ001 - wall time
        first, last = datetime(year, 1, 1), datetime(year, 12, 31)  # noqa: DTZ001 - wall time
        assert occurrence_days(rule, year) == {at.date() for at in asked.between(first, last, inc=True)}


def test_until_is_the_last_day() -> None:
    days = occurrence_days("FREQ=WEEKLY;BYDAY=MO;UNTIL=20260112", 2026)
    assert days == {date(2026, 1, 5), date(2026, 1, 12)}


def test_before_the_anchor_and_past_the_calendar_nothing_recurs() -> None:
    assert occurrence_days("FREQ=DAILY", 1999) == occurrence_days("FREQ=DAILY", 2400) == frozenset()


WINDOWS = [
    ("it opens with its first minute", "FREQ=DAILY", "09:00", 60, "2026-03-10T07:00:00", True),
    ("and is shut with its last", "FREQ=DAILY", "09:00", 60, "2026-03-10T08:00:00", False),
    ("over midnight it belongs to the day it began", "FREQ=WEEKLY;BYDAY=FR", "22:00", 240, "2026-03-13T23:30:00", True),
    ("but not after another day", "FREQ=WEEKLY;BYDAY=FR", "22:00", 240, "2026-03-14T23:30:00", False),
    ("a week long it is open on its seventh day", "FREQ=MONTHLY;BYMONTHDAY=1", "00:00", 10080,
     "2026-03-07T12:00:00", True),
    ("a start that is skipped moves forward", "FREQ=DAILY", "03:30", 60, "2026-03-29T01:45:00", True),
    ("so it is not open before that", "FREQ=DAILY", "03:30", 60, "2026-03-29T01:15:00", False),
    ("a start that comes twice is the first", "FREQ=DAILY", "03:30", 30, "2026-10-25T00:45:00", True),
    ("and the second is too late", "FREQ=DAILY", "03:30", 30, "2026-10-25T01:45:00", False),
    ("the last night of a year reaches into the next", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", "20:00", 600,
     "2026-12-31T23:00:00", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("says", "rule", "start", "minutes", "at", "is_open"), WINDOWS, ids=[line[0] for line in WINDOWS]
)
def test_windows_stand_on_the_wall(says: str, rule: str, start: str, minutes: int, at: str, is_open: bool) -> None:
    window = Recurrence.compile(rule, start, minutes, KYIV)
    assert window.is_open(datetime.fromisoformat(at).replace(tzinfo=UTC)) is is_open


def _random_rule(chance: random.Random) -> str:
    frequency = chance.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={frequency}", f"INTERVAL={chance.choice([1, 1, 2, 3, 5, 7, 12, 40])}"]
    if chance.random() < 0.4:
        parts.append("BYDAY=" + ",".join(chance.sample(["MO", "TU", "WE", "TH", "FR", "SA", "SU"], 2)))
    if chance.random() < 0.3:
        parts.append(f"BYMONTHDAY={chance.choice([1, 13, 28, -1])}")
    if chance.random() < 0.3:
        parts.append(f"BYMONTH={chance.randint(1, 12)}")
    return ";".join([*parts, *(["WKST=SU"] if chance.random() < 0.2 else [])])
