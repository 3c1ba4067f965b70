"""What owners do now and then: being advised which program to start with, and ending one.

The other flows have files of their own: the seven critical ones (test_critical_flows), sign-up (test_onboarding), the
wizard's fields (test_wizard), changing a live program (test_live_edit) and many at once (test_program_list).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Street


@pytest.fixture
def page(window: Browser, street: Street) -> Iterator[Page]:
    """Alma's page, without motion."""
    opened = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    street.sign_in(opened, street.shop.owner)
    yield opened
    opened.close()


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


def test_a_live_program_is_ended_by_its_name(page: Page, street: Street) -> None:
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs/{street.punch_card}")
    page.locator("#end summary").click()
    page.get_by_role("button", name="End Coffee card").click()
    expect(page.get_by_role("alert")).to_contain_text("Coffee card")
    page.locator("#confirm_name").fill("coffee card")
    page.get_by_role("button", name="End Coffee card").click()
    expect(page.locator(".r-chip--ended").first).to_be_visible()
