"""Members on the pages: found, enrolled, and told in a timeline with reasons that never give a secret away."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.models.member import Member
from app.services.corrections import refund_purchase
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, live_punch_card, sell, settle

FRAGMENT = {"HX-Request": "true"}


def test_the_list_finds_a_member_by_a_phone_in_any_form(cafe: Shop, alma: Person) -> None:
    cleo = join(cafe, "Cleo Marsh", phone="+380671234567")
    join(cafe, "Ben Other", phone="+380509999999")
    browser, address = alma.browser(), f"/b/{cafe.slug}/members"
    assert "2 members" in browser.get(address).get_data(as_text=True)
    for q in ("+380 67 123 45 67", "067-123-45-67", "4567", "marsh"):
        page = browser.get(address, query_string={"q": q}, headers=FRAGMENT).get_data(as_text=True)
        assert (str(cleo) in page, "Ben Other" in page, "<html" in page) == (True, False, False), q
        assert "1 member matches" in page
        assert "+380671234567" not in page
    assert "No members match" in browser.get(address, query_string={"q": "zoe"}).get_data(as_text=True)


def test_the_list_goes_on_by_cursor(cafe: Shop, alma: Person) -> None:
    for number in range(21):
        join(cafe, f"Guest {number:02}")
    browser, address = alma.browser(), f"/b/{cafe.slug}/members"
    first = browser.get(address).get_data(as_text=True)
    following = re.findall(r'rel="next" href="([^"]+)"', first)[0].replace("&amp;", "&")
    second = browser.get(following).get_data(as_text=True)
    shown = [re.findall(r"Guest \d\d", page) for page in (first, second)]
    assert [len(set(names)) for names in shown] == [20, 1]
    assert not set(shown[0]) & set(shown[1])
    assert browser.get(address, query_string={"after": "nonsense"}).status_code == 404


def test_a_phone_enrols_a_member_and_a_refusal_keeps_what_was_typed(cafe: Shop, ben: Person) -> None:
    browser, address = ben.browser(), f"/b/{cafe.slug}/members/new"
    refused = submit(browser, address, phone="12", name="Cleo <3", email="no")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'value="Cleo &lt;3"' in page
    assert 'id="phone-error"' in page
    assert 'id="email-error"' in page
    assert "Enter a phone number" in submit(browser, address, name="Cleo").get_data(as_text=True)
    made = submit(browser, address, phone="067 123 45 67", name="Cleo")
    assert made.status_code == 303
    assert "Cleo is a member now." in browser.get(made.location).get_data(as_text=True)
    again = submit(browser, address, phone="+380671234567")
    assert again.status_code == 422
    assert 'value="+380671234567"' in again.get_data(as_text=True)


@pytest.mark.usefixtures("one_instant")
def test_a_member_s_page_says_why_and_masks_how_to_reach_them(cafe: Shop, alma: Person) -> None:
    live_punch_card(cafe)
    live_points(cafe)
    cleo = join(cafe, "Cleo Marsh", phone="+380671234567", email="cleo@example.com")
    sell(cafe, cleo, "42.50", items=[{"name": "Flat white", "quantity": Decimal(1), "unitPrice": Decimal("42.50")}])
    page = alma.browser().get(f"/b/{cafe.slug}/members/{cleo}").get_data(as_text=True)
    for words in ("Flat white, ₴42.50", "+85 points", "₴42.50 × 2 points = 85 points", "2 more punches", "Today"):
        assert words in page, words
    assert "+380671234567" not in page
    assert "cleo@example.com" not in page
    assert "c•••@example.com" in page
    assert "Joined Coffee card" in page


def test_a_private_multiplier_is_never_shown(cafe: Shop, alma: Person) -> None:
    live_points(cafe)
    cleo = join(cafe, "Cleo")
    with unit_of_work(cafe.id):
        session().execute(update(Member).where(Member.id == cleo).values(private_multiplier=Decimal("1.5")))
    sell(cafe, cleo, "10")
    page = alma.browser().get(f"/b/{cafe.slug}/members/{cleo}").get_data(as_text=True)
    timeline = re.sub(r"<[^>]+>", " ", page.partition('id="timeline"')[2])  # a form's token may hold any digits
    assert "+30 points" in timeline
    assert "×" not in timeline
    assert "1.5" not in timeline


def test_a_refund_is_a_line_of_its_own_and_the_purchase_says_what_is_left(cafe: Shop, alma: Person) -> None:
    live_points(cafe)
    cleo = join(cafe, "Cleo")
    sold = sell(cafe, cleo, "10")
    with unit_of_work(cafe.id):
        refund_purchase(sold, amount_minor=400, items=None, reason="cold", actor=owner_of(cafe))
    settle(cafe)
    browser, address = alma.browser(), f"/b/{cafe.slug}/members/{cleo}"
    page = browser.get(address).get_data(as_text=True)
    assert "−8 points" in page
    assert "Taken back: 8 points" in page
    assert "₴4 given back" in page
    assert "After what was given back" in page
    earned = browser.get(f"{address}?show=earned", headers=FRAGMENT).get_data(as_text=True)
    assert "Taken back" not in earned
    assert "+20 points" in earned
    system = browser.get(f"{address}?show=system", headers=FRAGMENT).get_data(as_text=True)
    assert "Taken back: 8 points" in system
    assert "Purchase, ₴10" not in system


def test_the_timeline_goes_back_by_cursor_and_misses_nothing(cafe: Shop, alma: Person) -> None:
    live_punch_card(cafe)
    cleo = join(cafe, "Cleo")
    for hours in range(12):
        at = clock.now() - timedelta(hours=hours * 5)
        sell(cafe, cleo, f"{hours + 10}", occurredAt=at)
    browser, address = alma.browser(), f"/b/{cafe.slug}/members/{cleo}?show=earned"
    seen: list[str] = []
    page = browser.get(address).get_data(as_text=True).partition('id="timeline"')[2]
    seen += re.findall(r'r-timeline__what">Purchase, ₴(\d+)', page)
    while more := re.findall(r'hx-get="([^"]+before[^"]+)"', page):
        page = browser.get(more[0].replace("&amp;", "&"), headers=FRAGMENT).get_data(as_text=True)
        assert page.startswith("\n<div") or page.lstrip().startswith("<div")
        seen += re.findall(r'r-timeline__what">Purchase, ₴(\d+)', page)
    assert seen == [str(hours + 10) for hours in range(12)]


def test_dora_sees_nothing_of_the_cafe_s_members(cafe: Shop, dora: Person) -> None:
    cleo = join(cafe, "Cleo")
    browser = dora.browser()
    assert browser.get(f"/b/{cafe.slug}/members/{cleo}").status_code == 404
    assert browser.get(f"/b/{dora.slug}/members/{cleo}").status_code == 404
    assert "Cleo" not in browser.get(f"/b/{dora.slug}/members?q=Cleo", headers=FRAGMENT).get_data(as_text=True).replace(
        'value="Cleo"', ""
    )
