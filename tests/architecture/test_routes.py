"""Every address names a permission, and answers each kind of caller as the role matrix says."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.domain.permissions import Open, Permission
from tests.architecture.samples import BODIES, CANARY, sample_ids
from tests.factories.businesses import Shop
from tests.factories.people import Person, form_token
from tests.support.worker import forget_what_waits

MATRIX = Path(__file__).with_name("role_matrix.toml")
CALLERS = ("anonymous", "member", "staff", "manager", "owner", "other owner", "api key")
ALLOWED = "ok"
MISSING = (ALLOWED,) * len(CALLERS)  # another test says that a row is missing
PART = re.compile(r"<(?:\w+:)?(?P<name>\w+)>")

Ask = Callable[[str, str, dict[str, Any]], tuple[int, str]]


@functools.cache
def _rows() -> dict[str, list[str]]:
    routes: dict[str, str] = tomllib.loads(MATRIX.read_text())["routes"]
    return {route: expected.split() for route, expected in routes.items()}


def _routes(app: Flask) -> dict[str, Rule]:
    found = {}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found[f"{method} {rule.rule}"] = rule
    return found


def test_every_view_names_a_permission(app: Flask) -> None:
    named = {endpoint: getattr(view, "permission", None) for endpoint, view in app.view_functions.items()}
    missing = [name for name, found in named.items() if not isinstance(found, Permission | Open) and name != "static"]
    assert missing == []


def test_the_matrix_has_every_route_and_no_other(app: Flask) -> None:
    routes, rows = set(_routes(app)), set(_rows())
    assert sorted(routes - rows) == [], "missing in role_matrix.toml"
    assert sorted(rows - routes) == [], "in role_matrix.toml, but no route"
    assert {route: row for route, row in _rows().items() if len(row) != len(CALLERS)} == {}


@pytest.mark.timeout(600)  # some two thousand requests
def test_every_route_answers_each_caller_as_the_matrix_says(
    app: Flask, cafe: Shop, alma: Person, max_manager: Person, ben: Person, dora: Person
) -> None:
    forget_what_waits()  # /readyz would complain of it after five minutes
    ids = sample_ids(cafe)
    askers = _askers(app, cafe, {"staff": ben, "manager": max_manager, "owner": alma, "other owner": dora})
    order = ("other owner", *(caller for caller in CALLERS if caller != "other owner"))
    wrong = []
    for caller in order:  # the stranger first, while everything is still there to be found
        for route, rule in _routes(app).items():
            expected = _rows().get(route, MISSING)[CALLERS.index(caller)]
            status, said = askers[caller](route.partition(" ")[0], _filled(rule, ids), BODIES.get(route, {}))
            if not _fits(expected, status, route):
                wrong.append(f"{route}: {caller} got {status}, expected {expected}")
            if caller == "other owner" and CANARY in said:
                wrong.append(f"{route}: shows another business's data")
    assert wrong == []


def test_an_api_key_with_a_list_may_do_nothing_beyond_it(alma: Person) -> None:
    key = alma.post("/api-keys", {"name": "till", "role": "manager", "permissions": ["location:view"]}).json["key"]
    headers = {"Authorization": f"Bearer {key}"}
    client = alma.app.test_client()
    assert client.get("/api/v1/locations", headers=headers).status_code == 200
    assert client.get("/api/v1/staff", headers=headers).status_code == 403
    assert client.post("/api/v1/locations", json={"name": "x"}, headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/locations", "/api/v1/business"])
def test_the_api_never_reads_the_session_cookie(path: str, alma: Person) -> None:
    assert alma.browser().get(path).status_code == 401


def _fits(expected: str, status: int, route: str) -> bool:
    """`ok` is whatever is said to somebody who may: the request itself may be wrong. 404 needs a body that is right:
    what is wrong with a file or its kind is said before anybody looks for the id."""
    if expected == ALLOWED:
        return status not in (401, 403) and status < 500
    if expected == "404" and route not in BODIES and not route.startswith(("GET", "DELETE")):
        return status in (404, 415, 422)
    return str(status) == expected


def _filled(rule: Rule, ids: dict[str, UUID | str]) -> str:
    """Return the address with the café's own ids."""
    return PART.sub(lambda part: str(ids.get(part["name"], ids["unknown"])), rule.rule)


def _askers(app: Flask, cafe: Shop, people: dict[str, Person]) -> dict[str, Ask]:
    """Return how each caller asks: with a token at the API, with a session on the pages."""
    key = people["owner"].post("/api-keys", {"name": "till", "role": "staff"}).json["key"]
    askers = {name: _asker(app, person.headers, person) for name, person in people.items()}
    askers["api key"] = _asker(app, {"Authorization": f"Bearer {key}"}, None)
    askers["anonymous"] = askers["member"] = _asker(app, {}, None)
    return askers


def _asker(app: Flask, headers: dict[str, str], person: Person | None) -> Ask:
    window = _Window(app, person)

    def ask(method: str, path: str, body: dict[str, Any]) -> tuple[int, str]:
        if path.startswith("/api/"):
            json = body if method in ("POST", "PUT", "PATCH") else None
            answer = app.test_client(use_cookies=False).open(path, method=method, json=json, headers=headers)
        else:
            answer = window.ask(method, path, body)
        said = answer.get_data(as_text=True)
        answer.close()
        return answer.status_code, said

    return ask


class _Window:
    """The browser of one caller, signed in anew where an address before has ended the session."""

    def __init__(self, app: Flask, person: Person | None) -> None:
        self._app, self._person = app, person
        self._open()

    def ask(self, method: str, path: str, body: dict[str, Any]) -> TestResponse:
        answer = self._asked(method, path, body)
        if self._person is None or not self._is_asked_to_sign_in(answer):
            return answer
        answer.close()
        self._open()
        return self._asked(method, path, body)

    def _asked(self, method: str, path: str, body: dict[str, Any]) -> TestResponse:
        form = None if method == "GET" else {"csrf_token": self._token, **body}
        return self._browser.open(path, method=method, data=form)

    def _open(self) -> None:
        self._browser = self._person.browser() if self._person else self._app.test_client()
        self._token = form_token(self._browser)

    def _is_asked_to_sign_in(self, answer: TestResponse) -> bool:
        return answer.status_code == 401 or (answer.status_code == 303 and "/login" in answer.location)
