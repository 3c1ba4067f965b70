"""Every list of the API: its parameters, its cursors, and that leafing shows each row once while others are added."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from pydantic import BaseModel

from app.api.pagination import CursorQuery, PageQuery
from tests.api.calls import Call, ask, calls, calls_of, fault_of, schemas
from tests.api.listed import add_rows, listed_ids
from tests.api.wrong_values import Schema, plain
from tests.factories.businesses import Shop
from tests.factories.people import Person

WHOLE = {
    "GET /loyalty/programs/{program_id}/versions": "API.md: every version",
    "GET /loyalty/templates": "what ships with the product",
    "GET /members/{member_id}/enrollments": "API.md gives its shape: one for each program",
}
"""Lists without pages, and why."""

NO_CURSOR = ["x", "", "====", "é", "x" * 201, "null", "%00", "MHw", "fA", "\U0001f600"]
PLACES = [
    "2026-11-21T10:00:00+00:00|01890a5d-ac96-774b-bcce-b302099a8057",
    "0001-01-01T00:00:00+14:00|01890a5d-ac96-774b-bcce-b302099a8057",
    "9999-12-31T23:59:59-14:00|01890a5d-ac96-774b-bcce-b302099a8057",
    "5|01890a5d-ac96-774b-bcce-b302099a8057",
    f"{10**30}|01890a5d-ac96-774b-bcce-b302099a8057",
    "-5|01890a5d-ac96-774b-bcce-b302099a8057",
    "2026-11-21T10:00:00|01890a5d-ac96-774b-bcce-b302099a8057",
    "2026-11-21T10:00:00+00:00|x",
    "a\0b|c",
]
WRONG_NUMBERS = ["0", "-1", "abc", "1.5", "", "1e2", "99999999999999999999"]
WRONG_TEXTS = {
    "uuid": ["nope", "", "5", "01890a5d-ac96-774b-bcce-b302099a805"],
    "date-time": ["yesterday", "", "1767225600", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z"],
    "date": ["today", "", "1767225600", "20260101", "2026-02-30"],
    "boolean": ["maybe", "", "2"],
    "array": [],  # of texts: a test of each says what it takes
}


def _lists(every: list[Call], kind: type[BaseModel]) -> list[Call]:
    return [call for call in every if call.route.query is not None and issubclass(call.route.query, kind)]


def test_every_list_has_pages(app: Flask, cafe: Shop) -> None:
    without = {
        str(call)
        for call in calls_of(app, cafe)
        for shape in call.route.answers.values()
        if "data" in (fields := getattr(shape, "model_fields", {})) and "pagination" not in fields
    }
    assert {name for name in without if name.startswith("GET ")} == set(WHOLE)


def test_a_parameter_that_a_list_cannot_take_is_refused(app: Flask, cafe: Shop, alma: Person) -> None:
    operations, known = schemas(app)
    wrong, tried = [], 0
    for call in calls_of(app, cafe):
        for parameter in operations[str(call)].get("parameters", []):
            if parameter["in"] != "query":
                continue
            for value in _wrong_texts(parameter["name"], plain(parameter["schema"], known)):
                answer = ask(alma, call, query_string=urlencode(call.query | {parameter["name"]: value}))
                tried += 1
                fault = fault_of(answer, 400, "invalid_query")
                if fault or parameter["name"] not in answer.json["errors"]:
                    wrong.append(f"{call}?{parameter['name']}={value[:30]}: {fault or answer.json}")
    assert not wrong, "\n".join(wrong)
    assert tried > 200


def test_a_cursor_is_one_of_ours_or_refused(app: Flask, cafe: Shop, alma: Person) -> None:
    wrong = []
    for call in _lists(calls_of(app, cafe), CursorQuery):
        for text in [*NO_CURSOR, *map(_encoded, PLACES)]:
            answer = ask(alma, call, query_string={"cursor": text})
            may_be_ours = answer.status_code == 200 and text not in NO_CURSOR
            if not may_be_ours and (fault := fault_of(answer, 400, "invalid_query")):
                wrong.append(f"{call}?cursor={text[:60]}: {fault}")
    assert not wrong, "\n".join(wrong)


def test_leafing_shows_every_row_once_while_rows_are_added(app: Flask, cafe: Shop, alma: Person) -> None:
    ids = listed_ids(cafe)
    lists = _lists(calls(app, ids), CursorQuery)
    whole = {str(call): _names(ask(alma, call, query_string="limit=100").json["data"]) for call in lists}
    first = {str(call): ask(alma, call, query_string="limit=1").json for call in lists}
    add_rows(cafe, ids)
    wrong = []
    for call in lists:
        seen = [name for page in _pages(alma, call, first[str(call)]) for name in _names(page["data"])]
        missed = [name for name in whole[str(call)] if seen.count(name) != 1]
        if missed or len(set(seen)) != len(seen) or len(whole[str(call)]) < 3:
            wrong.append(f"{call}: {len(whole[str(call)])} rows, {len(missed)} of them not once, {len(seen)} seen")
    assert not wrong, "\n".join(wrong)


def test_a_cursor_opens_nothing_of_another_list_or_business(
    app: Flask, cafe: Shop, florist: Shop, alma: Person, dora: Person
) -> None:
    ids = listed_ids(cafe)
    mine, hers = _lists(calls(app, ids), CursorQuery), _lists(calls(app, listed_ids(florist, rows=2)), CursorQuery)
    cursors = {str(call): _next(ask(alma, call, query_string="limit=1").json) for call in mine}
    foreign = {str(call): _next(ask(dora, call, query_string="limit=1").json) for call in hers}
    wrong = []
    for call in mine:
        own = set(_names(ask(alma, call, query_string="limit=100").json["data"]))
        for text in [*cursors.values(), foreign[str(call)]]:
            answer = ask(alma, call, query_string={"cursor": text, "limit": 5})
            if answer.status_code == 200 and not set(_names(answer.json["data"])) <= own:
                wrong.append(f"{call}?cursor={text}: rows that are not in the list")
            elif answer.status_code != 200 and (fault := fault_of(answer, 400, "invalid_query")):
                wrong.append(f"{call}?cursor={text}: {fault}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("size", [1, 2, 100])
def test_pages_by_number_add_up(app: Flask, cafe: Shop, alma: Person, size: int) -> None:
    lists = _lists(calls(app, listed_ids(cafe, rows=1)), PageQuery)
    assert len(lists) == 3
    for call in lists:
        total = ask(alma, call, query_string={"pageSize": size}).json["pagination"]["totalCount"]
        seen: list[str] = []
        for page in range(1, -(-total // size) + 2):
            answer = ask(alma, call, query_string={"page": page, "pageSize": size}).json
            seen += _names(answer["data"])
            expected = {"page": page, "pageSize": size, "totalPages": -(-total // size), "totalCount": total}
            assert answer["pagination"] == expected, str(call)
        assert (len(seen), len(set(seen))) == (total, total), str(call)


def _pages(person: Person, call: Call, page: Any) -> Iterator[Any]:
    """The page and all that follow, by threes."""
    yield page
    while (text := page["pagination"]["nextCursor"]) is not None:
        page = ask(person, call, query_string={"cursor": text, "limit": 3}).json
        assert page["pagination"]["limit"] == 3
        assert 0 < len(page["data"]) <= 3
        yield page


def _encoded(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _next(page: Any) -> str:
    text = page["pagination"]["nextCursor"]
    assert isinstance(text, str)
    return text


def _names(rows: list[dict[str, Any]]) -> list[str]:
    return [row.get("id") or row["eventId"] for row in rows]


def _wrong_texts(name: str, schema: Schema) -> list[str]:
    """Texts that a parameter of this schema cannot be."""
    if "enum" in schema:
        return ["nonsense", "", "5"]
    if schema["type"] == "integer":
        return [*WRONG_NUMBERS, str(schema["maximum"] + 1)]
    if schema["type"] == "string" and "format" not in schema:
        return [] if name == "cursor" else ["x" * (schema.get("maxLength", 5000) + 1)]
    return WRONG_TEXTS[schema.get("format", schema["type"])]
