"""The till: one form is one purchase, what is typed is kept, and the result says what it brought."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.unit_of_work import session, unit_of_work
from app.models.purchase import Purchase
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.trade import join, live_points, live_punch_card, sell, settle

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def till(cafe: Shop) -> str:
    """Where the café's till stands."""
    return f"/b/{cafe.slug}/till"


def test_ben_records_a_purchase_and_sees_what_it_brought(cafe: Shop, ben: Person, till: str) -> None:
    live_punch_card(cafe)
    live_points(cafe)
    cleo = join(cafe, "Cleo Marsh", phone="+380671234567")
    browser = ben.browser()
    answer = submit(browser, f"{till}/purchases", **form_of(browser, till, cleo), amount="42,50")
    assert answer.status_code == 303
    waiting = browser.get(answer.location).get_data(as_text=True)
    assert "Counting" in waiting
    assert 'hx-trigger="every 300ms"' in waiting
    assert "Show the result</a>" in waiting
    settle(cafe)
    done = browser.get(answer.location, headers=FRAGMENT).get_data(as_text=True)
    assert "Cleo: 1 of 3" in done
    assert "+85 points" in done
    assert "₴42.50 × 2 points = 85 points" in done
    assert "hx-trigger" not in done
    assert "<html" not in done


def test_a_form_sent_twice_is_one_purchase(cafe: Shop, ben: Person, till: str) -> None:
    cleo = join(cafe, "Cleo")
    browser = ben.browser()
    form = {**form_of(browser, till, cleo), "amount": "10"}
    first, second = (submit(browser, f"{till}/purchases", **form) for _ in range(2))
    assert first.location == second.location
    assert amounts(cafe) == [1000]


def test_a_form_sent_again_with_another_amount_is_refused_and_gets_a_new_key(
    cafe: Shop, ben: Person, till: str
) -> None:
    cleo = join(cafe, "Cleo")
    browser = ben.browser()
    form = form_of(browser, till, cleo)
    submit(browser, f"{till}/purchases", **form, amount="10")
    answer = submit(browser, f"{till}/purchases", **form, amount="12")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "recorded before" in page
    assert 'value="12"' in page
    assert key_in(page) != form["purchase_key"]
    assert amounts(cafe) == [1000]


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("", "Enter the amount"),
        ("free", "Enter the amount"),
        ("0", "Enter an amount above 0"),
        ("-3", "Enter an amount above 0"),
        ("1.234", "at most 2 decimals"),
        ("9" * 20, "The amount must be between"),
    ],
)
def test_an_amount_that_is_none_is_asked_for_again(
    cafe: Shop, ben: Person, till: str, amount: str, message: str
) -> None:
    cleo = join(cafe, "Cleo")
    browser = ben.browser()
    answer = submit(browser, f"{till}/purchases", **form_of(browser, till, cleo), amount=amount)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in page
    assert "<title>Error: " in page
    assert f'value="{amount}"' in page
    assert amounts(cafe) == []


def test_a_punch_fills_the_card_and_says_which_reward_it_earned(cafe: Shop, ben: Person, till: str) -> None:
    live_punch_card(cafe)
    cleo = join(cafe, "Cleo")
    sell(cafe, cleo)
    sell(cafe, cleo)
    browser = ben.browser()
    page = browser.get(f"{till}/members/{cleo}").get_data(as_text=True)
    assert "On Coffee card" in page
    sent = {"kind": "punch", "count": "1", "member_id": cleo, "purchase_key": key_in(page)}
    answer = submit(browser, f"{till}/purchases", **sent)
    settle(cafe)
    done = browser.get(answer.location).get_data(as_text=True)
    assert "Cleo: 1 reward earned" in done
    assert "Earned: A coffee on the house." in done


def test_a_category_and_the_place_are_recorded_and_the_place_is_remembered(
    cafe: Shop, alma: Person, ben: Person, till: str
) -> None:
    places = [alma.post("/locations", {"name": name}).json["id"] for name in ("Podil", "Obolon")]
    live_points(
        cafe, ruleConfig={"pointsPerDollar": Decimal(1), "redemptionRate": 50, "categoryMultipliers": {"latte": 2}}
    )
    cleo = join(cafe, "Cleo")
    browser = ben.browser()
    form_page = browser.get(f"{till}/members/{cleo}/purchase").get_data(as_text=True)
    assert '<option value="latte">Latte</option>' in form_page
    form = form_of(browser, till, cleo) | {"category": "latte", "location_id": places[1]}
    answer = submit(browser, f"{till}/purchases", **form, amount="10")
    settle(cafe)
    assert "+20 points" in browser.get(answer.location).get_data(as_text=True)
    assert "<b>Obolon</b>" in browser.get(f"{till}/").get_data(as_text=True)


def test_a_customer_is_found_by_phone_code_mail_and_name(cafe: Shop, ben: Person, till: str) -> None:
    cleo = join(cafe, "Cleo Marsh", phone="+380671234567", email="cleo@example.com")
    join(cafe, "Clement")
    browser = ben.browser()
    for q in ("Mars", "4567", "067 123"):
        found = browser.get(f"{till}/", query_string={"q": q}, headers=FRAGMENT).get_data(as_text=True)
        assert str(cleo) in found, q
        assert "Clement" not in found
        assert "+380 ••• •• 67" in found
    for q in ("067 123 45 67", "+380671234567", "cleo@example.com"):
        answer = browser.get(f"{till}/", query_string={"q": q})
        assert answer.location == f"{till}/members/{cleo}", q
    nobody = browser.get(f"{till}/", query_string={"q": "0999999"}).get_data(as_text=True)
    assert "No member with 0999999" in nobody, "so many nines begin no member's code"
    assert "contact=0999999" in nobody


def test_without_a_customer_s_page_the_form_asks_who_and_says_when_it_cannot_tell(
    cafe: Shop, ben: Person, till: str
) -> None:
    join(cafe, "Cleo Marsh")
    join(cafe, "Cleo Novak")
    browser = ben.browser()
    key = key_in(browser.get(f"{till}/purchases").get_data(as_text=True))
    sent = {"purchase_key": key, "amount": "5"}
    for member, message in [("", "Enter a phone"), ("Dora", "No member with"), ("Cleo", "More than one member")]:
        answer = submit(browser, f"{till}/purchases", **sent, member=member)
        assert (answer.status_code, message in answer.get_data(as_text=True)) == (422, True), member
    assert submit(browser, f"{till}/purchases", **sent, member="Novak").status_code == 303


def test_a_program_that_is_paused_says_so_and_that_nothing_is_lost(
    cafe: Shop, alma: Person, ben: Person, till: str
) -> None:
    card = live_punch_card(cafe)
    cleo = join(cafe, "Cleo")
    sell(cafe, cleo)
    assert alma.post(f"/loyalty/programs/{card}/pause", {}).status_code == 200
    page = ben.browser().get(f"{till}/members/{cleo}").get_data(as_text=True)
    assert "Coffee card is paused. Customers keep what they have" in page
    assert 'id="punch-form"' not in page


def test_who_was_here_lately_stands_beside_the_search(cafe: Shop, ben: Person, till: str) -> None:
    join(cafe, "Never Came")
    sell(cafe, join(cafe, "Cleo Marsh"))
    page = ben.browser().get(f"{till}/").get_data(as_text=True)
    assert "Cleo Marsh" in page
    assert "Never Came" not in page


def test_a_purchase_of_another_business_and_one_of_another_source_are_nowhere(
    cafe: Shop, ben: Person, dora: Person, till: str
) -> None:
    sold = sell(cafe, join(cafe, "Cleo"))
    assert ben.browser().get(f"{till}/purchases/{sold}").status_code == 404
    own = f"/b/{dora.slug}/till"
    assert dora.browser().get(f"{own}/purchases/{sold}").status_code == 404
    assert dora.browser().get(f"{till}/").status_code == 404


def form_of(browser: FlaskClient, till: str, member_id: UUID) -> dict[str, str]:
    """Return the hidden fields of a customer's form as the page was rendered."""
    page = browser.get(f"{till}/members/{member_id}/purchase").get_data(as_text=True)
    return {"member_id": str(member_id), "purchase_key": key_in(page.partition('id="amount-form"')[2])}


def key_in(page: str) -> str:
    """Return the purchase key of a page."""
    return page.partition('name="purchase_key" value="')[2].partition('"')[0]


def amounts(shop: Shop) -> list[int]:
    """Return what was recorded, in minor units."""
    with unit_of_work(shop.id):
        return list(session().scalars(select(Purchase.amount_minor)))
