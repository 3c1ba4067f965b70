"""Every page of the product, found by its address, in a real browser: everyone can read it, nothing is too wide."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from app import web
from app.factory import create_app
from app.jobs import runtime
from tests.browser.faults import COUNT_SHIFTS, faults, listen, shape
from tests.browser.slow_lines import late_scripts, open_in_pieces
from tests.browser.town import NO_PAGE, Town, settled_town
from tests.factories.businesses import found_shop
from tests.factories.people import PASSWORD, Person
from tests.support.app import close, settings_for
from tests.support.databases import Database
from tests.support.product import Product, running

PROCESSES = ("web",)
SIGNED_IN = "/b/"
DRAWN_BY_OTHERS = {"api_reader.docs": "Swagger UI draws it, with marks that are not ours: tests/web/test_api_reader.py"}


MOVED_ONCE = ("attention.index", "members.index", "programs.index", "till.find", "till.result", "till_redeem.bought")
"""Pages whose columns, or what is centred, would move if they were painted in parts."""
PAINTED = """() => new Promise((done) => {
  const look = () => performance.getEntriesByName("first-contentful-paint").length ? done() : setTimeout(look, 10);
  look();
})"""


def _areas() -> list[str]:
    """The names of all blueprints: one test each, so that none takes long."""
    modules = pkgutil.walk_packages(web.__path__, f"{web.__name__}.")
    found = (getattr(importlib.import_module(module.name), "bp", None) for module in modules)
    return sorted({blueprint.name for blueprint in found if blueprint is not None})


@pytest.fixture(scope="module")
def town(app: Flask, own_database: Database) -> Iterator[Town]:
    """The café where everything has happened."""
    made = create_app(settings_for(own_database))
    runtime.serve(made)
    with made.app_context():
        settled = settled_town(found_shop("Café Alma", "Alma"))
    close(made)
    runtime.serve(app)
    yield settled


@pytest.fixture(scope="module")
def product(town: Town, own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product's own web process on it."""
    with running(own_database, tmp_path_factory.mktemp("town"), PROCESSES) as started:
        yield started


@pytest.fixture(scope="module")
def owner(window: Browser, product: Product, town: Town) -> Iterator[Page]:
    """Alma's page."""
    with_session = _context(window)
    page = _signed_in(with_session, product, town.shop.owner)
    yield page
    with_session.close()


@pytest.fixture(scope="module")
def visitor(window: Browser, product: Product, town: Town) -> Iterator[Page]:
    """The page of a member, whom the doors of the staff do not know."""
    context = _context(window)
    _hold(context, "member", town.cookies["member"], f"/m/{town.shop.slug}")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("area", _areas())
def test_everyone_can_use_every_page_in_both_themes_and_loud_brands(
    area: str, app: Flask, product: Product, town: Town, owner: Page, visitor: Page
) -> None:
    wrong = {}
    for endpoint, address in sorted(town.pages(app).items()):
        if endpoint.partition(".")[0] != area:
            continue
        page = owner if address.startswith(SIGNED_IN) else visitor
        found = _wrong_with(page, product.url, endpoint, address)
        if found:
            wrong[f"{endpoint} {address}"] = found
    assert wrong == {}, "\n".join(f"{where}: {fault}" for where, found in wrong.items() for fault in found)


@pytest.mark.parametrize("endpoint", MOVED_ONCE)
def test_no_page_moves_while_it_comes_on_a_slow_line(
    endpoint: str, app: Flask, product: Product, town: Town, owner: Page
) -> None:
    answer = open_in_pieces(owner, product.url + town.pages(app)[endpoint])
    assert shape(owner, answer.body()) == []


@pytest.mark.parametrize("path", ["", "programs", "members", "attention", "till/", "help"])
def test_a_business_where_nothing_has_happened_has_pages_too(
    path: str, window: Browser, product: Product, town: Town
) -> None:
    context = _context(window)
    page = _signed_in(context, product, town.empty.owner)
    assert _wrong_with(page, product.url, "empty", f"/b/{town.empty.slug}/{path}") == []
    context.close()


@pytest.mark.parametrize("path", ["lock", "pair"])
def test_a_paired_till_that_nobody_has_signed_in_to_has_pages_too(
    path: str, window: Browser, product: Product, town: Town
) -> None:
    context = _context(window)
    till = f"/b/{town.shop.slug}/till"
    _hold(context, "till-device", town.cookies["till-device"], till)
    assert _wrong_with(context.new_page(), product.url, "till", f"{till}/{path}") == []
    context.close()


@pytest.mark.parametrize(("address", "status"), [("/no-such-page", 404), ("/b/{slug}/programs/none", 404)])
def test_an_address_that_leads_nowhere_has_a_page_that_everyone_can_use(
    address: str, status: int, product: Product, town: Town, owner: Page
) -> None:
    answer = owner.goto(product.url + address.format(slug=town.shop.slug))
    assert answer is not None
    assert answer.status == status
    assert faults(owner) == []


def _wrong_with(page: Page, origin: str, endpoint: str, address: str) -> list[str]:
    """Open an address and return all that is wrong with its page; what is no page has nothing wrong with it."""
    if endpoint in NO_PAGE:
        return []
    if "<" in address:
        return ["the café has nothing for it (tests/browser/town.py)"]
    asked = page.request.get(origin + address, max_redirects=0)
    if asked.status in (301, 302, 303, 308) or not asked.headers.get("content-type", "").startswith("text/html"):
        return [] if asked.status < 400 else [f"status {asked.status}"]
    if asked.status != 200:
        return [f"status {asked.status}"]
    html = asked.body()
    if b"<html" not in html or endpoint in DRAWN_BY_OTHERS:
        return []  # a part of a page, for htmx, or not ours
    complaints = listen(page)
    _open_slowly(page, origin + address)
    page.wait_for_timeout(150)
    return shape(page, html) + faults(page, brands=True) + complaints


def _open_slowly(page: Page, address: str) -> None:
    """Open a page whose scripts come after it was seen, as on a slow line; the theme's is waited for anyway."""
    with late_scripts(page):
        page.goto(address, wait_until="commit")
        page.evaluate(PAINTED)
    page.wait_for_load_state("load")
    page.locator("h1:visible").first.wait_for()  # the till's queue asks the device first


def _hold(context: BrowserContext, name: str, value: str, path: str) -> None:
    context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": path}])


def _context(window: Browser) -> BrowserContext:
    context = window.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.add_init_script(COUNT_SHIFTS)
    return context


def _signed_in(context: BrowserContext, product: Product, person: Person) -> Page:
    page = context.new_page()
    page.goto(f"{product.url}/login")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    page.wait_for_url(lambda url: urlsplit(url).path.startswith("/b/"))
    return page
