"""Cleo at her own card in a real browser: joins from a poster, signs in by mail, and loses the network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from app.core.unit_of_work import unit_of_work
from app.factory import create_app
from app.jobs import runtime
from app.services.join_links import join_code
from app.services.portal_terms import set_terms
from tests.browser.faults import faults, listen
from tests.browser.portals import Counter, opened_portal
from tests.factories.people import PASSWORD
from tests.factories.portal import own_address
from tests.factories.programs import owner_of
from tests.support.app import close, settings_for
from tests.support.databases import Database
from tests.support.product import running

PHONE = {"width": 390, "height": 844}
SCREENS = {"phone": PHONE, "desktop": {"width": 1280, "height": 900}}
MOST_BYTES_TO_JOIN = 50_000
NEVER_ARRIVE = """() => {
  window.ledTo = [];
  navigation.onnavigate = (event) => {
    window.ledTo.push(event.destination.url);
    event.preventDefault();
  };
}"""


@pytest.fixture(scope="module")
def counter(app: Flask, own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    made = create_app(settings_for(own_database))
    runtime.serve(made)
    with made.app_context():
        shop, cleo, address = opened_portal()
        with unit_of_work(shop.id):
            poster = join_code()
            set_terms("One card a person.", actor=owner_of(shop))
    close(made)
    runtime.serve(app)
    names = ("web", "worker_earning", "worker_outside")
    with running(own_database, tmp_path_factory.mktemp("portal"), names) as product:
        yield Counter(product, shop, poster, cleo, address)


@pytest.fixture
def phone(window: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Somebody's phone, or another of SCREENS that a test names."""
    screen = SCREENS[getattr(request, "param", "phone")]
    opened = window.new_context(viewport=screen, reduced_motion="reduce")  # type: ignore[arg-type]
    yield opened
    opened.close()


@pytest.fixture
def page(phone: BrowserContext) -> Page:
    return phone.new_page()


@pytest.mark.parametrize("phone", SCREENS, indirect=True)
def test_a_customer_joins_from_the_poster_by_keyboard_and_has_a_card(page: Page, counter: Counter) -> None:
    address = own_address("zora")
    page.goto(f"{counter.product.url}/J/{counter.poster}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("9 punches")
    page.get_by_label("Your phone number or e-mail address").focus()
    page.keyboard.type(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("Code").fill(counter.code_for(address))
    page.keyboard.press("Enter")
    page.wait_for_url(counter.card)
    expect(page.get_by_role("heading", name="7 more punches")).to_be_visible()
    expect(page.get_by_role("img", name="2 of 9 punches")).to_be_visible()


def test_the_page_to_join_is_light(page: Page, counter: Counter) -> None:
    loaded: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.goto(f"{counter.card}join", wait_until="networkidle")
    assert 5_000 < sum(loaded) <= MOST_BYTES_TO_JOIN, loaded


def test_the_code_renews_itself_before_it_is_over(page: Page, counter: Counter) -> None:
    counter.sign_in(page)
    shown = page.locator("#live-code b")
    expect(page.locator(".r-lasting").first).to_be_hidden()
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # no second passes but those that the test lets pass
    page.reload()
    first = shown.inner_text()
    page.clock.run_for(20_000)
    expect(page.locator("[data-code-age]")).to_have_text("New code in 28 seconds")
    with page.expect_response(re.compile("/code$")):
        page.clock.run_for(29_000)
    expect(page.locator("[data-code-age]")).to_have_text("New code in 60 seconds")
    assert re.fullmatch(r"[2-9A-Z]{4} [2-9A-Z]{4}", first)
    page.get_by_role("link", name="Show my code").click()
    expect(page.get_by_role("heading", name="Cleo Marsh")).to_be_visible()


def test_a_connection_that_says_nothing_is_none_for_the_code(page: Page, counter: Counter) -> None:
    counter.sign_in(page)
    page.clock.install()
    page.reload()
    said_nothing: list[Route] = []
    page.route("**/code", lambda route: said_nothing.append(route))  # noqa: PLW0108 - Playwright marks the function
    page.clock.run_for(49_000)
    expect(page.locator(".r-lasting").first).to_be_visible()
    assert said_nothing != []


def test_a_reward_whose_time_is_over_leads_to_the_card_once_however_long_that_takes(
    page: Page, counter: Counter
) -> None:
    counter.sign_in(page)
    page.clock.install()
    page.get_by_role("link", name=re.compile("Use now")).first.click()
    expect(page.get_by_text(re.compile(r"\d:\d\d min"))).to_be_visible()
    page.evaluate(NEVER_ARRIVE)
    page.clock.fast_forward(16 * 60_000)
    page.clock.run_for(3_000)
    assert page.evaluate("window.ledTo") == [counter.card]


def test_without_a_connection_the_card_stands_with_its_lasting_code_and_nothing_else(
    page: Page, phone: BrowserContext, counter: Counter
) -> None:
    counter.sign_in(page)
    _await(page, "caches.match(location.pathname + 'offline', {ignoreVary: true}).then(Boolean)", True)
    phone.set_offline(True)
    page.goto(counter.card)
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.locator(".r-card__qr b")).to_have_text(re.compile(r"[2-9A-Z]{4} [2-9A-Z]{4}"))
    assert "History" not in page.locator("main").inner_text()
    assert page.locator(".r-card").evaluate("(card) => getComputedStyle(card).backgroundColor") == "rgb(127, 59, 28)"
    phone.set_offline(False)
    page.goto(f"{counter.card}profile")
    page.get_by_role("button", name="Sign out here").click()
    page.wait_for_url("**/sign-in")
    _await(page, "caches.keys().then((found) => found.length)", 0)


def test_a_notice_is_shown_by_the_service_worker(page: Page, phone: BrowserContext, counter: Counter) -> None:
    phone.grant_permissions(["notifications"], origin=counter.product.url)
    counter.sign_in(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    session = phone.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(one["registrationId"] for one in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    for _ in range(300):
        if registrations:
            break
        page.wait_for_timeout(100)
    told = {"title": "You earned: A coffee", "body": "Café Alma. It is ready on your card.", "url": counter.card}
    message = {"origin": counter.product.url, "registrationId": registrations[0], "data": json.dumps(told)}
    session.send("ServiceWorker.deliverPushMessage", message)
    told_titles = (
        "navigator.serviceWorker.ready.then((found) => found.getNotifications()).then((all) => all.map(titled))"
    )
    _await(page, f"(() => {{ const titled = (one) => one.title; return {told_titles}; }})()", ["You earned: A coffee"])


def test_without_scripts_everything_works_and_the_lasting_code_is_shown(window: Browser, counter: Counter) -> None:
    plain = window.new_page(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    counter.sign_in(plain)
    expect(plain.locator("#live-code")).to_be_hidden()
    expect(plain.locator(".r-lasting b")).to_be_visible()
    plain.get_by_role("link", name=re.compile("Get it")).click()
    plain.get_by_role("button", name="Take it for 40 points").click()
    expect(plain.get_by_text("Show this to staff.")).to_be_visible()
    plain.get_by_role("button", name="Put it back for 40 points").click()
    expect(plain.get_by_text("Your 40 points are back.")).to_be_visible()
    plain.close()


@pytest.mark.parametrize("phone", SCREENS, indirect=True)
def test_everybody_can_use_every_page_of_the_card_in_every_brand(page: Page, counter: Counter) -> None:
    complaints = listen(page)
    found: dict[str, list[str]] = {}
    for path in ("join", "joined", "sign-in", "how-it-works", "enter/01900000-0000-7000-8000-000000000000"):
        page.goto(f"{counter.card}{path}")
        found[path] = faults(page, brands=path == "join")
    counter.sign_in(page)
    use = page.get_by_role("link", name=re.compile("Use now")).first.get_attribute("href")
    take = page.get_by_role("link", name=re.compile("Get it")).first.get_attribute("href")
    for path in (counter.card, f"{counter.card}code", f"{counter.card}profile", f"{counter.card}profile/erase"):
        page.goto(path)
        found[path] = faults(page, brands=path == counter.card)
    for shown in (use, take, f"/m/{counter.shop.slug}/offline"):
        page.goto(f"{counter.product.url}{shown}")
        found[str(shown)] = faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert complaints == []


def test_cleo_has_a_reward_sent_and_types_where_to(page: Page, counter: Counter) -> None:
    body = {"name": "A mug", "rewardType": "free_product", "pointsCost": 5, "deliveryMethods": ["in_store", "shipping"]}
    made = page.request.post(f"{counter.product.url}/api/v1/rewards", data=body, headers=counter.shop.owner.headers)
    counter.sign_in(page)
    page.goto(f"{counter.card}rewards/{made.json()['id']}")
    where = page.get_by_label("Where to")
    expect(where).to_be_hidden()
    page.get_by_label("Send it to me").check()
    page.get_by_role("button", name="Take it for").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the address to send it to")
    assert faults(page) == []
    where.fill("Cleo Marsh, 1 Main St, 01001 Kyiv")
    page.get_by_role("button", name="Take it for").click()
    expect(page.get_by_role("status").filter(has_text="on its way")).to_be_visible()


def test_alma_looks_at_every_sheet_before_she_prints_it(page: Page, counter: Counter) -> None:
    page.goto(f"{counter.product.url}/login")
    page.get_by_label("E-mail").fill(counter.shop.owner.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    page.wait_for_url("**/b/**")
    page.goto(f"{counter.product.url}/b/{counter.shop.slug}/print", wait_until="networkidle")
    drawn = page.locator(".r-sheet").evaluate_all("(all) => all.map((one) => one.naturalWidth > 0)")
    assert drawn == [True] * 4
    assert faults(page) == []
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="PDF of the Poster A4", exact=True).click()
    assert downloaded.value.suggested_filename == f"{counter.shop.slug}-a4.pdf"


def _await(page: Page, expression: str, wanted: object) -> None:
    """Ask a page until it answers so; Playwright's own waiting takes a promise for an answer."""
    for _ in range(300):
        if page.evaluate(expression) == wanted:
            return
        page.wait_for_timeout(100)
    assert page.evaluate(expression) == wanted
