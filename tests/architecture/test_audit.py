"""Every address that changes the configuration leaves a record of who, what, before and after."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.core.unit_of_work import session, unit_of_work
from app.models.audit_log import AuditRecord
from tests.architecture.audit_walk import NO_CONFIGURATION, Step, World, step
from tests.architecture.test_routes import PART
from tests.factories.businesses import Shop
from tests.factories.people import form_token

MATRIX: dict[str, str] = tomllib.loads(Path(__file__).with_name("role_matrix.toml").read_text())["routes"]
CHANGING = [route for route in MATRIX if not route.startswith("GET ")]
CONFIGURING = [route for route in CHANGING if not route.partition(" ")[2].startswith(tuple(NO_CONFIGURATION))]


@pytest.mark.parametrize("route", CONFIGURING)
def test_a_change_of_the_configuration_leaves_a_record(app: Flask, cafe: Shop, route: str) -> None:
    asked = step(World(cafe), route)
    assert asked is not None, f"{route}: say in audit_walk.py what a good request is, or why it configures nothing"
    before = _records(cafe)
    answer = _sent(app, cafe, route, asked)
    assert answer.status_code < 400, f"{route}: {answer.status_code} {answer.get_data(as_text=True)[:2000]}"
    assert _records(cafe) > before, f"{route} changed something without a word in the audit log"


def test_no_reason_is_left_over() -> None:
    unused = [
        start for start in NO_CONFIGURATION if not any(one.partition(" ")[2].startswith(start) for one in CHANGING)
    ]
    assert unused == []


def _sent(app: Flask, shop: Shop, route: str, asked: Step) -> TestResponse:
    method, _, rule = route.partition(" ")
    path = PART.sub(lambda part: str(asked.ids[part["name"]]), rule)
    if path.startswith("/api/"):
        client = app.test_client(use_cookies=False)
        if "file" in asked.body:
            query = {"alt": asked.body["alt"]}
            sent = shop.owner.headers | {"Content-Type": "image/png"}
            return client.open(path, method=method, data=asked.body["file"], query_string=query, headers=sent)
        json = None if method == "DELETE" else asked.body
        return client.open(path, method=method, json=json, headers=shop.owner.headers)
    browser = shop.owner.browser()
    return browser.post(path, data={"csrf_token": form_token(browser), **asked.body})


def _records(shop: Shop) -> int:
    with unit_of_work(shop.id):
        return session().scalar(select(func.count()).select_from(AuditRecord)) or 0
