"""The battery of forged access tokens: at a route of every permission, each is 401 and says nothing of why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core import clock
from app.domain.permissions import Open
from tests.api.forging import HEADER, Forger, claims_of, signed
from tests.factories.people import Person

NOBODY = "01900000-0000-7000-8000-000000000000"
PART = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")


@pytest.fixture
def forger(alma: Person, dora: Person) -> Iterator[Forger]:
    """Forges tokens of Alma's; Dora is who they pretend to be. The clock stands, or what is too early comes of age."""
    with clock.frozen(clock.now()):
        yield Forger(alma, dora)


def _doors(app: Flask) -> dict[str, tuple[str, str]]:
    """One route for every permission that the API asks for: its method and an address."""
    found: dict[str, tuple[str, str]] = {}
    for rule in app.url_map.iter_rules():
        route = getattr(app.view_functions[rule.endpoint], "route", None)
        if route is not None and route.permission is not Open.ANYONE:
            path = PART.sub(lambda part: NOBODY if part["kind"] == "uuid" else "1", rule.rule)
            found.setdefault(str(route.permission), (route.method, path))
    return found


def _asked(client: FlaskClient, method: str, path: str, header: str | None) -> TestResponse:
    headers = {} if header is None else {"Authorization": header}
    return client.open(path, method=method, headers=headers, json={} if method != "GET" else None)


def _wrong(answer: TestResponse) -> str | None:
    """What an answer has that a refusal at the door has not."""
    if answer.status_code != 401 or answer.mimetype != "application/problem+json":
        return f"{answer.status_code} {answer.mimetype}"
    if answer.headers["WWW-Authenticate"] != "Bearer" or answer.headers["Cache-Control"] != "no-store":
        return f"headers {dict(answer.headers)}"
    said = {name: value for name, value in answer.json.items() if name not in ("requestId", "type")}
    told = {"title": "Unauthorized", "status": 401, "code": "unauthorized"}
    detail = {"detail": "A valid access token or API key is needed"}
    return None if said == told | detail else f"says {said}"


def test_every_permission_of_the_api_has_a_door_that_a_good_token_opens(app: Flask, forger: Forger) -> None:
    doors, client = _doors(app), app.test_client(use_cookies=False)
    assert len(doors) >= 25
    for method, path in doors.values():
        assert _asked(client, method, path, f"Bearer {forger.genuine()}").status_code not in (401, 403, 500), path


@pytest.mark.timeout(400)  # some seven thousand requests
def test_no_forged_token_opens_any_door(app: Flask, forger: Forger) -> None:
    forged, client = forger.all(), app.test_client(use_cookies=False)
    assert len(forged) >= 200
    opened = {}
    for method, path in _doors(app).values():
        for name, token in forged.items():
            wrong = _wrong(_asked(client, method, path, f"Bearer {token}"))
            if wrong is not None:
                opened[f"{name} at {method} {path}"] = wrong
    assert opened == {}


def _other_headers(forger: Forger, key: str) -> Iterator[tuple[str, str | None]]:
    token, raw = forger.person.access_token, forger.person.access_token.encode()
    yield "none", None
    for name in ("", " ", "Bearer", "Bearer ", "Bearer rk_", "Bearer rk_x_y", "Basic YWxtYTph", "Digest x"):
        yield repr(name), name
    for scheme in ("bearer", "BEARER", "BeArEr", "Token", "JWT", "Basic", "", "Bearer:", "Bearer\t", "Bearer="):
        for secret in (token, key):
            yield f"{scheme!r} before {secret[:3]}", f"{scheme} {secret}"
    for secret in (token, key):
        yield f"two blanks before {secret[:3]}", f"Bearer  {secret}"
        yield f"no blank before {secret[:3]}", f"Bearer{secret}"
        yield f"{secret[:3]} twice", f"Bearer {secret}, Bearer {secret}"
        yield f"{secret[:3]} twice without a word", f"Bearer {secret} {secret}"
        yield f"{secret[:3]} as a parameter", f"Bearer token={secret}"
        yield f"{secret[:3]} cut short", f"Bearer {secret[:-1]}"
        yield f"{secret[:3]} with something more", f"Bearer {secret}x"
    yield "an API key signed as a token", f"Bearer {signed(HEADER, {'key': key}, key.encode())}"
    yield "an API key in the claims", f"Bearer {signed(HEADER, claims_of(forger.person) | {'sid': key}, forger.key)}"
    yield "a token that calls itself a key", f"Bearer rk_{token}"
    yield "a key in other letters", f"Bearer {key.upper()}"
    yield "a key of another business's id", f"Bearer rk_{'A' * 22}{key[25:]}"
    yield "bytes", f"Bearer {raw!r}"


def test_no_other_header_opens_a_door(app: Flask, forger: Forger) -> None:
    key = forger.person.post("/api-keys", {"name": "till", "role": "manager"}).json["key"]
    client = app.test_client(use_cookies=False)
    assert _asked(client, "GET", "/api/v1/me", f"Bearer {key}").status_code == 200
    opened = {}
    for method, path in _doors(app).values():
        for name, header in _other_headers(forger, key):
            wrong = _wrong(_asked(client, method, path, header))
            if wrong is not None:
                opened[f"{name} at {method} {path}"] = wrong
    assert opened == {}


@pytest.mark.parametrize("second", ["genuine", "forged"])
def test_two_authorization_headers_are_no_token(client: FlaskClient, forger: Forger, second: str) -> None:
    other = forger.genuine() if second == "genuine" else "x"
    for pair in ((forger.person.access_token, other), (other, forger.person.access_token)):
        headers = [("Authorization", f"Bearer {token}") for token in pair]
        assert _wrong(client.get("/api/v1/me", headers=headers)) is None


@pytest.mark.parametrize("where", ["access_token", "token", "accessToken", "authorization"])
def test_a_token_is_taken_from_no_other_place(client: FlaskClient, alma: Person, where: str) -> None:
    client.set_cookie(where, alma.access_token)
    assert _wrong(client.get(f"/api/v1/me?{where}={alma.access_token}")) is None
    assert _wrong(client.post("/api/v1/locations", json={"name": "x", where: alma.access_token})) is None
    headers: dict[str, Any] = {f"X-{where}": alma.access_token, "Proxy-Authorization": f"Bearer {alma.access_token}"}
    assert _wrong(client.get("/api/v1/me", headers=headers)) is None


def test_what_a_token_says_of_the_role_gives_no_right(alma: Person, ben: Person, forger: Forger) -> None:
    """The role in a token is for its reader's use; what counts is the row, so even our own key cannot raise it."""
    raised = signed(HEADER, claims_of(ben) | {"role": "owner"}, forger.key)
    answer = ben.app.test_client().get("/api/v1/staff", headers={"Authorization": f"Bearer {raised}"})
    assert (answer.status_code, json.loads(answer.data)["code"]) == (403, "forbidden")
