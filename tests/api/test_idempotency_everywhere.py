"""Every POST of the API with an Idempotency-Key: one effect, one answer, however often and however fast it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, cast

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.core.unit_of_work import unit_of_work
from app.services import idempotency
from tests.api.good_posts import SAVES_NOTHING, ask, posts, step
from tests.architecture.audit_walk import Step, World
from tests.factories.businesses import Shop, hire
from tests.support.rows import counts_of, rows_of

AT_ONCE = 20
KEY = "till-7-0001"
REPLAYED = "Idempotency-Replayed"
CHANGED = {"name": "Changed", "url": "https://93.184.216.34/other", "reason": "Changed", "status": "inactive"}
CHANGED |= {"from": "2026-02-01T00:00:00Z"}
ANSWERS_WITH_VIOLATIONS = {route for route in posts() if route.endswith("/validate")}


@pytest.mark.parametrize("route", posts())
def test_a_key_has_one_effect_and_one_answer(app: Flask, cafe: Shop, route: str) -> None:
    asked, alma = step(World(cafe), route), cafe.owner
    untouched = rows_of(cafe.id)
    if route not in ANSWERS_WITH_VIOLATIONS:
        refused = ask(app, alma, route, asked, asked.body | {"colour": "red"}, Idempotency_Key=KEY)
        assert (refused.status_code, list(refused.json["errors"])) == (400 if "file" in asked.body else 422, ["colour"])
    with unit_of_work(cafe.id):
        assert idempotency.begin(alma.user_id, KEY, b"the first request") is None
        meanwhile = ask(app, alma, route, asked, Idempotency_Key=KEY)
    assert (meanwhile.status_code, meanwhile.json["code"]) == (409, "request_in_progress")
    assert rows_of(cafe.id) == untouched

    first = ask(app, alma, route, asked, Idempotency_Key=KEY)
    done = rows_of(cafe.id)
    assert (first.status_code < 300, REPLAYED in first.headers) == (True, False), first.text
    has_effect = {**done, "idempotency": None} != {**untouched, "idempotency": None}
    assert has_effect is (route not in SAVES_NOTHING)

    again = ask(app, alma, route, asked, Idempotency_Key=KEY)
    assert (again.status_code, again.data) == (first.status_code, _without_secrets(app, route, first))
    assert (again.headers[REPLAYED], again.mimetype) == ("true", first.mimetype)
    assert rows_of(cafe.id) == done


@pytest.mark.parametrize("route", posts())
def test_a_key_belongs_to_one_request_of_one_caller(app: Flask, cafe: Shop, route: str) -> None:
    world, olga = World(cafe), hire(cafe, "Olga", "owner")
    asked, other = step(world, route), step(world, route)
    assert ask(app, cafe.owner, route, asked, Idempotency_Key=KEY).status_code < 300
    before = rows_of(cafe.id)
    body = other.body | {name: value for name, value in CHANGED.items() if name in other.body}
    changed = Step(asked.ids if body else other.ids, body)
    refused = ask(app, cafe.owner, route, changed, Idempotency_Key=KEY)
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_reused")
    assert rows_of(cafe.id) == before
    hers = ask(app, olga, route, other, Idempotency_Key=KEY)
    assert (hers.status_code < 300, REPLAYED in hers.headers) == (True, False), hers.text


@pytest.mark.parametrize("route", posts())
def test_twenty_at_once_do_what_one_without_a_key_does(app: Flask, cafe: Shop, route: str) -> None:
    world, alma = World(cafe), cafe.owner
    asked = step(world, route)
    alone, added_alone = _added(cafe, lambda: ask(app, alma, route, asked))
    assert alone.status_code < 300, alone.text

    crowded, start = step(world, route), Barrier(AT_ONCE)

    def send(_: int) -> TestResponse:
        start.wait()
        return ask(app, alma, route, crowded, Idempotency_Key=KEY)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers, added = _added(cafe, lambda: list(pool.map(send, range(AT_ONCE))))
    first = [answer for answer in answers if answer.status_code < 300 and REPLAYED not in answer.headers]
    assert len(first) == 1
    for answer in answers:
        if REPLAYED in answer.headers:
            assert answer.data == _without_secrets(app, route, first[0])
        elif answer is not first[0]:
            assert answer.json["code"] in ("request_in_progress", "busy")
    assert added == added_alone | {"idempotency": 1}


def _added(shop: Shop, work: Callable[[], Any]) -> tuple[Any, dict[str, int]]:
    """Return what the work gave, and how many rows it added to which tables."""
    before = counts_of(shop.id)
    result = work()
    after = counts_of(shop.id)
    return result, {name: after[name] - before[name] for name in after if after[name] != before[name]}


def _without_secrets(app: Flask, route: str, answer: TestResponse) -> bytes:
    """The bytes of an answer, but for the fields that are shown once."""
    endpoint, _ = app.url_map.bind("localhost").match(answer.request.path, method="POST")
    secrets = cast(Any, app.view_functions[endpoint]).route.secrets
    plain = answer.get_data()
    if not secrets:
        return plain
    return json.dumps(json.loads(plain) | dict.fromkeys(secrets), ensure_ascii=False, separators=(",", ":")).encode()
