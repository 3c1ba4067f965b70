"""Kept answers are given before Flask is asked: the same bytes and headers, for the same callers, counted alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from flask import Flask, request_started
from werkzeug.test import TestResponse

from app.core import kept_answers, request_log
from app.core.ids import new_id
from app.factory import create_app
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.trade import live_points
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database

LIMIT = 4
ONCE_ONLY = {"X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset"}


@pytest.fixture(autouse=True)
def long_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are kept for longer than any of these tests takes."""
    monkeypatch.setattr(kept_answers, "LIFE", timedelta(minutes=1))


@pytest.fixture(scope="module")
def limited(database: Database) -> Iterator[Flask]:
    """An application with a small limit."""
    made = create_app(settings_for(database, api_rate_limit=f"{LIMIT} per minute"))
    made.test_client_class = Client
    yield made
    close(made)


class Caller:
    """Asks with an API key and notes who answered."""

    def __init__(self, app: Flask, key: str) -> None:
        self._app, self._headers = app, {"Authorization": f"Bearer {key}"}
        self.by_flask = False

    def get(self, path: str, method: str = "GET", **headers: str) -> TestResponse:
        """Send one request below /api/v1."""
        self.by_flask = False
        sent = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        with request_started.connected_to(self._note, self._app):
            return self._app.test_client(use_cookies=False).open(f"/api/v1{path}", method=method, headers=sent)

    def _note(self, _sender: Flask, **_: Any) -> None:
        self.by_flask = True


def _caller(app: Flask, person: Person, **fields: Any) -> Caller:
    made = person.post("/api-keys", {"name": "Shop", "role": "manager", **fields})
    return Caller(app, made.json["key"])


@pytest.mark.parametrize(
    "path", ["/loyalty/programs", "/loyalty/programs?pageSize=5&q=caf%C3%A9", "/loyalty/programs/{}"]
)
def test_a_kept_answer_is_the_one_that_flask_gave(cafe: Shop, alma: Person, app: Flask, path: str) -> None:
    caller, asked = _caller(app, alma), path.format(live_points(cafe))
    first = caller.get(asked)
    assert (first.status_code, caller.by_flask) == (200, True)
    second = caller.get(asked)
    assert (second.status_code, caller.by_flask) == (200, False)
    assert second.data == first.data
    assert _comparable(second) == _comparable(first)
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]


def test_a_caller_s_own_request_id_comes_back(cafe: Shop, alma: Person, app: Flask) -> None:
    caller = _caller(app, alma)
    for _ in range(2):
        assert caller.get("/loyalty/programs", X_Request_ID="shop-17").headers["X-Request-ID"] == "shop-17"
    assert caller.get("/loyalty/programs", X_Request_ID="shop 17\t").headers["X-Request-ID"] != "shop 17\t"


def test_each_request_is_counted_once_whoever_answers(limited: Flask, cafe: Shop, alma: Person) -> None:
    one, caller = live_points(cafe), _caller(limited, alma)
    paths = ["/loyalty/programs", "/loyalty/programs", f"/loyalty/programs/{one}", f"/loyalty/programs/{one}"]
    answers = [caller.get(path) for path in paths]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["3", "2", "1", "0"]
    assert not caller.by_flask
    refused = caller.get("/loyalty/programs")
    assert (refused.status_code, refused.json["code"], caller.by_flask) == (429, "rate_limited", True)
    assert int(refused.headers["Retry-After"]) > 0


def test_who_may_not_see_programs_is_refused_what_was_kept_for_others(cafe: Shop, alma: Person, app: Flask) -> None:
    seeing, blind = _caller(app, alma), _caller(app, alma, permissions=["member:view"])
    for _ in range(2):
        assert seeing.get("/loyalty/programs").status_code == 200
        assert blind.get("/loyalty/programs").status_code == 403


def test_a_key_that_was_revoked_gets_nothing_that_is_kept(cafe: Shop, alma: Person, app: Flask) -> None:
    made = alma.post("/api-keys", {"name": "Shop", "role": "manager"}).json
    caller = Caller(app, made["key"])
    assert [caller.get("/loyalty/programs").status_code for _ in range(2)] == [200, 200]
    assert alma.delete(f"/api-keys/{made['id']}").status_code == 204
    assert caller.get("/loyalty/programs").status_code == 401


def test_another_business_s_program_is_unknown_however_often_it_was_read(
    cafe: Shop, alma: Person, dora: Person, app: Flask
) -> None:
    path = f"/loyalty/programs/{live_points(cafe)}"
    ours, theirs = _caller(app, alma), _caller(app, dora)
    for _ in range(2):
        assert ours.get(path).status_code == 200
        assert theirs.get(path).status_code == 404


def test_a_change_shows_at_once(cafe: Shop, alma: Person, app: Flask) -> None:
    one, caller = live_points(cafe), _caller(app, alma)
    assert [caller.get(f"/loyalty/programs/{one}").json["status"] for _ in range(2)] == ["ACTIVE", "ACTIVE"]
    assert alma.post(f"/loyalty/programs/{one}/pause").status_code == 200
    assert caller.get(f"/loyalty/programs/{one}").json["status"] == "PAUSED"


def test_what_is_not_plainly_a_kept_answer_goes_to_flask(cafe: Shop, alma: Person, app: Flask) -> None:
    one, caller = live_points(cafe), _caller(app, alma)
    good, wrong = f"/loyalty/programs/{one}", "/loyalty/programs?colour=red"
    for path, method, status in (
        (good, "HEAD", 200),
        (good, "OPTIONS", 200),
        (wrong, "GET", 400),
        ("/loyalty/programs/", "GET", 404),
        (f"/loyalty/programs/{new_id()}", "GET", 404),
        ("/loyalty/programs/caf%C3%A9", "GET", 404),
        ("/me", "GET", 200),
    ):
        for _ in range(2):
            assert (caller.get(path, method).status_code, caller.by_flask) == (status, True), (method, path)
    for header in ("", "Bearer ", "Bearer rk_", "Bearer rk_" + "A" * 300, "Basic cms6", "Bearer rk_é"):
        assert caller.get(good, Authorization=header).status_code == 401, header


def test_it_is_logged_like_any_other(cafe: Shop, alma: Person, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    caller, log = _caller(app, alma), structlog.testing.CapturingLogger()
    monkeypatch.setattr(request_log, "_log", log)
    for _ in range(2):
        caller.get("/loyalty/programs", X_Request_ID="shop-18")
    by_flask, before_flask = (call.kwargs for call in log.calls)
    assert not caller.by_flask
    assert before_flask.pop("request_id") == "shop-18", "the context of the request has it for Flask's"
    assert before_flask | {"ms": 0} == by_flask | {"ms": 0}
    assert (by_flask["method"], by_flask["path"]) == ("GET", "/api/v1/loyalty/programs")


def _comparable(answer: TestResponse) -> set[tuple[str, str]]:
    return {(name, value) for name, value in answer.headers if name not in ONCE_ONLY}
