"""A till on a bad line, or on a device that forgets: what Ben did is done once, and what he took back is taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.embedded.processes import wait_until
from tests.browser.conftest import Street
from tests.browser.cutting import Wire
from tests.browser.tills import (
    BEN_PIN,
    PHONE,
    api,
    base_of,
    bought,
    give_pin,
    offline_member,
    offline_till,
    paired,
    unlock,
)

SENT_SECONDS = 30.0
TAP_TWICE = "(which) => { for (const _ of [1, 2]) document.querySelector(which).click(); }"
STORE_IS_CLOSED_ONCE = """() => {
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...wanted) {
    IDBDatabase.prototype.transaction = begin;
    this.close();
    return begin.apply(this, wanted);
  };
}"""
STORE_IS_SLOW = """() => {
  const set = function (done) { this.addEventListener("complete", () => setTimeout(done, 1500)); };
  Object.defineProperty(IDBTransaction.prototype, "oncomplete", { set });
}"""
STORE_KEEPS_NOTHING = """() => {
  IDBDatabase.prototype.transaction = () => { throw new DOMException("lost", "InvalidStateError"); };
}"""


@pytest.fixture(scope="module", autouse=True)
def pins(street: Street) -> None:
    """Ben has a PIN."""
    give_pin(street, "Ben", BEN_PIN)


@pytest.fixture
def till(window: Browser, street: Street, wire: Wire) -> Iterator[Page]:
    """A till at the end of the wire, open, with everything on it that it needs without a connection."""
    with offline_till(window, street, wire.origin) as page:
        yield page


def test_what_is_taken_back_while_it_is_on_its_way_is_taken_back(till: Page, wire: Wire, street: Street) -> None:
    before = bought(street, str(street.cleo))
    wire.cut()
    offline_member(till, street, wire.origin)
    till.get_by_label("Amount").fill("99")
    wire.hold()
    wire.mend()
    till.get_by_role("button", name="Save purchase").click()
    assert wait_until(lambda: bought(street, str(street.cleo)) == before + 1, SENT_SECONDS), "its answer is on its way"
    till.get_by_role("button", name="Undo").click()
    till.get_by_role("heading", name="Taken back").wait_for()
    wire.release()
    assert wait_until(lambda: bought(street, str(street.cleo)) == before, SENT_SECONDS)


def test_two_taps_at_once_without_a_connection_are_one_punch_and_no_answer_to_a_question(
    till: Page, wire: Wire, street: Street
) -> None:
    wire.cut()
    offline_member(till, street, wire.origin)
    till.evaluate(TAP_TWICE, "[data-offline=punch] button")
    till.get_by_text("Points will show when back online").wait_for()
    till.goto(f"{base_of(street, wire.origin)}queue")
    till.get_by_role("heading", name="1 not sent yet").wait_for()
    offline_member(till, street, wire.origin)
    till.evaluate(TAP_TWICE, "[data-offline=punch] button")
    till.get_by_text("Punch again?").wait_for()
    till.goto(f"{base_of(street, wire.origin)}queue")
    till.get_by_role("heading", name="1 not sent yet").wait_for()


def test_what_is_tapped_while_the_till_still_asks_whether_it_is_online_is_saved(
    till: Page, wire: Wire, street: Street
) -> None:
    before = bought(street, str(street.cleo))
    wire.cut()
    offline_member(till, street, wire.origin)
    till.evaluate(TAP_TWICE, "[data-offline=punch] button")
    till.get_by_text("Points will show when back online").wait_for()
    wire.hold()
    wire.mend()
    offline_member(till, street, wire.origin)
    till.get_by_label("Amount").fill("7")
    till.get_by_role("button", name="Save purchase").click()
    till.get_by_role("heading", name="Cleo Marsh: 7").wait_for()
    wire.release()
    assert wait_until(lambda: bought(street, str(street.cleo)) == before + 2, SENT_SECONDS)


def test_a_till_whose_store_the_browser_has_closed_opens_it_anew_and_one_that_keeps_nothing_sells_by_the_form(
    till: Page, wire: Wire, street: Street
) -> None:
    who = str(api(street, "POST", "/members", {"name": "Iva Stone"})["id"])
    for number, fault in enumerate((STORE_IS_CLOSED_ONCE, STORE_KEEPS_NOTHING), start=1):
        till.goto(f"{base_of(street, wire.origin)}members/{who}/purchase")
        expect(till.locator("#till-state")).to_have_text("Online")
        till.evaluate(fault)
        till.locator("#amount").fill("7")
        till.get_by_role("button", name="Record purchase").click()
        till.locator(".r-done").wait_for()
        assert bought(street, who) == number
    till.evaluate(STORE_KEEPS_NOTHING)
    till.get_by_role("button", name="Lock").click()
    till.wait_for_url("**/till/lock")


def test_what_the_server_has_found_stays_when_the_device_is_slower(till: Page, street: Street) -> None:
    api(street, "POST", "/members", {"name": "Cleo Zimmer"})
    till.evaluate(STORE_IS_SLOW)
    till.get_by_label("Phone, name or code").fill("Cleo")
    both = till.locator("#matches a", has_text="Cleo")
    expect(both).to_have_count(2)
    till.wait_for_timeout(2000)
    expect(both).to_have_count(2)


def test_a_till_asks_once_to_be_locked_however_often_it_comes_online_meanwhile(window: Browser, street: Street) -> None:
    device = paired(window, street, viewport=PHONE, service_workers="block")
    till = device.new_page()
    unlock(till, street)
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    till.route("**/till/lock", hold)
    till.evaluate("() => void setInterval(() => dispatchEvent(new Event('online')), 200)")
    with till.expect_request("**/till/lock"):
        till.get_by_role("button", name="Lock").click()
    till.wait_for_timeout(1500)
    assert len(asked) == 1
    asked[0].continue_()
    till.unroute("**/till/lock")
    till.wait_for_url("**/till/lock")
    device.close()


def test_a_form_whose_answer_never_came_says_so(till: Page, wire: Wire, street: Street) -> None:
    till.goto(f"{base_of(street, wire.origin)}members/{street.cleo}/purchase")
    till.locator("#amount").fill("5")
    till.get_by_role("button", name="Record purchase").click()
    till.locator(".r-done").wait_for()
    before = bought(street, str(street.cleo))
    wire.cut()
    till.get_by_role("button", name="Undo").click()
    till.get_by_text("No answer came to what you tapped last. Look whether it was done").wait_for()
    assert bought(street, str(street.cleo)) == before


def test_a_page_that_the_browser_had_kept_is_loaded_anew_when_one_comes_back_to_it(till: Page) -> None:
    till.evaluate(
        "() => { window.isOld = true; dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }"
    )
    till.wait_for_function("() => !window.isOld")
    expect(till.locator("#till-state")).to_have_text("Online")
