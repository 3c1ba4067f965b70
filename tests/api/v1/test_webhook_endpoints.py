"""Webhook endpoints through the API: made, changed, tested, replayed, and never shown with their secret again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.adapters.webhook_sender import WebhookSender
from tests.api.v1.bodies import PUNCH_CARD
from tests.api.v1.caller import ApiCaller

URL = "http://127.0.0.1:9/hooks"
BASE = "/webhook-endpoints"


@pytest.fixture(autouse=True)
def development(app: Flask) -> Iterator[None]:
    """This machine may be called, as in development."""
    usual = app.extensions["webhook_sender"]
    app.extensions["webhook_sender"] = WebhookSender(allows_private=True)
    yield
    app.extensions["webhook_sender"] = usual


def test_the_secret_is_shown_once(alma: ApiCaller) -> None:
    made = alma.post(BASE, {"url": URL}, expect=201)
    assert made["secret"].startswith("whsec_")
    assert (made["eventTypes"], made["state"]) == ([], "enabled")
    assert "secret" not in alma.get(f"{BASE}/{made['id']}")
    assert "secret" not in alma.get(BASE)["data"][0]
    rotated = alma.post(f"{BASE}/{made['id']}/rotate-secret", {}, expect=200)
    assert rotated["secret"] != made["secret"]


def test_a_key_that_answers_again_keeps_no_secret(alma: ApiCaller) -> None:
    first = alma.post(BASE, {"url": URL}, expect=201, headers={"Idempotency-Key": "one endpoint"})
    again = alma.post(BASE, {"url": URL}, expect=201, headers={"Idempotency-Key": "one endpoint"})
    assert (again["id"], again["secret"]) == (first["id"], None)
    assert len(alma.get(BASE)["data"]) == 1


def test_an_address_inside_is_refused_in_its_field(alma: ApiCaller, app: Flask) -> None:
    app.extensions["webhook_sender"] = WebhookSender()
    problem = alma.post(BASE, {"url": "https://169.254.169.254/latest"}, expect=422)
    assert problem["errors"] == {
        "url": ["This address is not on the public internet. Enter one that everybody can reach."]
    }
    assert alma.get(BASE)["data"] == []


def test_an_unknown_event_is_refused(alma: ApiCaller) -> None:
    problem = alma.post(BASE, {"url": URL, "eventTypes": ["loyalty.program.exploded"]}, expect=422)
    assert problem["errors"] == {"eventTypes": ["There is no event loyalty.program.exploded"]}


def test_changing_an_endpoint_asks_for_its_version(alma: ApiCaller) -> None:
    made = alma.post(BASE, {"url": URL}, expect=201)
    path = f"{BASE}/{made['id']}"
    changed = alma.patch(path, {"description": "Our till", "eventTypes": ["loyalty.program.created"]})
    assert (changed["description"], changed["version"]) == ("Our till", 2)
    alma.patch(path, {"description": "Other"}, expect=412, headers={"If-Match": '"1"'})
    assert alma.get(path)["description"] == "Our till"


def test_an_event_is_made_a_delivery_for_who_chose_it(alma: ApiCaller) -> None:
    every = alma.post(BASE, {"url": URL}, expect=201)["id"]
    paused = alma.post(BASE, {"url": URL, "eventTypes": ["loyalty.program.paused"]}, expect=201)["id"]
    program = alma.post("/loyalty/programs", PUNCH_CARD, expect=201)
    events = alma.get("/events?type=loyalty.program.created")["data"]
    assert [event["payload"]["programId"] for event in events] == [program["id"]]
    assert alma.get(f"/events/{events[0]['eventId']}") == events[0]
    replay = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
    assert alma.post(f"{BASE}/{every}/replay", replay, expect=202)["events"] == len(alma.get("/events")["data"])
    assert alma.post(f"{BASE}/{paused}/replay", replay, expect=202) == {"events": 0}
    types = [row["eventType"] for row in alma.get(f"{BASE}/{every}/deliveries?state=waiting")["data"]]
    assert "loyalty.program.created" in types
    assert alma.get(f"{BASE}/{paused}/deliveries")["data"] == []


def test_a_test_event_says_that_it_is_one_and_is_in_no_list_of_events(alma: ApiCaller) -> None:
    endpoint = alma.post(BASE, {"url": URL}, expect=201)["id"]
    before = alma.get("/events")["data"]
    sent = alma.post(f"{BASE}/{endpoint}/test", {}, expect=202)
    assert (sent["event"]["payload"]["test"], sent["attempts"], sent["tries"]) == (True, 0, [])
    assert alma.get("/events")["data"] == before


def test_a_disabled_endpoint_is_sent_nothing_until_it_is_enabled(alma: ApiCaller) -> None:
    endpoint = alma.post(BASE, {"url": URL}, expect=201)["id"]
    alma.patch(f"{BASE}/{endpoint}", {"state": "disabled"})
    problem: dict[str, Any] = alma.post(f"{BASE}/{endpoint}/test", {}, expect=409)
    assert problem["code"] == "endpoint_disabled"
    alma.patch(f"{BASE}/{endpoint}", {"state": "enabled"})
    alma.post(f"{BASE}/{endpoint}/test", {}, expect=202)


def test_a_removed_endpoint_is_gone(alma: ApiCaller) -> None:
    endpoint = alma.post(BASE, {"url": URL}, expect=201)["id"]
    alma.delete(f"{BASE}/{endpoint}", expect=204)
    alma.get(f"{BASE}/{endpoint}", expect=404)
    alma.get(f"{BASE}/{endpoint}/deliveries", expect=404)


def test_a_business_has_at_most_twenty(alma: ApiCaller) -> None:
    for number in range(20):
        alma.post(BASE, {"url": f"{URL}/{number}"}, expect=201)
    assert alma.post(BASE, {"url": URL}, expect=409)["code"] == "too_many_endpoints"
