"""Alma connects her web shop: an endpoint added, tried, followed, replayed, given a new secret and switched off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect
from standardwebhooks.webhooks import Webhook

from app.core import clock
from app.embedded.processes import wait_until
from app.factory import create_app
from app.jobs import runtime
from tests.browser.faults import faults, listen
from tests.browser.hands import HANDS, Hand
from tests.factories.businesses import Shop, found_shop
from tests.factories.people import PASSWORD
from tests.support.app import close, settings_for
from tests.support.databases import Database
from tests.support.product import Product, running
from tests.support.receiver import Receiver, answer, receiving

PROCESSES = ("web", "worker_webhooks", "worker_outside", "scheduler")
ANSWERED_SECONDS = 40
PHONE = ViewportSize(width=390, height=844)


@dataclass(frozen=True)
class Office:
    """Alma's café, whose webhooks really leave the house."""

    product: Product
    shop: Shop

    @property
    def list(self) -> str:
        """The address of the settings of webhooks."""
        return f"{self.product.url}/b/{self.shop.slug}/settings/webhooks"


@pytest.fixture(scope="module")
def office(app: Flask, own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Café Alma, just founded, on processes that may call this machine."""
    made = create_app(settings_for(own_database))
    runtime.serve(made)
    with made.app_context():
        shop = found_shop("Café Alma", "Alma")
    close(made)
    runtime.serve(app)
    folder = tmp_path_factory.mktemp("office")
    with running(own_database, folder, PROCESSES, WEBHOOK_PRIVATE_TARGETS="on") as product:
        yield Office(product, shop)


@pytest.fixture
def shop_server() -> Iterator[Receiver]:
    """What listens in the web shop."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture(params=HANDS)
def hand(request: pytest.FixtureRequest, window: Browser, office: Office) -> Iterator[Hand]:
    """Alma at her page, signed in, with a mouse or with a keyboard alone."""
    page = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    alma = HANDS[request.param](page)
    _sign_in(page, office)
    yield alma
    page.close()


@pytest.fixture
def phone(window: Browser, office: Office) -> Iterator[Page]:
    """The same on her phone, without scripts."""
    opened = window.new_page(viewport=PHONE, java_script_enabled=False)
    _sign_in(opened, office)
    yield opened
    opened.close()


def test_an_endpoint_from_its_first_test_to_its_end(hand: Hand, office: Office, shop_server: Receiver) -> None:
    page, complaints = hand.page, listen(hand.page)
    name = f"Shop of {type(hand).__name__}"
    page.goto(office.list)
    hand.press("link", "Add endpoint", leads_to="/new")
    hand.write("Address", "shop")
    hand.write("Description (optional)", name)
    hand.tick("radio", "Only what I tick below")
    hand.press("button", "Add endpoint")
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.get_by_label("Description (optional)")).to_have_value(name)
    hand.write("Address", shop_server.url)
    hand.tick("checkbox", "Created loyalty.program.created")
    hand.press("button", "Add endpoint")
    secret = page.get_by_label("Copy it now").input_value()
    assert faults(page) == []
    hand.press("link", "I have it", leads_to="/settings/webhooks/")
    expect(page.get_by_text(secret)).to_have_count(0)
    expect(page.get_by_text("1 kind of event")).to_be_visible()

    hand.press("button", "Send test", leads_to="/deliveries/")
    expect(page.locator("#tries").get_by_text("204", exact=True)).to_be_visible(timeout=ANSWERED_SECONDS * 1000)
    expect(page.locator("#tries").get_by_role("status")).to_contain_text("Delivered")
    got = shop_server.got[0]
    told = Webhook(secret).verify(got.body, got.headers)
    assert told["eventType"] in page.get_by_role("heading", level=1).inner_text()
    assert faults(page) == []
    hand.press("button", "Send again")
    assert wait_until(lambda: len(shop_server.got) == 2, ANSWERED_SECONDS)
    assert {one.headers["webhook-id"] for one in shop_server.got} == {told["eventId"]}
    expect(page.locator("#tries").get_by_text("Try 2 ·")).to_be_visible(timeout=ANSWERED_SECONDS * 1000)
    hand.press("link", name)

    _make_program(page, office, f"Card by {type(hand).__name__}")
    assert wait_until(lambda: len(shop_server.got) == 3, ANSWERED_SECONDS)
    event = Webhook(secret).verify(shop_server.got[2].body, shop_server.got[2].headers)
    assert event["eventType"] == "loyalty.program.created"
    hand.press("button", "Replay")
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    hand.set_moment("From", _noon(office, days=-2))
    hand.set_moment("To", _noon(office, days=2))
    hand.press("button", "Replay")
    expect(page.get_by_text("will be sent again")).to_be_visible()
    assert wait_until(lambda: _ids(shop_server).count(event["eventId"]) == 2, ANSWERED_SECONDS)

    hand.unfold("New secret…")
    hand.press("button", "Make a new secret")
    newer = page.get_by_label("Copy it now").input_value()
    assert newer != secret
    hand.press("link", "I have it", leads_to="/settings/webhooks/")
    before = len(shop_server.got)
    hand.press("button", "Send test", leads_to="/deliveries/")
    assert wait_until(lambda: len(shop_server.got) > before, ANSWERED_SECONDS)
    for one in (secret, newer):
        Webhook(one).verify(shop_server.got[before].body, shop_server.got[before].headers)
    hand.press("link", name)

    hand.press("button", "Switch off")
    expect(page.get_by_text("Switched off by your team")).to_be_visible()
    expect(page.get_by_role("button", name="Send test")).to_have_count(0)
    assert faults(page) == []
    hand.unfold("Remove…")
    hand.press("button", "Remove the endpoint", leads_to="/settings/webhooks")
    expect(page.get_by_text("The endpoint is removed")).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_have_count(0)
    # A refused form is answered 422, which the console notes of any browser.
    assert [one for one in complaints if "422" not in one] == []


def test_one_that_is_gone_switches_itself_off_and_says_why_on_a_phone_without_scripts(
    phone: Page, office: Office, shop_server: Receiver
) -> None:
    shop_server.behave = lambda handler: answer(handler, 410, b"closed for good")
    phone.goto(f"{office.list}/new")
    phone.get_by_label("Address").fill(shop_server.url)
    phone.get_by_role("button", name="Add endpoint").click()
    phone.get_by_role("link", name="I have it").click()
    one = phone.url
    phone.get_by_role("button", name="Send test").click()
    assert wait_until(lambda: _is_told(phone, one, "410", besides=shop_server.url), ANSWERED_SECONDS)
    assert wait_until(lambda: _is_told(phone, one, "Nothing is sent while it is off"), ANSWERED_SECONDS)
    phone.get_by_role("link", name="loyalty.").first.click()
    expect(phone.get_by_text("closed for good")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    phone.goto(one)
    phone.get_by_role("button", name="Switch on").click()
    expect(phone.get_by_role("button", name="Send test")).to_be_visible()


def test_the_pages_for_strangers_are_sound(window: Browser, office: Office) -> None:
    page = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    complaints = listen(page)
    page.goto(f"{office.product.url}/api/docs")
    page.get_by_role("button", name="Expand operation").first.click(timeout=60_000)
    expect(page.get_by_text("POST", exact=True).first).to_be_visible()
    page.goto(f"{office.product.url}/api/problems")
    assert faults(page) == []
    page.get_by_role("link", name="insufficient_points").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert faults(page) == []
    assert complaints == []
    page.close()


def _sign_in(page: Page, office: Office) -> None:
    page.goto(f"{office.product.url}/login")
    page.get_by_label("E-mail").fill(office.shop.owner.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    page.wait_for_url("**/b/**")


def _make_program(page: Page, office: Office, name: str) -> None:
    body = {"templateId": "coffee-punch-card", "name": name}
    headers = office.shop.owner.headers
    made = page.request.post(f"{office.product.url}/api/v1/loyalty/programs", data=body, headers=headers)
    assert made.status == 201, made.text()


def _is_told(page: Page, address: str, words: str, *, besides: str = "") -> bool:
    """Say whether a page has the words, somewhere besides an address whose port may have them by chance."""
    page.goto(address)
    return words in page.inner_text("main").replace(besides, "")


def _ids(receiver: Receiver) -> list[str]:
    return [json.loads(one.body)["eventId"] for one in receiver.got]


def _noon(office: Office, *, days: int) -> datetime:
    """Noon of a day around today on the café's clocks, which no change of the clocks ever skips or repeats."""
    day = clock.now().astimezone(ZoneInfo(office.shop.timezone)) + timedelta(days=days)
    return day.replace(tzinfo=None, hour=12, minute=0, second=0, microsecond=0)
