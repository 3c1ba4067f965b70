"""Cleo at her own card: the code of the moment, what she can use, why she has what she has, and how it works."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.core.card_tokens import codes_behind
from app.core.unit_of_work import unit_of_work
from app.domain.lifecycle import Action
from app.domain.localtime import add_months
from app.queries.members import members_slice
from app.queries.vouchers import vouchers_of
from app.services.portal_terms import set_terms
from app.services.program_lifecycle import move_program
from app.services.programs import create_program
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.portal import card_browser, own_address
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee
from tests.factories.trade import activated, join, live_points, live_punch_card, sell
from tests.support.statements import counted

TIERS = [
    {"name": "Silver", "threshold": {"type": "visits", "value": 1}, "benefits": ["Oat milk is free"]},
    {
        "name": "Gold",
        "threshold": {"type": "visits", "value": 5},
        "benefits": ["A table by the window"],
        "multipliers": {"points": Decimal("1.5")},
    },
]


@pytest.fixture
def cleo(cafe: Shop) -> str:
    """Cleo's address; she is a member of the café."""
    address = own_address("cleo")
    join(cafe, "Cleo Marsh", email=address)
    return address


def test_the_code_of_the_moment_is_hers_and_changes(app: Flask, cafe: Shop, cleo: str, ben: Person) -> None:
    browser, now = card_browser(app, cafe, cleo), clock.now()
    first = browser.get(f"/m/{cafe.slug}/code", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in first
    with clock.frozen(now + timedelta(seconds=61)):
        second = browser.get(f"/m/{cafe.slug}/code", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert _short(first) != _short(second)
    with unit_of_work(cafe.id):
        assert codes_behind(_short(first), now) != ()
    till = ben.browser()
    for said in (_short(first), f"{_short(first)[:4]} {_short(first)[4:].lower()}"):
        found = till.get(f"/b/{cafe.slug}/till/", query_string={"q": said}, follow_redirects=True)
        assert "Cleo Marsh" in found.get_data(as_text=True), "the till knows the code"
    assert "My code of this minute" in browser.get(f"/m/{cafe.slug}/code").get_data(as_text=True)


def test_without_scripts_the_lasting_code_stands_on_the_card(app: Flask, cafe: Shop, cleo: str) -> None:
    page = card_browser(app, cafe, cleo).get(f"/m/{cafe.slug}/").get_data(as_text=True)
    with unit_of_work(cafe.id):
        assert "r-lasting" in page
        assert re.search(r"<b>[2-9A-Z]{4} [2-9A-Z]{4}</b>", page.partition("r-lasting")[2])


def test_a_reward_is_shown_to_the_staff_with_its_code(app: Flask, cafe: Shop, cleo: str) -> None:
    live_punch_card(cafe)
    cleo_id = _id(cafe, cleo)
    for _ in range(3):
        sell(cafe, cleo_id, "10")
    browser = card_browser(app, cafe, cleo)
    page = browser.get(f"/m/{cafe.slug}/").get_data(as_text=True)
    assert "Ready for you" in page
    use = re.search(rf'href="(/m/{cafe.slug}/use/[^"]+)"', page)
    assert use is not None
    shown = browser.get(use[1]).get_data(as_text=True)
    for words in ("A coffee on the house", "Show this to staff.", "15 min", 'data-countdown="900"'):
        assert words in shown, words
    with unit_of_work(cafe.id):
        [voucher] = vouchers_of(cleo_id).rows
    assert voucher["code"][:4] in shown
    other = own_address("zora")
    join(cafe, "Zora", email=other)
    assert card_browser(app, cafe, other).get(use[1]).status_code == 404, "another member's is nobody's"


def test_history_says_why_and_goes_on_page_by_page(app: Flask, cafe: Shop, cleo: str) -> None:
    live_points(cafe)
    cleo_id = _id(cafe, cleo)
    for number in range(13):
        sell(cafe, cleo_id, f"{number + 1}.00")
    browser = card_browser(app, cafe, cleo)
    page = browser.get(f"/m/{cafe.slug}/").get_data(as_text=True)
    assert "Bean points: ₴13.00 × 2 points = 26 points" in page
    assert "₴3.00 ×" not in page
    older = re.search(r'href="([^"]+before=[^"]+)#history"', page)
    assert older is not None
    rest = browser.get(older[1].replace("&amp;", "&")).get_data(as_text=True)
    assert "₴3.00 × 2 points = 6 points" in rest
    assert browser.get(f"/m/{cafe.slug}/?before=nonsense").status_code == 404


@pytest.mark.usefixtures("one_instant")
def test_the_tier_says_what_it_brings_and_what_is_missing(app: Flask, cafe: Shop, cleo: str) -> None:
    config = {"tiers": TIERS, "evaluationPeriod": "yearly"}
    with unit_of_work(cafe.id):
        body = {"name": "Friends", "ruleType": "TIER_BASED", "ruleConfig": config}
        program_id = create_program(body, actor=owner_of(cafe))
    activated(cafe, program_id)
    sell(cafe, _id(cafe, cleo), "10")
    page = card_browser(app, cafe, cleo).get(f"/m/{cafe.slug}/").get_data(as_text=True)
    for words in ("Silver", "Oat milk is free", "4 visits more to reach Gold"):
        assert words in page, words
    assert "A table by the window" in page
    assert "Points × 1.5" in page


def test_paused_collecting_says_what_is_safe(app: Flask, cafe: Shop, cleo: str) -> None:
    program_id = live_points(cafe)
    sell(cafe, _id(cafe, cleo), "70")
    with unit_of_work(cafe.id):
        move_program(program_id, Action.PAUSE, actor=owner_of(cafe))
    page = card_browser(app, cafe, cleo).get(f"/m/{cafe.slug}/").get_data(as_text=True)
    assert "Collecting is paused. Your 140 points are safe." in page


@pytest.mark.usefixtures("one_instant")
def test_points_that_run_out_are_said_early(app: Flask, cafe: Shop, cleo: str) -> None:
    config = {"pointsPerDollar": Decimal(2), "redemptionRate": 50, "expirationMonths": 3}
    live_points(cafe, ruleConfig=config)
    sell(cafe, _id(cafe, cleo), "20")
    page = card_browser(app, cafe, cleo).get(f"/m/{cafe.slug}/").get_data(as_text=True)
    last = add_months(clock.now().astimezone(ZoneInfo(cafe.timezone)).date(), 3)
    day = f"{last.day} {last:%B}" if last.year == clock.now().year else f"{last.day} {last:%B %Y}"
    assert f"40 points run out on {day}." in page, "the last day on which they can be used"
    free_coffee(cafe)
    page = card_browser(app, cafe, cleo).get(f"/m/{cafe.slug}/").get_data(as_text=True)
    assert f"40 points run out on {day}: enough for A free coffee." in page


@pytest.mark.usefixtures("one_instant")
def test_how_it_works_is_drawn_from_what_is_live(cafe: Shop, client: FlaskClient) -> None:
    config = {
        "pointsPerDollar": Decimal(2),
        "redemptionRate": 50,
        "expirationMonths": 6,
        "pendingDays": 2,
        "minimumPurchaseAmount": Decimal(5),
        "categoryMultipliers": {"wine": Decimal(3)},
    }
    caps = [{"unit": "points", "max": 100, "per": "day"}]
    today = clock.now().astimezone(ZoneInfo(cafe.timezone)).date()
    closed = [f"{today - timedelta(days=1)}", f"{today}", f"{today.year + 1}-12-25"]
    program_id = live_points(cafe, name="Bean points", ruleConfig=config, caps=caps, blackoutDates=closed)
    with unit_of_work(cafe.id):
        set_terms("One card a person.\n\nNo cash.", actor=owner_of(cafe))
    page = client.get(f"/m/{cafe.slug}/how-it-works").get_data(as_text=True)
    for words in (
        "Bean points",
        "2 points for every",
        "For purchases of ₴5 or more.",
        "Wine counts × 3.",
        "50 points for ₴1 off.",
        "after 2 days",
        "Points run out 6 months after",
        "At most 100 points a day for each member.",
        f"Nothing is earned on {today.day} {today:%B} and 25 December {today.year + 1}.",
        "One card a person.",
        "No cash.",
    ):
        assert words in page, words
    with unit_of_work(cafe.id):
        move_program(program_id, Action.PAUSE, actor=owner_of(cafe))
    assert "Bean points" not in client.get(f"/m/{cafe.slug}/how-it-works").get_data(as_text=True)


def test_the_card_costs_the_same_statements_however_long_the_story_is(app: Flask, cafe: Shop, cleo: str) -> None:
    live_points(cafe)
    live_punch_card(cafe)
    cleo_id, counts = _id(cafe, cleo), []
    for sales in (1, 9):
        for _ in range(sales):
            sell(cafe, cleo_id, "10")
        browser = card_browser(app, cafe, cleo)
        browser.get(f"/m/{cafe.slug}/")
        with counted() as statements:
            assert browser.get(f"/m/{cafe.slug}/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 16, counts


def _id(shop: Shop, address: str) -> UUID:
    with unit_of_work(shop.id):
        [found] = members_slice(q=address.split("@", maxsplit=1)[0]).rows
    return UUID(str(found["id"]))


def _short(fragment: str) -> str:
    found = re.search(r"<b>([2-9A-Z]{4}) ([2-9A-Z]{4})</b>", fragment)
    assert found is not None
    return found[1] + found[2]
