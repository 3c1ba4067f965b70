"""The API's door: what is read, what is refused, and how."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from app.core import clock
from app.factory import create_app
from tests.factories.businesses import signed_in
from tests.factories.people import Person
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database


def _post(alma: Person, raw: bytes | str, content_type: str = "application/json") -> Any:
    client = alma.app.test_client()
    return client.post("/api/v1/locations", data=raw, content_type=content_type, headers=alma.headers)


@pytest.mark.parametrize(
    ("raw", "status", "word"),
    [
        ("{", 400, "character"),
        ("", 400, "character"),
        ("[]", 400, "object"),
        ('"x"', 400, "object"),
        ('{"name": "a", "name": "b"}', 400, "twice"),
        ('{"name": NaN}', 400, "not a number"),
        ('{"name": Infinity}', 400, "not a number"),
        (b'{"name": "\xff"}', 400, "UTF-8"),
        ('{"name": "a\\u0000b"}', 400, "cannot be kept"),
        ('{"name": "\\ud800"}', 400, "cannot be kept"),
        ('{"a\\u0000": 1}', 400, "cannot be kept"),
        ('{"name": ' + "[" * 100 + "]" * 100 + "}", 400, "nested"),
        ('{"name": ' + "[" * 200_000 + "]" * 200_000 + "}", 400, "nested"),
        ('{"name": ' + "9" * 5000 + "}", 400, "digits"),
        ('{"name": 5}', 422, None),
        ('{"name": true}', 422, None),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_the_reason(
    alma: Person, raw: bytes | str, status: int, word: str | None
) -> None:
    answer = _post(alma, raw)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert word is None or word in answer.json["detail"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_only_json_is_taken(alma: Person, content_type: str) -> None:
    assert _post(alma, '{"name": "x"}', content_type).status_code == 415


def test_a_body_without_end_is_refused_before_it_is_read(alma: Person) -> None:
    assert _post(alma, b'{"name": "' + b"a" * 6_000_000 + b'"}').status_code == 413


def test_all_violations_are_answered_at_once_under_dotted_paths(alma: Person) -> None:
    body = {"name": "", "colour": "red", "hours": {"mon": [{"opens": "25:00", "closes": "10:00"}, {"opens": "9"}]}}
    answer = alma.post("/locations", body)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {
        "name",
        "colour",
        "hours.mon.0.opens",
        "hours.mon.1.opens",
        "hours.mon.1.closes",
    }


@pytest.mark.parametrize("query", ["?colour=red", "?page=0", "?pageSize=101", "?page=x", "?page=1&page=2", "?page=%00"])
def test_a_query_that_is_not_known_is_refused(alma: Person, query: str) -> None:
    answer = alma.get(f"/locations{query}")
    assert (answer.status_code, answer.json["code"]) in {(400, "invalid_query"), (400, "malformed_json")}


def test_an_unknown_a_foreign_and_a_deleted_id_are_answered_alike(alma: Person, dora: Person) -> None:
    hers = dora.post("/locations", {"name": "Dora's back room"}).json["id"]
    gone = alma.post("/locations", {"name": "Gone"}).json["id"]
    alma.delete(f"/locations/{gone}")
    answers = [alma.get(f"/locations/{one}").json for one in (hers, gone, uuid4(), "no-uuid")]
    for answer in answers:
        assert answer.pop("requestId")
    assert answers == [answers[0]] * 4


def test_unknown_addresses_and_methods_are_problems_too(alma: Person) -> None:
    assert alma.get("/nothing").json["code"] == "not_found"
    answer = alma.call("DELETE", "/me")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_request_id_is_taken_over_or_made_and_answered(alma: Person) -> None:
    assert alma.get("/me", X_Request_ID="till-7.42").headers["X-Request-ID"] == "till-7.42"
    answer = alma.get("/nothing", X_Request_ID="bad id\t")
    assert answer.headers["X-Request-ID"] == answer.json["requestId"] != "bad id\t"


def test_a_version_that_has_moved_on_is_not_overwritten(alma: Person) -> None:
    place = alma.post("/locations", {"name": "Main"}).json
    assert alma.patch(f"/locations/{place['id']}", {"name": "Two"}, If_Match='"1"').json["version"] == 2
    answer = alma.patch(f"/locations/{place['id']}", {"name": "Three"}, If_Match='"1"')
    assert (answer.status_code, answer.json["code"]) == (412, "version_moved")
    assert alma.patch(f"/locations/{place['id']}", {"name": "Four"}, If_Match="x").status_code == 412
    assert alma.patch(f"/locations/{place['id']}", {"name": "Five"}).json["name"] == "Five"


def test_the_document_is_valid_and_has_every_declared_route(app: Flask, client: FlaskClient) -> None:
    document = json.loads(client.get("/api/v1/openapi.json").data)
    validate(document)
    declared = [view for view in app.view_functions.values() if hasattr(view, "route")]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) == len(declared)
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["summary"] for operation in operations)


@pytest.fixture
def limited(database: Database) -> Iterator[Flask]:
    made = create_app(settings_for(database, api_rate_limit="3 per minute", auth_rate_limit="2 per minute"))
    made.test_client_class = Client
    yield made
    close(made)


def test_a_business_has_its_own_limit_and_is_told_how_long_to_wait(limited: Flask, alma: Person, dora: Person) -> None:
    client = limited.test_client()
    answers = [client.get("/api/v1/me", headers=alma.headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert answers[0].headers["RateLimit-Limit"] == "3"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 80  # this minute, and until a third of the next has gone
    assert answers[3].json["code"] == "rate_limited"
    assert client.get("/api/v1/me", headers=dora.headers).status_code == 200


def test_signing_in_has_a_limit_for_each_address(limited: Flask) -> None:
    client = limited.test_client()
    body = {"email": "a@example.com", "password": "x"}
    address = {"REMOTE_ADDR": f"10.0.0.{uuid4().int % 250}"}
    codes = [client.post("/api/v1/auth/token", json=body, environ_base=address).status_code for _ in range(3)]
    assert codes == [401, 401, 429]
    elsewhere = {"REMOTE_ADDR": "10.1.0.1"}
    assert client.post("/api/v1/auth/token", json=body, environ_base=elsewhere).status_code == 401


def test_without_redis_limits_still_hold_and_requests_are_answered(database: Database, alma: Person) -> None:
    made = create_app(settings_for(database, api_rate_limit="2 per minute", redis_url="unix:///nowhere.sock"))
    made.test_client_class = Client
    client, half_past = made.test_client(), clock.now().replace(second=30)  # on the turn it lets in one more
    with time_machine.travel(half_past, tick=False), made.app_context():
        here = signed_in(alma.name, alma.email, alma.user_id, alma.business_id, alma.slug)
        assert [client.get("/api/v1/me", headers=here.headers).status_code for _ in range(3)] == [200, 200, 429]
    close(made)


def test_when_the_database_is_away_the_answer_says_so(database: Database, alma: Person) -> None:
    url = database.url("regulars_app").replace("host=", "host=/nowhere&was=")
    made = create_app(settings_for(database, database_url=url.partition("&was=")[0]))
    made.test_client_class = Client
    answer = made.test_client().post("/api/v1/locations", json={"name": "x"}, headers=alma.headers)
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "read_only", "15")
    close(made)
