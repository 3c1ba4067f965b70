"""Webhooks on the pages: added, their secret shown once, tried out, read try by try, sent again, removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.adapters.webhook_sender import WebhookSender
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.jobs.webhooks import post_deliveries, wait_until_idle
from app.queries import webhooks as found
from app.services.webhooks import disable, locked_endpoint
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.programs import punch_card
from tests.support.receiver import answer, receiving
from tests.support.statements import counted
from tests.web.test_home import AT_THE_DOOR

URL = "http://127.0.0.1:9/hooks"


@pytest.fixture(autouse=True)
def development(app: Flask) -> Iterator[None]:
    """This machine may be called, as in development."""
    usual = app.extensions["webhook_sender"]
    app.extensions["webhook_sender"] = WebhookSender(allows_private=True)
    yield
    app.extensions["webhook_sender"] = usual


@pytest.fixture
def path(cafe: Shop) -> str:
    """The list of the endpoints."""
    return f"/b/{cafe.slug}/settings/webhooks"


def read(browser: FlaskClient, address: str) -> str:
    got = browser.get(address)
    assert got.status_code == 200, got.status_code
    return unescape(got.get_data(as_text=True))


def add(browser: FlaskClient, path: str, url: str = URL, **fields: object) -> tuple[str, str]:
    """Add an endpoint; return its address and its secret."""
    made = submit(browser, f"{path}/new", url=url, **({"scope": "all"} | fields)).get_data(as_text=True)
    return re.findall(rf'href="({path}/[0-9a-f-]{{36}})"', made)[0], re.findall(r'value="(whsec_[^"]+)"', made)[0]


def post_what_waits(shop: Shop) -> None:
    post_deliveries(str(shop.id))
    assert wait_until_idle(60)


def test_the_secret_is_shown_once_and_the_list_shows_the_endpoint(alma: Person, path: str) -> None:
    browser = alma.browser()
    assert "No endpoint yet" in read(browser, path)
    one, secret = add(browser, path, description="Web shop", scope="some", events=["loyalty.purchase.processed"])
    listed, shown = read(browser, path), read(browser, one)
    assert secret not in listed + shown
    assert "Web shop" in listed
    assert "1 kind of event" in listed
    assert "Nothing sent in the last 7 days" in listed
    again = submit(browser, f"{one}/rotate").get_data(as_text=True)
    other = re.findall(r'value="(whsec_[^"]+)"', again)[0]
    assert other != secret
    assert "Copy it now" in again
    assert "For 24 hours both secrets sign" in again


def test_a_refused_endpoint_keeps_what_was_typed(app: Flask, alma: Person, path: str) -> None:
    app.extensions["webhook_sender"] = WebhookSender()
    browser = alma.browser()
    typed = {"description": "Inside <3", "scope": "some", "events": ["loyalty.voucher.issued"]}
    refused = submit(browser, f"{path}/new", url="https://127.0.0.1/hook", **typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "This address is not on the public internet" in page
    assert 'value="https://127.0.0.1/hook"' in page
    assert 'value="Inside &lt;3"' in page
    assert 'value="loyalty.voucher.issued" checked' in " ".join(page.split())
    nothing = submit(browser, f"{path}/new", url="", scope="some")
    assert nothing.status_code == 422
    assert "Enter the address" in nothing.get_data(as_text=True)
    assert "Tick at least one event" in nothing.get_data(as_text=True)
    assert "No endpoint yet" in read(browser, path)


def test_an_endpoint_is_changed_once_at_a_time(alma: Person, path: str) -> None:
    browser = alma.browser()
    one, _ = add(browser, path)
    version = re.findall(r'name="version" value="(\d+)"', read(browser, f"{one}/edit"))[0]
    fields = {"url": f"{URL}/two", "scope": "all", "version": version}
    assert submit(browser, f"{one}/edit", **fields).status_code == 303
    assert f"{URL}/two" in read(browser, one)
    stale = submit(browser, f"{one}/edit", **fields | {"url": f"{URL}/three"})
    assert stale.status_code == 422
    assert "Somebody else changed this" in stale.get_data(as_text=True)
    assert f'value="{URL}/three"' in stale.get_data(as_text=True)
    assert f"{URL}/three" not in read(browser, one)


def test_a_test_is_sent_and_its_answer_is_read(cafe: Shop, alma: Person, path: str) -> None:
    browser = alma.browser()
    with receiving() as receiver:
        one, _ = add(browser, path, receiver.url)
        sent = submit(browser, f"{one}/test")
        assert sent.status_code == 303
        assert "Not tried yet" in read(browser, sent.location)
        post_what_waits(cafe)
        page = read(browser, sent.location)
        assert "1 try, answer 204" in page
        assert '"test": true' in page
        assert "1 of 1 delivered in the last 7 days" in read(browser, one)
        assert submit(browser, f"{sent.location}/send").status_code == 303
        post_what_waits(cafe)
    assert [got.headers["webhook-id"] for got in receiver.got] == [receiver.got[0].headers["webhook-id"]] * 2


def test_a_failed_try_says_what_was_answered(cafe: Shop, alma: Person, path: str) -> None:
    browser = alma.browser()
    with receiving() as receiver:
        receiver.behave = lambda handler: answer(handler, 500, b"<b>out of milk</b>")
        one, _ = add(browser, path, receiver.url)
        sent = submit(browser, f"{one}/test").location
        post_what_waits(cafe)
    page = browser.get(sent).get_data(as_text=True)
    assert "&lt;b&gt;out of milk&lt;/b&gt;" in page
    assert "Waiting" in page
    assert "Next try" in page
    assert "loyalty.purchase.processed" in read(browser, f"{one}?state=waiting")
    assert "No delivery of this kind" in read(browser, f"{one}?state=delivered")
    assert browser.get(f"{one}?state=lost").status_code == 404


def test_a_span_is_sent_again(cafe: Shop, alma: Person, path: str) -> None:
    browser = alma.browser()
    punch_card(cafe)
    one, _ = add(browser, path, scope="some", events=["loyalty.program.created"])
    now = clock.now()
    typed = {"from": f"{now - timedelta(days=2):%Y-%m-%dT%H:%M}", "to": f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}"}
    assert submit(browser, f"{one}/replay", **typed).status_code == 303
    page = read(browser, one)
    assert "1 event will be sent again" in page
    assert "loyalty.program.created" in page
    backwards = submit(browser, f"{one}/replay", **{"from": typed["to"], "to": typed["from"]})
    assert backwards.status_code == 422
    assert "Choose an end after the beginning" in backwards.get_data(as_text=True)
    assert f'value="{typed["to"]}"' in backwards.get_data(as_text=True)
    assert "Enter a day and a time" in submit(browser, f"{one}/replay", to="x").get_data(as_text=True)


def test_an_endpoint_that_is_off_says_why_and_gets_nothing(cafe: Shop, alma: Person, path: str) -> None:
    browser = alma.browser()
    one, _ = add(browser, path)
    assert submit(browser, f"{one}/switch", to="off").status_code == 303
    assert "Switched off by your team" in read(browser, one)
    submit(browser, f"{one}/test")
    assert "Switch the endpoint on first" in read(browser, one)
    submit(browser, f"{one}/switch", to="on")
    with unit_of_work(cafe.id):
        disable(locked_endpoint(UUID(one.rpartition("/")[2])), "It answered 410 Gone")
    assert "It answered 410 Gone" in read(browser, path)
    submit(browser, f"{one}/switch", to="on")
    assert "410 Gone" not in read(browser, path), "the digits alone may stand in the id of any endpoint"


def test_a_removed_endpoint_is_gone(alma: Person, path: str) -> None:
    browser = alma.browser()
    one, _ = add(browser, path)
    assert "It cannot be undone" in read(browser, one)
    assert submit(browser, f"{one}/remove").status_code == 303
    assert "No endpoint yet" in read(browser, path)
    assert browser.get(one).status_code == 404


def test_another_business_finds_nothing(cafe: Shop, alma: Person, dora: Person, path: str) -> None:
    one, _ = add(alma.browser(), path)
    browser, theirs = dora.browser(), one.replace(cafe.slug, dora.slug)
    assert browser.get(theirs).status_code == 404
    assert submit(browser, f"{theirs}/rotate").status_code == 404
    with unit_of_work(cafe.id):
        assert len(found.endpoints_page().rows) == 1


def test_the_lists_ask_as_much_for_many_as_for_few(cafe: Shop, alma: Person, path: str) -> None:
    browser = alma.browser()
    one, _ = add(browser, path)
    submit(browser, f"{one}/test")
    few = [statements_of(browser, address) for address in (path, one)]
    for number in range(4):
        add(browser, path, f"{URL}/{number}")
        submit(browser, f"{one}/test")
    assert [statements_of(browser, address) for address in (path, one)] == few
    assert max(few) <= AT_THE_DOOR + 4


def statements_of(browser: FlaskClient, address: str) -> int:
    with counted() as statements:
        read(browser, address)
    return len(statements)


def test_what_is_sent_again_goes_on_counting_its_tries_and_is_followed_until_it_is_over(
    cafe: Shop, alma: Person, path: str
) -> None:
    browser = alma.browser()
    with receiving() as receiver:
        one, _ = add(browser, path, receiver.url)
        sent = submit(browser, f"{one}/test").location
        followed = browser.get(sent, headers={"HX-Request": "true"})
        assert (followed.status_code, "every 2s" in followed.text) == (200, True)
        for _ in range(2):
            post_what_waits(cafe)
            over = browser.get(sent, headers={"HX-Request": "true"})
            assert (over.status_code, "every 2s" in over.text) == (286, False), "htmx stops asking"
            submit(browser, f"{sent}/send")
        assert over.text.index("Try 1 ") < over.text.index("Try 2 ")
        assert len(receiver.got) == 2
