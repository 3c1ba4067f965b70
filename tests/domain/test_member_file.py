"""Files of members: cells that come back unchanged, days and points as people write them, columns by their names."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.csv_cells import csv_bytes, plain, safe
from app.domain.member_file import (
    FileTerms,
    OwnField,
    columns_problem,
    day_order_of,
    guessed_columns,
    own_value,
    read_day,
    read_row,
)
from app.domain.table_file import UnreadableFile, read_table

CONTEXT = {"e164": lambda text: text.replace(" ", ""), "today": date(2026, 11, 21)}
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


@given(TEXTS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_comes_back_and_none_is_a_formula(text: str) -> None:
    assert plain(safe(text)) == text
    assert not safe(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(TEXTS.filter(str.strip), min_size=1, max_size=5))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_table_that_was_written_is_read_back(cells: list[str]) -> None:
    header = [f"c{place}" for place in range(len(cells))]
    table = read_table(b"\xef\xbb\xbf" + csv_bytes([header, cells]))
    assert table.rows[0][1] == cells


def test_numbers_are_numbers_and_texts_with_breaks_are_quoted() -> None:
    written = csv_bytes([["a", "b"], [-5, "two\nlines"]]).decode()
    assert list(csv.reader(io.StringIO(written, newline="")))[1] == ["-5", "two\nlines"]
    assert "'-5" not in written


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (
            ["First Name", "Last Name", "Email", "Default Address Phone", "Tags", "Note"],
            ["first_name", "last_name", "email", "phone", "tags", "note"],
        ),
        (
            ["Reference ID", "First Name", "Surname", "Email Address", "Phone Number", "Birthday", "Memo"],
            ["external_id", "first_name", "last_name", "email", "phone", "birthday", "note"],
        ),
        (["Customer email", "Points balance"], ["email", "points"]),
        (["Name", "Phone", "E-mail", "Собака"], ["name", "phone", "email", "field:dog"]),
        (["whatever", "Phone", "Mobile"], ["phone"]),
    ],
)
def test_columns_are_known_by_their_names(header: list[str], found: list[str]) -> None:
    own = {"dog": OwnField("dog", "Собака", "text")}
    columns = guessed_columns(header, own)
    assert sorted(columns) == sorted(found)
    assert len(set(columns.values())) == len(columns)


def test_a_file_needs_a_column_that_tells_members_apart() -> None:
    assert columns_problem({"name": 0, "points": 1}) is not None
    assert columns_problem({"email": 0}) is None
    assert columns_problem({"email": 0, "phone": 0}) == "Choose each column once"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1990-03-08", date(1990, 3, 8)),
        ("08.03.1990", date(1990, 3, 8)),
        ("8/3/1990", date(1990, 3, 8)),
        ("32940", date(1990, 3, 8)),
        ("1990-03-08T00:00:00", date(1990, 3, 8)),
    ],
)
def test_a_day_is_read_as_people_and_excel_write_it(text: str, day: date) -> None:
    assert read_day(text, "day first") == day


def test_the_column_itself_says_whether_the_month_comes_first() -> None:
    assert day_order_of(["03/08/1990", "12/31/1990"], None) == "month first"
    assert day_order_of(["03/08/1990", "31/12/1990"], "US") == "day first"
    assert day_order_of(["03/08/1990"], "US") == "month first"
    assert day_order_of(["03/08/1990"], "UA") == "day first"
    assert read_day("12/31/1990", "month first") == date(1990, 12, 31)


@pytest.mark.parametrize(
    ("text", "points"), [("120", 120), ("1,250", 1250), ("1 250", 1250), ("-5", -5), ("120.00", 120), ("12.5", None)]
)
def test_points_are_whole_however_they_are_written(text: str, points: int | None) -> None:
    row = read_row(["a@b.co", text], FileTerms({"email": 0, "points": 1}, CONTEXT))
    assert (row.points, "points" in row.problems) == (points, points is None)


def test_every_cell_says_what_is_wrong_with_it() -> None:
    own = {"size": OwnField("size", "Size", "number"), "milk": OwnField("milk", "Milk", "choice", ("Oat", "Cow"))}
    columns = {"email": 0, "birthday": 1, "points": 2, "field:size": 3, "field:milk": 4}
    row = read_row(["no", "31.31.1990", "x", "big", "goat"], FileTerms(columns, CONTEXT, own_fields=own))
    assert set(row.problems) == set(columns)
    assert "Milk is one of Oat, Cow." in row.problem


def test_own_values_are_kept_in_their_kind() -> None:
    assert own_value(OwnField("size", "Size", "number"), "38") == 38
    assert own_value(OwnField("size", "Size", "number"), "38,5") == 38.5
    assert own_value(OwnField("day", "Day", "date"), "08.03.1990") == "1990-03-08"
    assert own_value(OwnField("size", "Size", "number"), "123456789012345") == 123_456_789_012_345


def test_an_own_day_that_is_none_says_what_to_enter() -> None:
    with pytest.raises(ValueError, match="Day: enter a day such as 1990-12-25"):
        own_value(OwnField("day", "Day", "date"), "soon")


def test_points_have_a_most() -> None:
    row = read_row(["1000001"], FileTerms({"points": 0}, CONTEXT))
    assert row.problems["points"] == "Points are at most 1,000,000"


@pytest.mark.parametrize("text", ["inf", "1e300", "12.", "1234567890123456", "0.123456789012345", "١٢"])
def test_a_number_that_json_would_not_give_back_as_written_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="of at most 15 digits"):
        own_value(OwnField("size", "Size", "number"), text)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xef\xbb\xbf", b"a,b\n", b"PK\x03\x04", "a\n1\n".encode("utf-16") + b"x", b"a\n" + b"1\n" * 100_001],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_table(content)
