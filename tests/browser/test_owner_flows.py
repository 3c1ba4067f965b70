"""What owners do most, by mouse: from a template to a live program, a program of tomorrow, a pause and an end.

The other flows have files of their own: sign-up (test_onboarding), from scratch (test_wizard), changing a live program
(test_live_edit) and many at once (test_program_list), each by mouse and by keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from app.core import clock
from tests.browser.conftest import Street

pytestmark = pytest.mark.xdist_group("walks")


@pytest.fixture
def page(window: Browser, street: Street) -> Iterator[Page]:
    """Alma's page, without motion."""
    opened = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    street.sign_in(opened, street.shop.owner)
    yield opened
    opened.close()


def press_on(page: Page) -> None:
    """Go on to the wizard's next step."""
    page.locator(".r-wizfoot .btn-primary").click()


def test_from_a_template_to_a_live_program(page: Page, street: Street) -> None:
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs")
    page.get_by_role("link", name="Create Program").click()
    page.get_by_role("link", name="Bakery", exact=True).click()
    page.get_by_role("button", name=re.compile("Use this template.*Loaf Stamp Card")).click()
    page.wait_for_url("**/rules")
    press_on(page)
    page.wait_for_url("**/details")
    press_on(page)
    page.wait_for_url("**/review")
    page.get_by_role("button", name="Activate Now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Loaf Stamp Card is live")
    expect(page.get_by_label("Customers join here")).to_have_value(f"{street.origin}/m/{street.shop.slug}/join")
    page.get_by_role("link", name="Try it as a customer").click()
    expect(page.get_by_role("button", name="Join")).to_be_visible()


def test_who_cannot_decide_answers_three_questions_and_starts_with_the_suggestion(page: Page, street: Street) -> None:
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs/templates")
    page.get_by_role("link", name="Which one?").click()
    page.get_by_role("button", name="Suggest one").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    page.get_by_label("Most weeks").check()
    page.get_by_label("It depends on how many things they take").check()
    page.get_by_label("Give something free now and then").check()
    page.get_by_role("button", name="Suggest one").click()
    expect(page.get_by_role("heading", name="Stamp card", exact=True)).to_be_visible()
    page.get_by_role("button", name="Start with Stamp card").click()
    page.wait_for_url("**/rules")


def test_a_program_of_tomorrow_is_scheduled_and_taken_back(page: Page, street: Street) -> None:
    start = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT09:00")
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs/new")
    page.locator(".r-type:has(b:text-is('Punch card')) input").check()
    press_on(page)
    page.wait_for_url("**/rules")
    press_on(page)
    page.wait_for_url("**/details")
    page.get_by_label("Program name").fill("Card of tomorrow")
    page.get_by_label("Start date").fill(start)
    press_on(page)
    page.wait_for_url("**/review")
    page.get_by_role("button", name=re.compile("^Schedule for .*09:00")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Card of tomorrow is scheduled for")
    page.get_by_role("link", name="See the program").click()
    expect(page.locator(".r-chip--scheduled").first).to_be_visible()
    page.get_by_role("button", name="Unschedule").click()
    expect(page.locator(".r-chip--draft").first).to_be_visible()


def test_a_live_program_is_paused_resumed_and_ended_by_its_name(page: Page, street: Street) -> None:
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs/{street.punch_card}")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".r-chip--paused").first).to_be_visible()
    expect(page.get_by_text("New earning disabled, existing progress retained").first).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".r-chip--active").first).to_be_visible()
    page.locator("#end summary").click()
    page.get_by_role("button", name="End Coffee card").click()
    expect(page.get_by_role("alert")).to_contain_text("Coffee card")
    page.locator("#confirm_name").fill("coffee card")
    page.get_by_role("button", name="End Coffee card").click()
    expect(page.locator(".r-chip--ended").first).to_be_visible()
