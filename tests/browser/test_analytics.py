"""The analytics of a program in a browser: drawn under the strict policy, readable, fresh, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Street
from tests.browser.faults import faults, listen


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(window: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on a phone."""
    size = {"width": 390, "height": 844}
    opened = window.new_page(viewport=size, reduced_motion="reduce", java_script_enabled=request.param)  # type: ignore[arg-type]
    yield opened
    opened.close()


def address(street: Street) -> str:
    """The analytics of the punch card."""
    return f"{street.origin}/b/{street.shop.slug}/programs/{street.punch_card}/analytics"


def test_every_trend_has_its_table_with_and_without_scripts(page: Page, street: Street) -> None:
    street.sign_in(page, street.shop.owner)
    page.goto(f"{street.origin}/b/{street.shop.slug}/programs/{street.punch_card}")
    page.get_by_role("link", name="Analytics", exact=True).click()
    page.get_by_role("link", name="90 days").click()
    expect(page.get_by_role("link", name="90 days")).to_have_attribute("aria-current", "page")
    page.get_by_text("Show as table").first.click()
    expect(page.get_by_role("table", name="Joins and visits by week")).to_be_visible()


def test_the_trends_are_drawn_and_everyone_can_read_them_in_both_themes(window: Browser, street: Street) -> None:
    page = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    complaints = listen(page)
    street.sign_in(page, street.shop.owner)
    page.goto(address(street))
    page.locator(".u-wrap canvas").nth(1).wait_for()
    assert faults(page) == []
    expect(page.locator(".u-wrap canvas")).to_have_count(2)
    assert complaints == []
    page.close()


def test_the_figures_come_anew_every_half_minute_and_nothing_moves(window: Browser, street: Street) -> None:
    page = window.new_page(viewport={"width": 1280, "height": 600}, reduced_motion="reduce")
    page.clock.install()
    street.sign_in(page, street.shop.owner)
    page.goto(address(street))
    page.get_by_text("How we count this").first.click()
    page.evaluate("scrollBy({top: 200, behavior: 'instant'})")  # a wheel would turn on while we measure
    place = "[scrollY, document.querySelector('.r-trends').getBoundingClientRect().top]"
    page.evaluate("document.querySelector('#figures .r-kpi__value').textContent = 'old'")
    before = page.evaluate(place)
    with page.expect_response(lambda answer: answer.url.startswith(address(street))):
        page.clock.fast_forward(31_000)
    page.get_by_text("old", exact=True).wait_for(state="detached")
    assert page.evaluate(place) == before
    expect(page.locator("details[open]")).to_have_count(1)
    page.close()
