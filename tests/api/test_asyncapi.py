"""The event catalogue is an AsyncAPI 3 document, and what is recorded is what it says."""

from __future__ import annotations

import json
from pathlib import Path

from flask.testing import FlaskClient
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from app.domain.event_payloads import PAYLOADS
from app.domain.events import EventType

SCHEMA = Path(__file__).parent / "vendor" / "asyncapi-specs-6.11.1" / "asyncapi-3.0.0.json"


def test_the_catalogue_is_valid_and_whole(client: FlaskClient) -> None:
    answer = client.get("/api/v1/asyncapi.json")
    assert answer.status_code == 200
    catalogue = json.loads(answer.data)
    problems = Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(catalogue)
    assert [f"{'/'.join(map(str, problem.path))}: {problem.message}"[:300] for problem in problems] == []
    said = {message["name"] for message in catalogue["components"]["messages"].values()}
    assert said == {event.value for event in EventType}
    for message in catalogue["components"]["messages"].values():
        schema = message["payload"]["properties"]["payload"]["$ref"].rpartition("/")[2]
        assert schema in catalogue["components"]["schemas"]


def test_every_event_has_a_payload_of_its_own() -> None:
    assert set(PAYLOADS) == set(EventType)
