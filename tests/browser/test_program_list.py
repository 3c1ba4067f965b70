"""Alma filters her programs, pauses many at once, tries again what failed, and takes the list with her as a file."""

from __future__ import annotations

import csv
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Street
from tests.browser.faults import faults
from tests.factories.programs import PUNCH_CONFIG

MOST_TABS = 150


@pytest.fixture
def page(window: Browser) -> Iterator[Page]:
    """A fresh page without motion and without a session."""
    opened = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


def test_by_mouse_filter_pause_many_retry_and_export(page: Page, street: Street) -> None:
    base = _shelf(street, "Mouse")
    street.sign_in(page, street.shop.owner)
    page.goto(base)
    page.locator("#q").fill("mouse")
    expect(page.get_by_role("status").filter(has_text="3 programs")).to_be_visible()
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Draft", exact=True).check()
    page.get_by_label("Active", exact=True).check()
    expect(page.get_by_role("link", name="Remove filter: Status Draft")).to_be_visible()
    expect(page.get_by_role("link", name="Remove filter: Status Active")).to_be_visible()
    expect(page).to_have_url(f"{base}?q=mouse&status=active&status=draft")
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Select this page").check()
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("group", name="Actions for selected programs").get_by_role("button", name="Pause").click()
    expect(page.get_by_text("2 paused, 1 skipped: still a draft")).to_be_visible()
    _post(street, f"/loyalty/programs/{_id(page, 'Mouse draft')}/activate", {})
    page.get_by_role("button", name="Retry failed").click()
    expect(page.get_by_text("1 paused")).to_be_visible()
    page.get_by_role("link", name="Back to the programs").click()
    expect(page.get_by_text("No programs match")).to_be_visible()
    page.get_by_role("link", name="Remove filter: Status Draft").click()
    page.goto(f"{base}?q=mouse")
    page.get_by_label("Select Mouse one").check()
    page.get_by_label("Select Mouse two").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export", exact=True).click()
    rows = _rows(download.value.path())
    assert {row["Name"]: row["Status"] for row in rows} == {"Mouse one": "Paused", "Mouse two": "Paused"}
    page.get_by_role("group", name="Actions for selected programs").get_by_role("button", name="Resume").click()
    expect(page.get_by_text("2 resumed")).to_be_visible()  # the page was left as it is, and goes on working


def test_by_keyboard_alone_the_same(page: Page, street: Street) -> None:
    base = _shelf(street, "Keys")
    street.sign_in(page, street.shop.owner)
    page.goto(f"{base}?q=keys")
    _tab_to(page, ".r-filters > summary")
    page.keyboard.press("Enter")
    _tab_to(page, "input[name=status][value=active]")
    page.keyboard.press("Space")
    expect(page.get_by_role("status").filter(has_text="2 programs")).to_be_visible()
    page.keyboard.press("Escape")
    _tab_to(page, "[data-pick-page]")
    page.keyboard.press("Space")
    expect(page.get_by_text("2 selected")).to_be_visible()
    _tab_to(page, ".r-bulk button[value=pause]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 paused")).to_be_visible()
    page.goto(f"{base}?q=keys")
    for name in ("Keys one", "Keys draft"):
        _tab_to(page, f'input[aria-label="Select {name}"]')
        page.keyboard.press("Space")
    _tab_to(page, ".r-bulk button[value=resume]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 resumed, 1 skipped: still a draft")).to_be_visible()
    _tab_to(page, "form[action$='/retry'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 resumed, 1 skipped: still a draft")).to_be_visible()
    _tab_to(page, "#run a.btn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/programs?q=keys")
    _tab_to(page, 'input[aria-label="Select Keys two"]')
    page.keyboard.press("Space")
    _tab_to(page, ".r-bulk button[value=export]")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert [row["Name"] for row in _rows(download.value.path())] == ["Keys two"]


def test_without_scripts_many_are_ended_after_a_word(window: Browser, street: Street) -> None:
    base = _shelf(street, "Plain")
    plain = window.new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    street.sign_in(plain, street.shop.owner)
    plain.goto(f"{base}?q=plain&sort=name")
    plain.get_by_label("Select Plain one").check()
    plain.get_by_label("Select Plain two").check()
    plain.get_by_role("button", name="End…").click()
    plain.get_by_label("Type end to go on").fill("end")
    plain.get_by_role("button", name="End 2 programs").click()
    expect(plain.get_by_text("2 ended")).to_be_visible()
    plain.get_by_role("link", name="Back to the programs").click()
    assert "q=plain&sort=name" in plain.url
    plain.get_by_role("button", name="More for Plain draft").click()
    plain.get_by_role("button", name="Activate Plain draft").click()
    expect(plain.get_by_text("Activated. Customers can enroll and earn rewards.")).to_be_visible()
    plain.close()


def test_every_page_of_it_is_sound_in_both_themes_and_small(page: Page, street: Street) -> None:
    base = _shelf(street, "Sound")
    street.sign_in(page, street.shop.owner)
    page.goto(f"{base}?q=sound")
    page.get_by_label("Select this page").check()
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_text("2 paused, 1 skipped")).to_be_visible()
    for address in (page.url, f"{base}?q=sound&status=paused&status=draft&sort=-name", f"{base}/deleted"):
        page.goto(address)
        assert faults(page) == [], address


def _shelf(street: Street, word: str) -> str:
    """Two live programs and a draft whose names begin with a word; returns the list's address."""
    for rest, is_active in (("one", True), ("two", True), ("draft", False)):
        body = {"name": f"{word} {rest}", "ruleType": "PUNCH_CARD", "ruleConfig": dict(PUNCH_CONFIG)}
        _post(street, "/loyalty/programs", {**body, "isActive": is_active})
    return f"{street.origin}/b/{street.shop.slug}/programs"


def _post(street: Street, path: str, body: dict[str, object]) -> None:
    headers = {"Content-Type": "application/json", **street.shop.owner.headers}
    request = urllib.request.Request(f"{street.origin}/api/v1{path}", json.dumps(body).encode(), headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
        assert answer.status in (200, 201)


def _id(page: Page, name: str) -> str:
    return str(page.get_by_role("link", name=name).get_attribute("href")).rpartition("/")[2]


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is where it should be, from the page's beginning if it is behind."""
    for _ in range(MOST_TABS):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))
