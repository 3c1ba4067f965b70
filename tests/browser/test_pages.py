"""Every page, drawn by a real browser: nothing hidden from anyone, nothing wider than the screen, nothing heavy."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.browser.chromium import chromium
from tests.browser.gallery import gallery
from tests.browser.samples.pages import PAGES

AXE = (Path(__file__).parent / "vendor/axe-core-4.14.1/axe.min.js").read_text()
FIND_FAULTS = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join("; ")}`);
}"""
DRESS = """async ([theme, brand]) => {
  document.documentElement.dataset.bsTheme = theme;
  const sheet = document.querySelector('link[href^="/brand.css"]');
  if (!sheet || sheet.href.endsWith(brand)) return;
  await new Promise((done) => { sheet.onload = done; sheet.href = `/brand.css?colour=${brand}`; });
}"""
BRANDS = {"yellow": "ffde00", "black": "000000", "sky": "0ea5e9"}
WIDTHS = (320, 390, 768, 1280)
HTML_LIMIT = 100_000


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The address of the gallery, served on a free port of this machine."""
    server = make_server("127.0.0.1", 0, gallery(), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all pages."""
    with sync_playwright() as playwright, chromium(playwright) as launched:
        yield launched


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page without motion, as wide as a desktop."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.mark.parametrize("name", PAGES)
def test_everyone_can_read_and_use_the_page_in_every_theme_and_brand(page: Page, origin: str, name: str) -> None:
    page.goto(f"{origin}/page/{name}")
    page.evaluate(AXE)
    faults = {
        f"{theme}, {brand}": found
        for theme in ("light", "dark")
        for brand, colour in BRANDS.items()
        if (found := _faults_dressed(page, theme, colour))
    }
    assert faults == {}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_fits_every_screen_and_breaks_no_policy(page: Page, origin: str, name: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.goto(f"{origin}/page/{name}")
    assert answer is not None
    assert len(answer.body()) < HTML_LIMIT
    overflows = {width: over for width in WIDTHS if (over := _sideways(page, width)) > 0}
    assert (overflows, complaints) == ({}, [])


def test_the_chosen_theme_stays_for_the_next_page(page: Page, origin: str) -> None:
    page.goto(f"{origin}/page/login")
    page.get_by_role("button", name="Dark").click()
    page.goto(f"{origin}/page/signup")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert page.get_by_role("button", name="Dark").get_attribute("aria-pressed") == "true"


def test_a_refused_form_takes_the_focus_to_what_is_wrong(page: Page, origin: str) -> None:
    page.goto(f"{origin}/page/signup-refused")
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.textContent").strip().startswith("There is a problem")
    page.get_by_role("link", name="Use at least 8 characters").click()
    assert page.evaluate("document.activeElement.id") == "password"


def test_the_number_pad_types_into_the_amount(page: Page, origin: str) -> None:
    page.goto(f"{origin}/page/till-member")
    for key in ("4", "2", "Decimal point", "5", "Delete last digit", "7"):
        page.get_by_role("button", name=key, exact=True).click()
    assert page.locator("#amount").input_value() == "42.7"


def test_older_days_come_in_place_of_the_button(page: Page, origin: str) -> None:
    page.goto(f"{origin}/page/member")
    page.get_by_role("link", name="Load more").click()
    page.get_by_role("heading", name="Tuesday 17 November").nth(1).wait_for()
    assert page.get_by_role("link", name="Load more").count() == 0
    assert page.locator("#days").count() == 1


def test_the_till_shows_the_result_as_soon_as_it_is_counted(page: Page, origin: str) -> None:
    page.goto(f"{origin}/page/till-counted-soon")
    page.get_by_role("heading", name="Cleo: 7 of 9").wait_for(timeout=2000)
    assert page.get_by_text("Two more to a free coffee.").is_visible()


def _faults_dressed(page: Page, theme: str, colour: str) -> Any:
    page.evaluate(DRESS, [theme, colour])
    return page.evaluate(FIND_FAULTS)


def _sideways(page: Page, width: int) -> int:
    page.set_viewport_size({"width": width, "height": 800})
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
