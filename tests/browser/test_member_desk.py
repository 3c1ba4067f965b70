"""Dana, the manager, at the members' desk: finds, adjusts, imports, merges; by mouse, by keyboard, without scripts."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.factory import create_app
from app.jobs import runtime
from tests.browser.conftest import Street, _opened
from tests.browser.faults import faults
from tests.factories.trade import join
from tests.support.app import close, settings_for
from tests.support.databases import Database
from tests.support.product import running

SHOTS = os.environ.get("SHOTS")
FILE = "Name,Phone,E-mail,Points\nAnn Lee,067 111 22 33,ann@example.com,120\nBob,12,,5\nCleo Marsh,067 123 45 67,,30\n"


@pytest.fixture(scope="module")
def street(app: Flask, own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """The café with a worker that goes on with long work, and a second account of Cleo's."""
    made = create_app(settings_for(own_database))
    runtime.serve(made)
    with made.app_context():
        shop, ben, dana, cleo, card = _opened()
        join(shop, "Cleo M.", phone="+380509998877")
    close(made)
    runtime.serve(app)
    processes = ("web", "worker_earning", "worker_outside")
    with running(own_database, tmp_path_factory.mktemp("desk"), processes) as product:
        yield Street(product.url, shop, ben, dana, cleo, card)


@pytest.fixture
def page(window: Browser, street: Street) -> Iterator[Page]:
    """A fresh page, signed in as the owner."""
    opened = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    street.sign_in(opened, street.shop.owner)
    yield opened
    opened.close()


def _faults(page: Page, address: str) -> list[str]:
    page.goto(address)
    return faults(page)


def shot(page: Page, name: str) -> None:
    """Keep pictures of the page, for somebody who wants to look: phone and desktop, light and dark."""
    if SHOTS is None:
        return
    Path(SHOTS).mkdir(exist_ok=True)
    for width, height in ((1280, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}.png", full_page=True)
    page.evaluate("() => { document.documentElement.dataset.bsTheme = 'light'; }")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_file_is_imported_while_the_owner_watches_and_undone(page: Page, street: Street) -> None:
    base = f"{street.origin}/b/{street.shop.slug}/members"
    page.goto(base)
    page.get_by_role("link", name="Import").click()
    shot(page, "import-file")
    page.get_by_label("CSV file").set_input_files(
        {"name": "guests.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("heading", name="guests.csv")).to_be_visible()
    expect(page.locator(".r-cell--bad")).to_have_count(1)
    page.get_by_role("button", name="Check all rows").click()
    expect(page.get_by_role("heading", name="1 new, 1 to update, 1 problem")).to_be_visible()
    shot(page, "import-check")
    assert _faults(page, page.url.partition("#")[0]) == []
    page.get_by_role("button", name="Import 2 rows").click()
    page.wait_for_url("**/operations/**")
    expect(page.get_by_text("Finished")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("1 new member")).to_be_visible()
    shot(page, "import-progress")
    page.reload()
    expect(page.get_by_text("Finished")).to_be_visible()
    assert _faults(page, page.url) == []
    page.get_by_role("link", name="To the import").click()
    shot(page, "import-result")
    assert _faults(page, page.url) == []
    page.get_by_role("button", name="Undo import").click()
    expect(page.get_by_text("2 rows undone")).to_be_visible(timeout=20_000)
    page.goto(f"{base}?q=ann")
    expect(page.get_by_text("No members match")).to_be_visible()


def test_filters_chips_and_the_bulk_bar(page: Page, street: Street) -> None:
    base = f"{street.origin}/b/{street.shop.slug}/members"
    page.goto(base)
    expect(page.get_by_role("button", name="Add tag")).to_be_hidden()
    page.get_by_role("link", name="Filters").click()
    shot(page, "filters")
    assert _faults(page, page.url) == []
    page.get_by_label("Last visit").select_option("never")
    page.get_by_role("button", name="Show members").click()
    expect(page.get_by_role("link", name="Cleo Marsh")).to_be_hidden()
    page.get_by_label("Select Nobody Yet").check()
    expect(page.get_by_role("button", name="Add tag")).to_be_visible()
    page.get_by_label("Tag for the selected members").fill("Sleeper")
    shot(page, "list-bulk")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_text("1 member tagged Sleeper.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Remove filter: Last visit: never")).click()
    expect(page.get_by_role("link", name="Cleo Marsh")).to_be_visible()
    page.get_by_label("Search by name").fill("067 123")
    expect(page.get_by_text("1 member matches")).to_be_visible()
    assert "q=067" in page.url
    shot(page, "list")
    assert _faults(page, base) == []


def test_points_are_adjusted_by_keyboard_alone_and_undone(page: Page, street: Street) -> None:
    page.goto(f"{street.origin}/b/{street.shop.slug}/members/{street.cleo}")
    page.get_by_role("link", name="Adjust points").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/adjust")
    page.get_by_label("Program").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("50")
    expect(page.locator("#after")).to_contain_text("730")
    page.keyboard.press("Tab")
    page.keyboard.type("Waited for a table")
    shot(page, "adjust")
    assert page.evaluate("document.activeElement.id") == "reason"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/members/{street.cleo}")
    expect(page.get_by_text("680 points before, 730 now.")).to_be_visible()
    page.get_by_role("button", name="Show phone and e-mail").click()
    expect(page.get_by_text("+380671234567")).to_be_visible()
    shot(page, "member")
    page.get_by_role("button", name="Undo: Adjusted: 50 points").click()
    expect(page.get_by_text("Undone. 680 points now.")).to_be_visible()
    assert _faults(page, page.url) == []
    for path in ("adjust", "edit", "erase", "merge"):
        assert _faults(page, f"{street.origin}/b/{street.shop.slug}/members/{street.cleo}/{path}") == []
        shot(page, f"member-{path}")
    page.goto(f"{street.origin}/b/{street.shop.slug}/members/fields")
    shot(page, "fields")


def test_two_accounts_become_one_without_scripts(window: Browser, street: Street) -> None:
    page = window.new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    street.sign_in(page, street.dana)
    page.goto(f"{street.origin}/b/{street.shop.slug}/members/{street.cleo}")
    page.get_by_role("link", name="Merge", exact=True).click()
    page.get_by_label("Name, phone, e-mail or member number").fill("Cleo M.")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Compare").first.click()
    expect(page.get_by_role("heading", name="These look like the same person")).to_be_visible()
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/merge-390-plain.png", full_page=True)
    page.get_by_role("button", name="Merge into one").click()
    expect(page.get_by_text("are one member now")).to_be_visible()
    page.get_by_role("button", name="Undo merge").click()
    expect(page.get_by_text("two members again")).to_be_visible()
    page.close()
