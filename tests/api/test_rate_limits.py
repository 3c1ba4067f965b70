"""Every bucket of the API's limits: full, it is 429 with the time to wait; others go on; time frees it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core import limits
from app.core.ids import new_id
from app.factory import create_app
from tests.factories.people import Person
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database

MANAGEMENT, INGEST, ADDRESS, LOOK_UPS = 3, 4, 5, 2
MOST_TRIES = 200
HALF_PAST = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)
"""Not on the turn of a minute, where a process that counts by itself lets in one more."""

Hit = Callable[[FlaskClient, Person], TestResponse]


@pytest.fixture(scope="module")
def limited(database: Database) -> Iterator[Flask]:
    """An application with a small limit of another size for each bucket."""
    chosen = {
        "api_rate_limit": f"{MANAGEMENT} per minute",
        "api_ingest_rate_limit": f"{INGEST} per minute",
        "auth_rate_limit": f"{ADDRESS} per minute",
        "lookup_rate_limit": f"{LOOK_UPS} per minute",
    }
    made = create_app(settings_for(database, **chosen))
    made.test_client_class = Client
    yield made
    close(made)


def _client(app: Flask, place: str = "") -> FlaskClient:
    """A client at a network address of its own."""
    client = app.test_client(use_cookies=False)
    client.environ_base["REMOTE_ADDR"] = place or f"address {uuid4()}"
    return client


def _call(method: str, path: str, body: Any = None) -> Hit:
    return lambda client, person: client.open(
        f"/api/v1{path}", method=method, json=body, headers=person.headers if person else None
    )


NOBODY = str(new_id())
OF_MANAGEMENT = [
    _call("GET", "/me"),
    _call("POST", "/locations", {}),
    _call("GET", "/loyalty/programs"),
    _call("GET", "/audit-log"),
]
OF_INGEST = [
    _call("POST", "/purchases", {}),
    _call("POST", "/purchases/bulk", {"purchases": []}),
    _call("POST", "/redemptions", {}),
    _call("GET", f"/members/{NOBODY}"),
]
OF_ADDRESS = [
    _call("POST", "/auth/signup", {}),
    _call("POST", "/auth/token", {"email": "a@example.com", "password": "wrong"}),
    _call("POST", "/auth/refresh", {"refreshToken": "rt_x"}),
    _call("POST", "/auth/revoke", {"refreshToken": "rt_x"}),
]
LOOKING_UP = [
    _call("GET", "/members?q=cleo"),
    _call("GET", "/vouchers/ABCDEFGH"),
    _call("POST", "/vouchers/ABCDEFGH/redeem", {}),
]


def _assert_refused(answer: TestResponse, limit: int) -> None:
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert answer.json["code"] == "rate_limited"
    wait = int(answer.headers["Retry-After"])
    assert 1 <= wait <= 120
    told = {name: answer.headers[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")}
    assert told == {"Limit": str(limit), "Remaining": "0", "Reset": str(wait)}


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(
    ("calls", "limit", "others"), [(OF_MANAGEMENT, MANAGEMENT, OF_INGEST), (OF_INGEST, INGEST, OF_MANAGEMENT)]
)
def test_a_business_that_is_over_its_limit_waits_alone(
    limited: Flask, alma: Person, dora: Person, calls: list[Hit], limit: int, others: list[Hit], number: int
) -> None:
    client, call = _client(limited), calls[number]
    good = [call(client, alma) for _ in range(limit)]
    assert 429 not in {answer.status_code for answer in good}
    assert [answer.headers["RateLimit-Remaining"] for answer in good] == [str(left) for left in reversed(range(limit))]
    assert {answer.headers["RateLimit-Limit"] for answer in good} == {str(limit)}
    _assert_refused(call(client, alma), limit)
    _assert_refused(calls[number - 1](_client(limited), alma), limit)
    assert call(client, dora).status_code != 429, "another business at the same address"
    assert others[number](client, alma).status_code != 429, "the other bucket of the same business"


def test_an_answer_that_was_kept_counts_like_any_other(limited: Flask, alma: Person) -> None:
    client, ask = _client(limited), _call("GET", "/loyalty/programs")
    answers = [ask(client, alma) for _ in range(MANAGEMENT)]
    assert len({answer.data for answer in answers}) == 1
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0"]
    _assert_refused(ask(client, alma), MANAGEMENT)


def test_a_key_and_a_person_of_one_business_share_its_limit(limited: Flask, alma: Person) -> None:
    key = alma.post("/api-keys", {"name": "Shop", "role": "manager"}).json["key"]
    client, headers = _client(limited), {"Authorization": f"Bearer {key}"}
    for each in (alma.headers, headers, headers):
        assert client.get("/api/v1/me", headers=each).status_code == 200
    _assert_refused(client.get("/api/v1/me", headers=headers), MANAGEMENT)
    _assert_refused(client.get("/api/v1/me", headers=alma.headers), MANAGEMENT)


def test_who_shows_no_good_token_uses_up_nobody_s_limit(limited: Flask, alma: Person) -> None:
    client = _client(limited)
    for _ in range(3 * MANAGEMENT):
        forged = {"Authorization": f"Bearer {alma.access_token[:-4]}AAAA"}
        assert client.get("/api/v1/me", headers=forged).status_code == 401
    assert client.get("/api/v1/me", headers=alma.headers).status_code == 200


@pytest.mark.parametrize("number", range(4))
def test_signing_up_and_in_is_limited_for_each_address(limited: Flask, number: int) -> None:
    client, call = _client(limited), OF_ADDRESS[number]
    good = [call(client, None) for _ in range(ADDRESS)]  # type: ignore[arg-type]
    assert 429 not in {answer.status_code for answer in good}
    assert [answer.headers["RateLimit-Remaining"] for answer in good] == ["4", "3", "2", "1", "0"]
    for each in OF_ADDRESS:
        _assert_refused(each(client, None), ADDRESS)  # type: ignore[arg-type]
    assert call(_client(limited), None).status_code != 429, "another address"  # type: ignore[arg-type]


def test_look_ups_are_limited_for_each_address_beside_the_business(limited: Flask, alma: Person, dora: Person) -> None:
    client = _client(limited)
    statuses = [call(client, person).status_code for call, person in zip(LOOKING_UP, (alma, dora, alma), strict=True)]
    assert statuses == [200, 404, 429]
    _assert_refused(LOOKING_UP[0](client, dora), LOOK_UPS)
    assert _call("GET", f"/members/{NOBODY}")(client, dora).status_code == 404, "what is no search goes on"
    assert LOOKING_UP[1](_client(limited), dora).status_code == 404, "and so does another address"


def test_after_the_time_that_it_names_a_limit_lets_in_again(database: Database, alma: Person) -> None:
    made = create_app(settings_for(database, api_rate_limit="1 per 2 seconds"))
    made.test_client_class = Client
    client = _client(made)
    for _ in range(2):
        wait = _wait_of(lambda: _call("GET", "/me")(client, alma))
        time.sleep(wait)
        assert _call("GET", "/me")(client, alma).status_code == 200
    close(made)


def _wait_of(hit: Callable[[], TestResponse]) -> int:
    """Ask until it is too much, and return what Retry-After says."""
    for _ in range(MOST_TRIES):
        answer = hit()
        if answer.status_code == 429:
            return int(answer.headers["Retry-After"])
        assert answer.status_code == 200
    raise AssertionError("never too much")


@pytest.mark.parametrize("limit", ["1 per 1 second", "1 per 2 seconds", "2 per 3 seconds", "5 per 2 seconds"])
def test_the_wait_of_every_limit_is_long_enough_and_no_longer_than_it_must_be(in_app: Flask, limit: str) -> None:
    key, seconds = str(new_id()), int(limit.split()[2])
    for _ in range(2):
        told = None
        for _ in range(MOST_TRIES):
            told = limits.hit(limit, key)
            assert told is not None
            if told.is_over:
                break
        assert told is not None
        assert told.is_over
        assert told.reset_seconds <= 2 * seconds
        time.sleep(told.reset_seconds)
        again = limits.hit(limit, key)
        assert again is not None
        assert not again.is_over


def test_a_limit_that_is_off_counts_nothing(in_app: Flask) -> None:
    assert [limits.hit("off", "key") for _ in range(3)] == [None] * 3
    assert limits.hit("off", "key", guards_secret=True) is None


def test_without_redis_what_guards_a_secret_is_closed_and_the_rest_is_counted_here(database: Database) -> None:
    made = create_app(settings_for(database, redis_url="unix:///nowhere.sock"))
    with made.app_context():
        key = str(new_id())
        with time_machine.travel(HALF_PAST, tick=False):
            counted = [limits.hit("2 per minute", key) for _ in range(3)]
        assert [found and found.is_over for found in counted] == [False, False, True]
        with pytest.raises(limits.LimitsAway):
            limits.hit("2 per minute", key, guards_secret=True)
    close(made)
