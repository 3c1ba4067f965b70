"""Pages in other moods: refused forms, nothing found, errors - and the small conveniences that every page shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy.exc import OperationalError

from app.web.support.errors import answer_error
from tests.browser.conftest import Street
from tests.browser.faults import faults, listen
from tests.browser.slow_lines import late_scripts

LOSE_FORMS = """() => {
  window.sent = 0;
  addEventListener("submit", (event) => {
    if (!event.defaultPrevented) window.sent += 1;
    event.preventDefault();
  });
}"""
TYPED = {"name": "Card of spring", "description": "Nine coffees,\nand the tenth is free", "do": "continue"}


@pytest.fixture
def page(window: Browser) -> Iterator[Page]:
    """A fresh page without motion and without a session."""
    opened = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield opened
    opened.close()


def test_a_refused_form_takes_the_focus_to_what_is_wrong_and_keeps_what_was_typed(page: Page, street: Street) -> None:
    complaints = listen(page)
    page.goto(f"{street.origin}/signup")
    page.get_by_label("Business name").fill("Kava & Co")
    page.get_by_label("E-mail").fill("olena@")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Sign up").click()
    expect(page).to_have_title("Error: Sign up · Regulars")
    expect(page.locator("[data-summary]")).to_be_focused()
    expect(page.get_by_label("Business name")).to_have_value("Kava & Co")
    page.get_by_role("link", name="Password must have at least 8 characters").click()
    expect(page.get_by_label("Password")).to_be_focused()
    assert faults(page) == []
    assert [found for found in complaints if "422" not in found] == []


@pytest.mark.parametrize(
    ("path", "button"),
    [
        ("/login", "Sign in"),
        ("/password", "Mail me the link"),
        ("/b/{slug}/members/new", "Enrol member"),
        ("/b/{slug}/programs/templates/which", "Suggest one"),
        ("/b/{slug}/till/purchases", "Record purchase"),
        ("/b/{slug}/rewards/new", "Add reward"),
    ],
)
def test_everyone_can_use_a_refused_form(page: Page, street: Street, path: str, button: str) -> None:
    if path.startswith("/b/"):
        street.sign_in(page, street.shop.owner)
    page.goto(street.origin + path.format(slug=street.shop.slug))
    page.get_by_role("button", name=button).first.click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert page.title().startswith("Error: ")
    assert page.title().count("Error: ") == 1
    assert faults(page) == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("members?q=nobody+at+all", "No members match"),
        ("programs?q=nothing+like+it", "No programs match"),
        ("programs/templates?industry=bar&ruleType=TIER_BASED", "Bar has no Tiers template yet"),
        ("programs/templates?industry=florist", "No templates for “florist” yet"),
        ("help?q=kangaroo", "No article has all of these words"),
        ("till/?q=0679999999", "No member"),
    ],
)
def test_everyone_is_told_when_nothing_is_found(page: Page, street: Street, path: str, words: str) -> None:
    street.sign_in(page, street.shop.owner)
    page.goto(f"{street.origin}/b/{street.shop.slug}/{path}")
    expect(page.get_by_text(words).first).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("a mistake of ours"), "We could not save"),
        (OperationalError("INSERT", {}, OSError("the server is away")), "Your changes are on this page. Try again."),
    ],
)
def test_everyone_can_send_a_form_again_that_could_not_be_saved(
    page: Page, street: Street, app: Flask, error: Exception, words: str
) -> None:
    street.sign_in(page, street.shop.owner)
    address = f"{street.origin}/b/{street.shop.slug}/programs/new"
    with app.test_request_context(address.removeprefix(street.origin), method="POST", data=TYPED):
        drawn = answer_error(error).get_data(as_text=True)

    def answer(route: Route) -> None:
        route.fulfill(body=drawn, content_type="text/html; charset=utf-8")

    page.route(address, answer)
    page.goto(address)
    expect(page.get_by_text(words).first).to_be_visible()
    page.get_by_text("What you typed").click()
    expect(page.get_by_text("Card of spring")).to_be_visible()
    assert faults(page) == []


def test_who_may_not_see_a_page_is_told_so(page: Page, street: Street) -> None:
    street.sign_in(page, street.ben)
    answer = page.goto(f"{street.origin}/b/{street.shop.slug}/")
    assert answer is not None
    assert answer.status == 403
    assert faults(page) == []


def test_the_chosen_theme_stays_for_the_next_page(page: Page, street: Street) -> None:
    page.goto(f"{street.origin}/login")
    page.get_by_role("button", name="Dark").click()
    page.goto(f"{street.origin}/signup")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_a_form_that_was_stopped_on_its_way_or_that_one_comes_back_to_can_be_sent_again(
    page: Page, street: Street
) -> None:
    page.clock.install()
    page.goto(f"{street.origin}/password")
    button = page.locator("main form button")
    page.evaluate(LOSE_FORMS)
    again: dict[str, Callable[[], object]] = {
        "a while after it was stopped": lambda: page.clock.run_for(20_000),
        "when one comes back": lambda: page.evaluate(
            "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
        ),
    }
    for number, (when, passes) in enumerate(again.items(), start=1):
        for _ in range(2):
            button.evaluate("(node) => node.form.requestSubmit(node)")
        page.clock.run_for(500)
        expect(button).to_be_disabled()
        assert page.evaluate("window.sent") == number, "once"
        passes()
        expect(button, when).to_be_enabled()
        expect(button).to_have_text("Mail me the link")


def test_a_lost_connection_is_spoken_of_once_however_often_it_is_tried(page: Page, street: Street) -> None:
    street.sign_in(page, street.shop.owner)
    page.goto(f"{street.origin}/b/{street.shop.slug}/")
    page.route("**/*", lambda route: route.abort())
    for _ in range(3):
        with page.expect_event("requestfailed"):
            page.evaluate("htmx.trigger('[data-poll]', 'refresh')")
    expect(page.locator(".r-toast--bad")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_text("No connection. Try again.")


@pytest.mark.parametrize(
    ("path", "label", "typed", "shown"),
    [
        ("till/", "Phone, name or code", "Nobody Y", "#matches a:has-text('Nobody Yet')"),
        ("members", "Search by name, phone, e-mail or member number", "zzz", "#member-list :text('No members match')"),
        ("programs", "Search by name or ID", "zzz", "#program-list :text('No programs match')"),
        ("rewards/new", "Name", "Oat milk", "#reward-preview :text('Oat milk')"),
    ],
)
def test_what_is_typed_before_the_scripts_are_there_counts_as_typed(
    page: Page, street: Street, path: str, label: str, typed: str, shown: str
) -> None:
    street.sign_in(page, street.shop.owner)
    with late_scripts(page):
        page.goto(f"{street.origin}/b/{street.shop.slug}/{path}", wait_until="commit")
        page.get_by_label(label).first.fill(typed)
    expect(page.locator(shown).first).to_be_attached()


def test_the_number_pad_types_into_the_amount(page: Page, street: Street) -> None:
    street.sign_in(page, street.ben)
    page.goto(f"{street.origin}/b/{street.shop.slug}/till/purchases")
    for key in ("4", "2", "Decimal point", "5", "Delete last digit", "7"):
        page.get_by_role("button", name=key, exact=True).click()
    expect(page.locator("#amount")).to_have_value("42.7")


def test_a_row_of_tabs_wider_than_a_phone_begins_where_one_is(page: Page, street: Street) -> None:
    street.sign_in(page, street.shop.owner)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{street.origin}/b/{street.shop.slug}/settings/audit-log")
    expect(page.get_by_role("link", name="Audit log")).to_be_in_viewport(ratio=0.9)
    page.goto(f"{street.origin}/b/{street.shop.slug}/settings")
    expect(page.get_by_role("link", name="Business", exact=True)).to_be_in_viewport(ratio=0.9)


def test_a_definition_opens_by_keyboard_and_closes_again(page: Page, street: Street) -> None:
    street.sign_in(page, street.shop.owner)
    page.goto(f"{street.origin}/b/{street.shop.slug}/")
    page.get_by_role("button", name="How we count: Redemption rate").focus()
    page.keyboard.press("Enter")
    words = page.get_by_text("Rewards used, divided by rewards earned")
    expect(words).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(words).to_be_hidden()


def test_the_figures_of_home_come_anew_while_somebody_looks_and_nothing_moves(page: Page, street: Street) -> None:
    page.clock.install()
    street.sign_in(page, street.shop.owner)
    home = f"{street.origin}/b/{street.shop.slug}/"
    page.goto(home)
    page.evaluate("document.querySelector('#figures .r-kpi__value').textContent = 'old'")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.clock.fast_forward(31_000)
    page.wait_for_timeout(300)
    expect(page.get_by_text("old", exact=True)).to_be_visible()  # nobody looks
    place = page.evaluate("document.querySelector('.r-cols').getBoundingClientRect().top")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
    with page.expect_response(home):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("old", exact=True)).to_have_count(0)
    assert page.evaluate("document.querySelector('.r-cols').getBoundingClientRect().top") == place
