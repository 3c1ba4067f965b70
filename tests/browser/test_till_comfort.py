"""What makes a till quick and calm: practice, answers from the device, the way back to the search, an app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Street
from tests.browser.tills import BEN_PIN, TABLET, api, base_of, give_pin, know_people, paired, unlock

OFFER = """() => {
  const offer = new Event("beforeinstallprompt", { cancelable: true });
  offer.prompt = () => { window.isAsked = true; };
  dispatchEvent(offer);
  return offer.defaultPrevented;
}"""
PRETEND_APPLE = """
Object.defineProperty(navigator, "userAgent", { get: () => "Mozilla/5.0 (Macintosh; Intel Mac OS X) Safari/605" });
Object.defineProperty(navigator, "maxTouchPoints", { get: () => 5 });
"""


@pytest.fixture(scope="module", autouse=True)
def pins(street: Street) -> None:
    """Ben has a PIN."""
    give_pin(street, "Ben", BEN_PIN)


@pytest.fixture
def till(window: Browser, street: Street) -> Iterator[Page]:
    """A paired tablet, with Ben at it."""
    device = paired(window, street, name="Comfort", viewport=TABLET)
    page = device.new_page()
    unlock(page, street)
    yield page
    device.close()


def test_ben_practises_and_nobody_has_bought_anything(till: Page, street: Street) -> None:
    before = api(street, "GET", "/purchases?limit=100")["data"]
    till.get_by_role("link", name="Practise").click()
    till.get_by_role("button", name="Punch").click()
    till.get_by_role("heading", name="Testy: 1 reward earned").wait_for()
    till.locator("#undo").click()
    till.get_by_role("heading", name="The punch is taken back").wait_for()
    till.get_by_role("link", name="Next customer").click()
    till.get_by_role("link", name="Purchase").click()
    till.locator("#amount").fill("42,50")
    till.get_by_role("button", name="Record purchase").click()
    till.get_by_text("+85 points").wait_for()
    till.get_by_role("link", name="Next customer").click()
    till.get_by_role("link", name="Redeem").click()
    till.get_by_role("button", name="Given").first.click()
    till.locator(".r-done", has_text="Given").wait_for()
    till.get_by_role("button", name="Stop practising").click()
    till.wait_for_url("**/till/")
    assert api(street, "GET", "/purchases?limit=100")["data"] == before


def test_the_device_answers_before_the_server_does(till: Page, street: Street) -> None:
    know_people(till)
    till.route("**/till/?q=*", lambda route: route.abort())
    till.locator("#find").press_sequentially("Mar")
    found = till.locator("#matches").get_by_role("link", name="Cleo Marsh")
    found.wait_for()
    assert "+380 ••• •• 67" in found.inner_text()
    till.unroute("**/till/?q=*")
    found.click()
    till.get_by_role("heading", name="Cleo Marsh").wait_for()


def test_a_scanner_types_into_the_box_wherever_the_focus_was(till: Page, street: Street) -> None:
    code = api(street, "GET", f"/members/{street.cleo}")["code"]
    till.locator("#find").blur()
    till.keyboard.type(code)
    till.keyboard.press("Enter")
    till.wait_for_url(f"**/till/members/{street.cleo}")


def test_the_search_comes_back_by_itself_unless_somebody_reads(till: Page, street: Street) -> None:
    who = api(street, "POST", "/members", {"name": "Ida Roth"})["id"]
    _sell(till, street, who)
    till.get_by_text("The search comes back by itself").wait_for()
    till.wait_for_url("**/till/", timeout=30_000)
    _sell(till, street, who)
    till.get_by_text("The search comes back by itself").wait_for()
    till.get_by_role("heading", level=1).click()
    till.evaluate("() => { window.isLeaving = false; navigation.onnavigate = () => { window.isLeaving = true; }; }")
    till.locator("#undo").wait_for(state="detached", timeout=30_000)
    assert till.evaluate("window.isLeaving") is False
    assert "/purchases/" in till.url
    expect(till.get_by_text("The search comes back by itself")).to_have_count(0)


def test_results_are_heard_where_the_device_is_to_sound(till: Page, street: Street) -> None:
    till.add_init_script(
        "AudioContext = class extends AudioContext { constructor() { super(); sessionStorage.heard = 'yes'; } };"
    )
    who = api(street, "POST", "/members", {"name": "Olly Berg"})["id"]
    _sell(till, street, who)
    till.get_by_text("The search comes back by itself").wait_for()  # shown in the tick that would have sounded
    till.goto(base_of(street))
    till.get_by_role("button", name="Sound on").click()
    till.get_by_role("button", name="Sound off").wait_for()
    assert till.evaluate("sessionStorage.heard") is None
    _sell(till, street, who)
    till.wait_for_function("() => sessionStorage.heard === 'yes'")


def test_a_browser_that_offers_it_installs_the_till_and_not_now_is_remembered(till: Page, street: Street) -> None:
    box = till.locator("#install")
    assert not box.is_visible()
    assert till.evaluate(OFFER) is True
    box.get_by_role("button", name="Install on this device").click()
    assert till.evaluate("window.isAsked") is True
    expect(box).to_be_hidden()
    till.evaluate(OFFER)
    box.get_by_role("button", name="Not now").click()
    till.reload()
    till.evaluate(OFFER)
    assert not box.is_visible()


def test_an_ipad_is_told_how_before_it_is_paired(window: Browser, street: Street) -> None:
    device = window.new_context(viewport={"width": 390, "height": 844})
    device.add_init_script(PRETEND_APPLE)
    page = device.new_page()
    page.goto(f"{base_of(street)}pair")
    expect(page.get_by_text("then Add to Home Screen")).to_be_visible()
    assert page.get_by_role("button", name="Install on this device").is_hidden()
    device.close()


def _sell(page: Page, street: Street, who: str) -> None:
    page.goto(f"{base_of(street)}members/{who}/purchase")
    page.locator("#amount").fill("5")
    page.get_by_role("button", name="Record purchase").click()
    page.locator(".r-done").wait_for()
