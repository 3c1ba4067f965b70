"""No field of any body or query takes a value that its schema does not allow, and every refusal names the field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests.api.calls import Call, ask, calls_of, fault_of, schemas
from tests.api.wrong_values import UNKEEPABLE, Path, Schema, extremes_for, fields, placed, wrong_for
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.support.rows import rows_of

pytestmark = pytest.mark.timeout(400)  # some thousand requests

LONGEST_REFUSAL = 5_000


@pytest.fixture
def every(app: Flask, cafe: Shop) -> list[Call]:
    """Every call, on rows of the café's."""
    return calls_of(app, cafe)


def test_no_field_of_a_body_takes_a_value_of_another_kind(
    app: Flask, cafe: Shop, alma: Person, every: list[Call]
) -> None:
    before, wrong, tried = rows_of(cafe.id), [], 0
    for call, path, schema in _fields_of_bodies(app, every):
        for value in wrong_for(schema):
            answer = ask(alma, call, data=_json(placed(call.body, path, value)), content_type="application/json")
            tried += 1
            if answer.status_code == 200 and str(call).endswith("/validate") and not answer.json["valid"]:
                named = answer.json["errors"]
            elif fault := fault_of(answer, 422):
                wrong.append(f"{call} {_dotted(path)} = {str(value)[:40]!r}: {fault}")
                continue
            else:
                named = answer.json["errors"]
            if not any(_is_about(key, path) for key in named):
                wrong.append(f"{call} {_dotted(path)} = {str(value)[:40]!r}: names {named}")
    assert not wrong, "\n".join(wrong)
    assert rows_of(cafe.id) == before
    assert tried > 1000


def test_no_field_of_a_body_is_without_a_bound(app: Flask, cafe: Shop, alma: Person, every: list[Call]) -> None:
    before, wrong = rows_of(cafe.id), []
    for call, path, schema in _fields_of_bodies(app, every):
        for value in extremes_for(schema):
            answer = ask(alma, call, data=_json(placed(call.body, path, value)), content_type="application/json")
            is_refused = str(call).endswith("/validate") and answer.json.get("valid") is False
            fault = None if is_refused else fault_of(answer, 422)
            if fault or len(answer.data) > LONGEST_REFUSAL:
                fault = fault or f"an answer of {len(answer.data)} bytes"
                wrong.append(f"{call} {_dotted(path)} = {str(value)[:40]!r}: {fault}")
    assert not wrong, "\n".join(wrong)
    assert rows_of(cafe.id) == before


@pytest.mark.parametrize("text", UNKEEPABLE)
def test_no_field_of_a_body_takes_a_text_that_cannot_be_kept(
    app: Flask, alma: Person, every: list[Call], text: str
) -> None:
    wrong = []
    for call, path, schema in _fields_of_bodies(app, every):
        if schema.get("type") == "string":
            answer = ask(alma, call, data=_json(placed(call.body, path, text)), content_type="application/json")
            if fault := fault_of(answer, 400, "malformed_json"):
                wrong.append(f"{call} {_dotted(path)}: {fault}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("number", ["18446744073709551615", "-9223372036854775808", "1e18", "0.000000000000000001"])
def test_a_number_in_a_field_of_ones_own_comes_back_as_it_was(alma: Person, number: str) -> None:
    headers = alma.headers | {"Content-Type": "application/json"}
    client = alma.app.test_client(use_cookies=False)
    for method, path, field in (("POST", "/members", "metadata"), ("PATCH", "/business", "settings")):
        raw = f'{{"name": "Jo", "{field}": {{"own": {number}}}}}'
        answer = client.open(f"/api/v1{path}", method=method, data=raw, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        place = f"{path}/{answer.json['id']}" if method == "POST" else path
        kept = json.loads(alma.get(place).data, parse_float=Decimal)[field]["own"]
        assert kept == Decimal(number)


def _fields_of_bodies(app: Flask, every: list[Call]) -> Iterator[tuple[Call, Path, Schema]]:
    operations, known = schemas(app)
    for call in every:
        if call.takes_json:
            schema = operations[str(call)]["requestBody"]["content"]["application/json"]["schema"]
            for path, inner in fields(schema, known, call.body):
                yield call, path, inner


def _json(value: Any) -> str:
    return json.dumps(value)


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _is_about(key: str, path: Path) -> bool:
    """Say whether an error's key is the field's, or of what it stands in or what stands in it."""
    dotted = _dotted(path)
    return dotted == key or dotted.startswith(f"{key}.") or key.startswith(f"{dotted}.")
