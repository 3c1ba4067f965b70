"""The seven flows that must never break, by mouse and by keyboard alone, up to what the customer and the till see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from app.core import clock
from app.embedded.processes import wait_until
from tests.browser.cafes import ZONE, Cafe, Guest, founded
from tests.browser.hands import HANDS, Hand
from tests.factories.people import PASSWORD
from tests.support.databases import Database
from tests.support.product import Product, running

PROCESSES = ("web", "worker_earning", "worker_outside", "scheduler")
TURNED_SECONDS = 30.0
A_MOMENT = timedelta(seconds=1)


@pytest.fixture(scope="module")
def product(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """All processes that take part: the scheduler rings, the workers count and mail."""
    with running(own_database, tmp_path_factory.mktemp("critical"), PROCESSES) as started:
        yield started


@pytest.fixture
def cafe(product: Product) -> Cafe:
    """Alma's café, where nothing has happened yet."""
    return founded(product.url, "Alma")


@pytest.fixture
def cleo(cafe: Cafe) -> Guest:
    """A customer of hers."""
    return cafe.guest("Cleo Marsh")


@pytest.fixture(params=HANDS)
def hand(request: pytest.FixtureRequest, window: Browser, cafe: Cafe) -> Iterator[Hand]:
    """Alma at her page, signed in, with a mouse or with a keyboard alone."""
    page = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    alma = HANDS[request.param](page)
    page.goto(f"{cafe.origin}/login")
    alma.write("E-mail", cafe.email)
    alma.write("Password", PASSWORD)
    alma.press("button", "Sign in", leads_to="/b/")
    yield alma
    page.close()


@pytest.fixture
def phone(window: Browser) -> Iterator[Page]:
    """Cleo's phone."""
    opened = window.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    yield opened
    opened.close()


def test_1_a_punch_card_from_a_template(hand: Hand, cafe: Cafe, cleo: Guest, phone: Page) -> None:
    hand.press("link", "Programs", leads_to="/programs")
    hand.press("link", "Create Program", leads_to="/templates")
    hand.press("button", "Use this template Coffee Punch Card", leads_to="/rules")
    hand.press("button", "Continue", leads_to="/details")
    hand.press("button", "Continue", leads_to="/review")
    hand.press("button", "Activate Now", leads_to="/live")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Coffee Punch Card is live")
    expect(hand.page.get_by_label("Customers join here")).to_have_value(f"{cafe.origin}/m/{cafe.slug}/join")
    phone.goto(f"{cafe.origin}/m/{cafe.slug}/join")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("9 punches")
    serve(hand, cleo)
    punch(hand)
    receipt_says(hand, "Coffee Punch Card", "+1 punch")
    card_says(phone, hand, cafe, cleo, "3 of 9")  # two of them as a gift


def test_2_points_from_scratch_made_one_s_own_and_activated(hand: Hand, cafe: Cafe, cleo: Guest, phone: Page) -> None:
    from_scratch(hand, "Points")
    hand.write(re.compile("^Customers earn"), "3")
    hand.press("button", "Continue", leads_to="/details")
    hand.write("Program name", "Bean points")
    hand.press("button", "Continue", leads_to="/review")
    expect(hand.page.get_by_text("3 points for every ₴1").first).to_be_visible()
    hand.press("button", "Activate Now", leads_to="/live")
    serve(hand, cleo)
    sell(hand, "42,50")
    receipt_says(hand, "Bean points", "+127 points")
    card_says(phone, hand, cafe, cleo, "127")


def test_3_a_seasonal_program_with_a_start_and_an_end(hand: Hand, cafe: Cafe, cleo: Guest, phone: Page) -> None:
    first, last = at_nine(days=2), at_nine(days=60)
    from_scratch(hand, "Stamp card")
    hand.press("button", "Continue", leads_to="/details")
    hand.write("Program name", "Winter stamps")
    hand.set_moment("Start date", last)
    hand.set_moment("End date", first)
    hand.press("button", "Continue", leads_to="check=1")
    expect(hand.page.locator("[data-summary]")).to_contain_text("End date must be after start date")
    hand.set_moment("Start date", first)
    hand.set_moment("End date", last)
    hand.press("button", "Continue", leads_to="/review")
    hand.press("button", re.compile("^Schedule for .*09:00"), leads_to="/live")
    expect(hand.page.get_by_role("heading", level=1)).to_contain_text("Winter stamps is scheduled for")
    hand.press("link", "See the program", leads_to="/programs/")
    expect(hand.page.locator(".r-chip--scheduled").first).to_be_visible()
    serve(hand, cleo)
    sell(hand, "42,50")
    expect(hand.page.get_by_text("Winter stamps")).to_have_count(0)
    open_card(phone, hand, cafe, cleo)
    expect(phone.get_by_text("Winter stamps")).to_have_count(0)
    open_program(hand, "Winter stamps")
    hand.press("button", "Unschedule", leads_to="/programs/")
    expect(hand.page.locator(".r-chip--draft").first).to_be_visible()


def test_4_a_pause_in_which_customers_keep_their_progress(hand: Hand, cafe: Cafe, cleo: Guest, phone: Page) -> None:
    cafe.card("Coffee card")
    cafe.sell(cleo)
    open_program(hand, "Coffee card")
    hand.press("button", "Pause", leads_to="/programs/")
    expect(hand.page.locator(".r-chip--paused").first).to_be_visible()
    expect(hand.page.get_by_text("New earning disabled, existing progress retained").first).to_be_visible()
    serve(hand, cleo)
    expect(hand.page.get_by_role("button", name="Punch")).to_have_count(0)
    sell(hand, "42,50")
    card_says(phone, hand, cafe, cleo, "1 of 3")
    open_program(hand, "Coffee card")
    hand.press("button", "Resume", leads_to="/programs/")
    expect(hand.page.locator(".r-chip--active").first).to_be_visible()
    serve(hand, cleo)
    punch(hand)
    card_says(phone, hand, cafe, cleo, "2 of 3")


def test_5_a_copy_for_a_new_location(hand: Hand, cafe: Cafe, cleo: Guest, phone: Page) -> None:
    podil = cafe.place("Podil")
    cafe.card("Podil card", locationIds=[podil])
    cafe.place("Obolon")
    open_program(hand, "Podil card")
    hand.unfold("Duplicate for another location")
    hand.write("Name of the copy", "Obolon card")
    hand.tick("checkbox", "Podil")
    hand.tick("checkbox", "Obolon")
    hand.press("button", "Duplicate", inside="#copy")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Obolon card")
    expect(hand.page.locator(".r-chip--draft").first).to_be_visible()
    hand.press("button", "Activate Now", leads_to="/programs/")
    expect(hand.page.locator(".r-chip--active").first).to_be_visible()
    serve(hand, cleo)
    sell(hand, "42,50", "Obolon")
    receipt_says(hand, "Obolon card", "+1 punch")
    serve(hand, cleo)
    sell(hand, "30,50", "Podil")
    receipt_says(hand, "Podil card", "+1 punch")
    open_card(phone, hand, cafe, cleo)
    expect(phone.get_by_role("img", name="1 of 3 punches")).to_have_count(2)


def test_6_a_scheduled_program_activates_itself_at_its_start(hand: Hand, cafe: Cafe, cleo: Guest, phone: Page) -> None:
    program = cafe.card("Spring card", startsAt=at_nine(days=1).isoformat())
    open_program(hand, "Spring card")
    expect(hand.page.locator(".r-chip--scheduled").first).to_be_visible()
    cafe.sell(cleo)
    cafe.ask("PUT", f"/loyalty/programs/{program}", {"startsAt": in_a_moment()})
    becomes(hand, "active")
    hand.press("link", "Activity", leads_to="/activity")
    tells(hand, "It started, as scheduled")
    serve(hand, cleo)
    punch(hand)
    receipt_says(hand, "Spring card", "+1 punch")
    card_says(phone, hand, cafe, cleo, "1 of 3")
    cafe.mail_to(hand.page, cafe.email, "Spring card has started")


def test_7_a_program_ends_itself_and_everybody_is_told(hand: Hand, cafe: Cafe, cleo: Guest, phone: Page) -> None:
    program = cafe.card("Winter card", endsAt=at_nine(days=1).isoformat())
    for _ in range(3):
        cafe.sell(cleo)
    open_program(hand, "Winter card")
    expect(hand.page.locator(".r-chip--active").first).to_be_visible()
    cafe.ask("PUT", f"/loyalty/programs/{program}", {"endsAt": in_a_moment()})
    becomes(hand, "ended")
    expect(hand.page.get_by_text("Archived, customers notified").first).to_be_visible()
    hand.press("link", "Activity", leads_to="/activity")
    tells(hand, "It ended, as scheduled")
    serve(hand, cleo)
    expect(hand.page.get_by_role("button", name="Punch")).to_have_count(0)
    sell(hand, "42,50")
    expect(hand.page.locator(".r-receipt__line")).to_have_count(0)
    card_says(phone, hand, cafe, cleo, "A coffee on the house")
    cafe.mail_to(hand.page, cafe.email, "Winter card has ended")
    cafe.mail_to(hand.page, cleo.email, "Winter card has ended: use what you have by")


def from_scratch(hand: Hand, words: str) -> None:
    """Choose a rule type in the wizard's first step."""
    hand.press("link", "Programs", leads_to="/programs")
    hand.press("link", "Create Program", leads_to="/templates")
    hand.press("link", "Create from Scratch", leads_to="/new")
    hand.tick("radio", re.compile(f"^{words}"))
    hand.press("button", "Continue", leads_to="/rules")


def open_program(hand: Hand, name: str) -> None:
    """Go to a program by the list."""
    if not hand.page.get_by_role("link", name="Programs", exact=True).count():
        hand.press("link", "Home", leads_to="/b/")
    hand.press("link", "Programs", leads_to="/programs")
    hand.press("link", name, leads_to="/programs/")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(name)


def becomes(hand: Hand, status: str) -> None:
    """Look at the program again and again until it has turned by itself."""

    def has_turned() -> bool:
        hand.page.reload()
        return hand.page.locator(f".r-head .r-chip--{status}").count() > 0

    assert wait_until(has_turned, TURNED_SECONDS, pause=0.3)


def tells(hand: Hand, words: str) -> None:
    """Look at the program's activity again and again until its newest line has these words."""
    newest = hand.page.locator(".r-timeline li").first

    def is_told() -> bool:
        hand.page.reload()
        return words in newest.inner_text()

    assert wait_until(is_told, TURNED_SECONDS, pause=0.3), newest.inner_text()


def serve(hand: Hand, guest: Guest) -> None:
    """Find a guest at the till."""
    if hand.page.get_by_role("link", name="Next customer").count():
        hand.press("link", "Next customer", leads_to="/till/")
    else:
        hand.press("link", "Open till", leads_to="/till/")
    with hand.page.expect_response(lambda answer: parse_qs(urlsplit(answer.url).query).get("q") == [guest.name]):
        hand.write("Phone, name or code", guest.name)
    expect(hand.page.locator("#find.htmx-request")).to_have_count(0)  # nothing comes after what is shown now
    hand.press("link", re.compile(guest.name), leads_to="/till/members/")


def punch(hand: Hand) -> None:
    """Give a punch, and wait until it has counted."""
    hand.press("button", re.compile("^Punch"), leads_to="/till/purchases/")
    hand.page.locator(".r-done").wait_for()


def sell(hand: Hand, amount: str, place: str | None = None) -> None:
    """Record a purchase, and wait until it has counted."""
    hand.press("link", re.compile("^Purchase"), leads_to="/purchase")
    hand.write("Amount", amount)
    if place is not None:
        hand.select("Where", place)
    hand.press("button", "Record purchase", leads_to="/till/purchases/")
    hand.page.locator(".r-done").wait_for()


def receipt_says(hand: Hand, program: str, amount: str) -> None:
    """Check what the till says about one program, which alone gave something."""
    lines = hand.page.locator(".r-receipt__line:not(.r-receipt__line--sum)")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text(program)
    expect(lines).to_contain_text(amount)


def open_card(phone: Page, hand: Hand, cafe: Cafe, guest: Guest) -> None:
    """Open a guest's card on the phone."""
    phone.goto(cafe.card_address(hand.page, guest))


def card_says(phone: Page, hand: Hand, cafe: Cafe, guest: Guest, words: str) -> None:
    """Check how far a guest is, by their card."""
    open_card(phone, hand, cafe, guest)
    expect(phone.get_by_text(words, exact=True).first).to_be_visible()


def at_nine(*, days: int) -> datetime:
    """Nine in the morning of a coming day, on the café's clocks."""
    day = (clock.now() + timedelta(days=days)).astimezone(ZoneInfo(ZONE))
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def in_a_moment() -> str:
    """So soon that only seconds are left."""
    return (clock.now() + A_MOMENT).isoformat()
