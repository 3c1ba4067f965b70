"""Alma changes a live program in a real browser while Dana does too: conflict, publish, compare, restore."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Street
from tests.browser.faults import faults
from tests.browser.test_wizard import CONTINUE, FOCUSED, MOST_TABS, tab_to
from tests.factories.people import Person

PUBLISH = "Publish changes"


def opened(window: Browser, street: Street, person: Person, *, scripts: bool = True) -> Page:
    """A page of somebody who is signed in, without motion; a phone where there are no scripts."""
    size = {"width": 1280, "height": 900} if scripts else {"width": 390, "height": 844}
    page = window.new_page(viewport=size, reduced_motion="reduce", java_script_enabled=scripts)  # type: ignore[arg-type]
    street.sign_in(page, person)
    return page


@pytest.fixture
def page(window: Browser, street: Street) -> Iterator[Page]:
    """Alma's page."""
    alma = opened(window, street, street.shop.owner)
    yield alma
    alma.close()


def begin(page: Page, street: Street, **rules: str) -> None:
    """Edit the punch card up to the review, by mouse."""
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs/{street.punch_card}")
    page.get_by_role("button", name="Edit", exact=True).click()
    page.wait_for_url("**/rules")
    for name, text in rules.items():
        page.locator(f"[id='{name}']").fill(text)
    page.locator(CONTINUE).click()
    page.wait_for_url("**/details")
    page.locator(CONTINUE).click()
    page.wait_for_url("**/review")


def published(page: Page, number: int) -> None:
    """Publish what the review shows; the version is then the current one."""
    page.get_by_role("button", name=PUBLISH).click()
    page.wait_for_url("**/versions")
    expect(page.locator(".r-ver li").first).to_contain_text(f"v{number}")
    expect(page.locator(".r-ver li").first).to_contain_text("Current")


def test_by_mouse_two_edit_one_program_and_an_old_version_comes_back(
    page: Page, window: Browser, street: Street
) -> None:
    found: dict[str, list[str]] = {}
    begin(page, street, punchesRequired="5")
    expect(page.locator("#impact")).to_contain_text("1 member keeps what is on their card.")
    found["review"] = faults(page)
    dana = opened(window, street, street.dana)
    begin(dana, street, punchesRequired="4", minimumPurchaseAmount="20")
    published(dana, 2)
    dana.close()
    page.get_by_role("button", name=PUBLISH).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dana changed this")
    found["conflict"] = faults(page)
    page.goto(page.url.replace("/review", "/rules"))
    expect(page.get_by_text("Dana changed this")).to_be_visible()
    expect(page.get_by_label("Customers collect")).to_have_value("5")
    found["rules"] = faults(page)
    page.goto(page.url.replace("/rules", "/review"))
    page.locator("input[value=mine]").check()
    page.get_by_role("button", name="Go on to the review").click()
    expect(page.locator(".r-answers").first).to_contain_text("Punches required")
    expect(page.locator(".r-answers").first).to_contain_text("4")
    published(page, 3)
    found["versions"] = faults(page)
    page.get_by_role("link", name="Compare").click()
    page.get_by_label("From").select_option("1")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("row", name="Punches required 3 5")).to_be_visible()
    expect(page.get_by_role("row", name="Minimum purchase amount none 20")).to_be_visible()
    found["compare"] = faults(page)
    page.get_by_role("link", name="All versions").click()
    page.locator(".r-ver li", has_text="Created").get_by_role("button").click()
    expect(page.locator(".r-answers").first).to_contain_text("20")
    published(page, 4)
    page.get_by_role("link", name="Activity", exact=True).click()
    expect(page.locator(".r-timeline li").first).to_contain_text("changed the program")
    found["activity"] = faults(page)
    page.get_by_role("link", name="See the events").click()
    page.locator(".r-list summary").first.click()
    expect(page.locator(".r-list li").first).to_contain_text("loyalty.program.updated")
    found["events"] = faults(page)
    assert {name: complaints for name, complaints in found.items() if complaints} == {}


def test_by_keyboard_alone_a_change_is_published_and_taken_back(page: Page, street: Street) -> None:
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs/{street.punch_card}")
    press(page, "Edit")
    page.wait_for_url("**/rules")
    tab_to(page, "punchesRequired")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.wait_for_url("**/details")
    tab_to(page, "name")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    press(page, PUBLISH)
    page.wait_for_url("**/versions")
    expect(page.locator(".r-ver li").first).to_contain_text("→ 9")
    press(page, "Restore as new version")
    page.wait_for_url("**/review")
    press(page, PUBLISH)
    page.wait_for_url("**/versions")
    expect(page.locator(".r-ver li").first).to_contain_text("9 →")


def test_without_scripts_a_change_is_published_and_compared(window: Browser, street: Street) -> None:
    page = opened(window, street, street.shop.owner, scripts=False)
    begin(page, street, punchesRequired="7")
    page.get_by_role("button", name=PUBLISH).click()
    expect(page.locator(".r-ver li").first).to_contain_text("→ 7")
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("cell", name="Punches required")).to_be_visible()
    page.close()


def press(page: Page, words: str) -> None:
    """Go by Tab to the first button whose words begin like this, and press it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(words):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{words} cannot be reached by the keyboard")
