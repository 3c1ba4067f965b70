"""Alma sets up programs in a real browser: by mouse, by keyboard alone, and on a phone without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Street
from tests.browser.faults import faults

FOCUSED = "() => { const on = document.activeElement; return on.matches('input') ? on.name : on.textContent.trim(); }"
CONTINUE = ".r-wizfoot .btn-primary"
MOST_TABS = 80


@pytest.fixture
def page(window: Browser, street: Street) -> Iterator[Page]:
    """Alma's page, without motion."""
    opened = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    street.sign_in(opened, street.shop.owner)
    yield opened
    opened.close()


@pytest.fixture
def plain(window: Browser, street: Street) -> Iterator[Page]:
    """Alma's phone without scripts."""
    opened = window.new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    street.sign_in(opened, street.shop.owner)
    yield opened
    opened.close()


def choose(page: Page, street: Street, words: str) -> None:
    """Choose a rule type in step 1."""
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs/new")
    page.locator(f".r-type:has(b:text-is('{words}')) input").check()
    page.locator(CONTINUE).click()
    page.wait_for_url("**/rules")


def test_by_mouse_the_preview_follows_and_an_error_goes_as_soon_as_it_is_mended(page: Page, street: Street) -> None:
    choose(page, street, "Punch card")
    expect(page.locator(".r-card__say")).to_have_text("7 more punches")
    page.get_by_role("button", name="One less: Punches required").click()
    expect(page.locator(".r-card__say")).to_have_text("6 more punches")
    expect(page.locator("#consequence")).to_contain_text("a reward every 9 visits")
    least = page.get_by_label("Only purchases of at least")
    least.press_sequentially("0")
    page.wait_for_timeout(600)
    assert not page.get_by_text("Minimum purchase amount must be").is_visible()  # still typing
    least.blur()
    expect(page.get_by_text("Minimum purchase amount must be greater than ₴0")).to_be_visible()
    expect(least).to_have_attribute("aria-invalid", "true")
    least.fill("20")
    expect(page.get_by_text("Minimum purchase amount must be greater than ₴0")).to_have_count(0)
    page.get_by_role("tab", name="Try a purchase").click()
    page.wait_for_timeout(600)
    page.get_by_label("Amount", exact=True).fill("19")
    expect(page.locator("#view-try .r-receipt")).to_contain_text("Nothing earned")
    page.locator(CONTINUE).click()
    page.wait_for_url("**/details")
    page.get_by_label("Program name").fill("Morning card")
    page.locator(CONTINUE).click()
    page.wait_for_url("**/review")
    page.get_by_role("button", name="Activate Now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning card is live")


def test_what_is_typed_while_a_preview_is_on_its_way_is_never_lost(page: Page, street: Street) -> None:
    choose(page, street, "Points")
    page.get_by_role("tab", name="Try a purchase").click()
    page.evaluate("htmx.config.defaultSettleDelay = 1500")
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # nothing is sent or settled before its moment below
    held: list[Route] = []
    page.route("**/rules/preview", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the function
    amount = page.get_by_label("Amount", exact=True)
    amount.fill("1")
    with page.expect_request("**/rules/preview"):
        page.clock.run_for(300)
    expect(page.locator("#rules.htmx-request")).to_have_count(1)
    page.evaluate(
        "() => { document.getElementById('try.category').value = 'tea';"
        " document.getElementById('live').dataset.old = 'yes'; }"
    )
    amount.press("End")
    amount.press("9")
    held.pop(0).continue_()
    expect(page.locator("#live[data-old]")).to_have_count(0)
    page.keyboard.type("5")  # before the panel has settled
    page.clock.run_for(1700)
    expect(amount).to_have_value("195")
    expect(amount).to_be_focused()
    expect(page.get_by_label("Category")).to_have_value("tea")
    page.unroute("**/rules/preview")
    page.clock.resume()
    amount.press("Tab")
    expect(page.locator("#view-try .r-receipt")).to_contain_text("195 points")


def test_a_refused_step_takes_the_focus_to_its_summary(page: Page, street: Street) -> None:
    choose(page, street, "Points")
    page.get_by_label("Customers earn").fill("-1")
    page.locator(CONTINUE).click()
    page.wait_for_url("**/rules?check=1")
    expect(page).to_have_title("Error: Configure rules · Points · Café Alma")
    expect(page.locator("[data-summary]")).to_be_focused()
    page.get_by_role("link", name="Points per dollar must be a positive number").click()
    expect(page.get_by_label("Customers earn")).to_be_focused()
    assert faults(page) == []


def test_by_keyboard_alone_a_program_goes_live(page: Page, street: Street) -> None:
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs/new")
    tab_to(page, "ruleType")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules")
    tab_to(page, "punchesRequired")
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    page.wait_for_url("**/details")
    tab_to(page, "name")
    page.keyboard.type("Typed card")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    tab_to(page, "Activate Now")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Typed card is live")


def test_without_scripts_rows_previews_and_all_steps_work(plain: Page, street: Street) -> None:
    choose(plain, street, "Cash back")
    plain.get_by_role("button", name="Add a line").click()
    plain.locator("[id='rates.1.minimumAmount']").fill("500")
    plain.locator("[id='rates.1.ratePercent']").fill("10")
    plain.locator("[id='try.amount']").fill("600")
    plain.get_by_role("button", name="Update preview").click()
    expect(plain.locator("#view-try")).to_contain_text("+₴60 cash back")
    plain.locator(CONTINUE).click()
    plain.get_by_label("End date").fill("2020-01-01T09:00")
    plain.locator(CONTINUE).click()
    expect(plain.get_by_text("There is a problem")).to_be_visible()
    plain.get_by_label("End date").fill("")
    plain.locator(CONTINUE).click()
    plain.get_by_role("button", name="Activate Now").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Cash back is live")


@pytest.mark.parametrize("words", ["Tiers", "Points", "Stamp card"])
def test_everyone_can_use_every_step_in_both_themes(page: Page, street: Street, words: str) -> None:
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs/new")
    found = {"type": faults(page)}
    choose(page, street, words)
    page.locator(".r-more summary").click()
    found["rules"] = faults(page)
    page.locator(CONTINUE).click()
    page.wait_for_url("**/details")
    page.locator(".r-more summary").click()
    found["details"] = faults(page)
    page.locator(CONTINUE).click()
    page.wait_for_url("**/review")
    found["review"] = faults(page)
    page.get_by_role("button", name="Activate Now").click()
    page.wait_for_url("**/live")
    found["live"] = faults(page)
    assert {step: complaints for step, complaints in found.items() if complaints} == {}


def tab_to(page: Page, name: str) -> None:
    """Press Tab until a field or button of that name has the focus; what it holds is selected."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"{name} cannot be reached by the keyboard")
