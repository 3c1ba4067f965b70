"""The Valkey that counts tries is really stopped: what takes a secret says that it waits, and the shop goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.embedded.services import Services
from app.embedded.valkey import Valkey
from app.factory import create_app
from tests.factories.businesses import Shop, hire
from tests.factories.people import PASSWORD, Person, form_token
from tests.factories.portal import own_address
from tests.factories.trade import join
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database
from tests.web.tills import BEN_PIN, MAX_PIN, keys_in, paired, staff_id, unlock

LIMITS = ("api_rate_limit", "api_ingest_rate_limit", "auth_rate_limit", "code_rate_limit", "lookup_rate_limit")
CLOSED = "Nobody can sign in for a moment"


@pytest.fixture
def app(own_database: Database) -> Iterator[Flask]:
    """The application with limits that nobody reaches here."""
    made = create_app(settings_for(own_database, **dict.fromkeys(LIMITS, "1000 per minute")))
    made.test_client_class = Client
    yield made
    close(made)


@pytest.fixture
def valkey(own_services: Services) -> Valkey:
    """The Valkey of these tests."""
    assert own_services.valkey is not None
    return own_services.valkey


@contextmanager
def _stopped(valkey: Valkey) -> Iterator[None]:
    valkey.stop()
    try:
        yield
    finally:
        valkey.start()


class Window:
    """A browser that has fetched its form's token while all was well."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.token = client, form_token(client)

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data={"csrf_token": self.token, **fields})


def _assert_closed(answer: TestResponse) -> None:
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
    page = answer.get_data(as_text=True)
    assert CLOSED in page
    assert "Who is signed in can go on." in page


def _sign_in(app: Flask, person: Person) -> TestResponse:
    body = {"email": person.email, "password": PASSWORD}
    return app.test_client().post("/api/v1/auth/token", json=body)


def test_passwords_wait_for_redis_and_are_taken_as_soon_as_it_is_back(app: Flask, cafe: Shop, valkey: Valkey) -> None:
    window, signed_in = Window(app.test_client()), Window(cafe.owner.browser())
    changing = {"current": PASSWORD, "password": "another horse, with five legs"}
    with _stopped(valkey):
        answer = _sign_in(app, cafe.owner)
        assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "tries_closed", "15")
        assert "Nobody can sign in or up for a moment" in answer.json["detail"]
        assert app.test_client().post("/api/v1/auth/signup", json={}).status_code == 503
        _assert_closed(window.send("/login", email=cafe.owner.email, password=PASSWORD))
        _assert_closed(window.send("/signup"))
        _assert_closed(window.send("/password", email=cafe.owner.email))
        _assert_closed(window.send("/password/new/x", password=PASSWORD))
        _assert_closed(signed_in.send(f"/b/{cafe.slug}/account/password", **changing))
        assert window.client.get("/login").status_code == 200, "the form itself is shown"
    assert window.send("/login", email=cafe.owner.email, password=PASSWORD).status_code == 303
    assert _sign_in(app, cafe.owner).status_code == 200


def test_codes_of_members_wait_for_redis(app: Flask, cafe: Shop, valkey: Valkey) -> None:
    window, contact = Window(app.test_client()), own_address("cleo")
    join(cafe, "Cleo", email=contact)
    asked = window.send(f"/m/{cafe.slug}/sign-in", contact=contact).headers["Location"]
    with _stopped(valkey):
        _assert_closed(window.send(asked, code="123456"))
        _assert_closed(window.send(f"/m/{cafe.slug}/sign-in", contact=contact))
        _assert_closed(window.send(f"/m/{cafe.slug}/join", contact=own_address("dana"), agreed="on"))
        assert window.client.get(f"/m/{cafe.slug}/join").status_code == 200
    assert window.send(asked, code="123456").status_code == 422
    assert window.send(f"/m/{cafe.slug}/sign-in", contact=contact).status_code == 303


def test_pins_wait_for_redis_while_an_open_till_goes_on_selling(app: Flask, cafe: Shop, valkey: Valkey) -> None:
    ben, boss = hire(cafe, "Ben", "staff", BEN_PIN), hire(cafe, "Max", "manager", MAX_PIN)
    cleo = join(cafe, "Cleo")
    locked, till = Window(paired(cafe)), Window(paired(cafe, "Bar"))
    assert unlock(till.client, cafe, ben, BEN_PIN).status_code == 303
    till.token = form_token(till.client)
    who = {"staff_id": str(staff_id(cafe, ben)), "pin": BEN_PIN}
    asking = {"manager_id": str(staff_id(cafe, boss)), "pin": MAX_PIN, "points": "5", "reason": "Sorry"}
    with _stopped(valkey):
        _assert_closed(locked.send(f"/b/{cafe.slug}/till/unlock", **who))
        _assert_closed(locked.send(f"/b/{cafe.slug}/till/pair", code="ABC123"))
        _assert_closed(till.send(f"/b/{cafe.slug}/till/members/{cleo}/adjust", **asking))
        form = till.client.get(f"/b/{cafe.slug}/till/members/{cleo}/purchase").get_data(as_text=True)
        sale = {"member_id": str(cleo), "amount": "10.00", "kind": "sale", "purchase_key": keys_in(form)[0]}
        assert till.send(f"/b/{cafe.slug}/till/purchases", **sale).status_code == 303
        assert "Cleo" in till.client.get(f"/b/{cafe.slug}/till/?q=Cleo").get_data(as_text=True)
    assert locked.send(f"/b/{cafe.slug}/till/unlock", **who).status_code == 303


def test_tokens_and_keys_go_on_without_redis(app: Flask, cafe: Shop, valkey: Valkey) -> None:
    alma, cleo = cafe.owner, join(cafe, "Cleo", phone="+380671234567")
    key = alma.post("/api-keys", {"name": "Shop", "role": "staff"}).json["key"]
    client, by_key = app.test_client(), {"Authorization": f"Bearer {key}"}
    with _stopped(valkey):
        sale = {"orderId": "one", "memberId": str(cleo), "amount": "10.00"}
        assert client.post("/api/v1/purchases", json=sale, headers=by_key).status_code == 202
        assert client.get("/api/v1/members?q=Cleo", headers=by_key).status_code == 200
        assert alma.get("/loyalty/programs").status_code == 200
        assert alma.post("/locations", {"name": "Main"}).status_code == 201
        answer = client.post("/api/v1/auth/refresh", json={"refreshToken": alma.refresh_token})
        assert answer.status_code == 200, "a refresh token cannot be guessed"
        assert client.post("/api/v1/auth/revoke", json={"refreshToken": alma.refresh_token}).status_code == 204
        assert alma.get("/me").status_code == 401, "and what has ended has ended"
    assert client.get("/api/v1/me", headers=by_key).status_code == 200
