"""Ben practises with somebody who does not exist: it answers like the real till, and no row is written anywhere."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core import clock
from app.core.model import Base
from app.core.unit_of_work import session, unit_of_work
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.rewards import free_coffee
from tests.factories.trade import join, live_points, live_punch_card, sell
from tests.web.tills import keys_in


@pytest.fixture
def desk(cafe: Shop) -> str:
    """Where one practises, in a café with a card of three, points and a reward for 40 of them."""
    live_punch_card(cafe)
    live_points(cafe)
    free_coffee(cafe)
    return f"/b/{cafe.slug}/till/practice"


def test_an_empty_till_leads_to_practice_and_a_busy_one_keeps_it_at_hand(cafe: Shop, ben: Person, desk: str) -> None:
    browser, till = ben.browser(), f"/b/{cafe.slug}/till/"
    empty = browser.get(till).get_data(as_text=True)
    assert "Practise with Testy McTest" in empty
    assert f'href="{desk}"' in empty
    sell(cafe, join(cafe, "Cleo"))
    busy = browser.get(till).get_data(as_text=True)
    assert "Nobody has been here yet" not in busy
    assert f'href="{desk}"' in busy


def test_punch_purchase_reward_and_undo_feel_real_and_write_no_row(cafe: Shop, ben: Person, desk: str) -> None:
    browser, before = ben.browser(), rows_of(cafe)
    page = browser.get(desk).get_data(as_text=True)
    assert "Testy McTest" in page
    assert "Nothing here is recorded" in page
    assert "data-till-item" not in page
    assert "2 of 3" in page
    punched = submit(browser, desk, kind="punch", count="1", purchase_key=keys_in(page)[0])
    done = browser.get(punched.location).get_data(as_text=True)
    assert "Testy: 1 reward earned" in done
    assert "Earned: A coffee on the house." in done
    assert 'data-undo="10"' in done
    undone = submit(browser, f"{desk}/undo")
    assert "The punch is taken back" in browser.get(undone.location).get_data(as_text=True)
    sold = submit(browser, desk, amount="12,50", purchase_key=key_of(browser, desk))
    done = browser.get(sold.location).get_data(as_text=True)
    assert "₴12.50 × 2 points = 25 points" in done
    redeem = browser.get(f"{desk}/redeem").get_data(as_text=True)
    voucher = found(r'name="voucher_id"\s+value="([^"]+)"', redeem)
    given = submit(browser, f"{desk}/redeem", voucher_id=voucher)
    assert "A coffee on the house" in browser.get(given.location).get_data(as_text=True)
    assert submit(browser, f"{desk}/redeem", voucher_id=voucher).status_code == 422
    reward = found(r'name="reward_id"\s+value="([^"]+)"', redeem)
    bought = submit(browser, f"{desk}/redeem", reward_id=reward)
    assert "A free coffee for 40 points" in browser.get(bought.location).get_data(as_text=True)
    assert "25 points" in browser.get(desk).get_data(as_text=True)
    assert rows_of(cafe) == before


def test_a_second_punch_is_asked_about_as_at_the_real_till(ben: Person, desk: str) -> None:
    browser = ben.browser()
    punch = {"kind": "punch", "count": "1"}
    submit(browser, desk, **punch, purchase_key=key_of(browser, desk))
    asked = submit(browser, desk, **punch, purchase_key=key_of(browser, desk))
    assert asked.status_code == 422
    assert "Punch again?" in asked.get_data(as_text=True)
    assert submit(browser, desk, **punch, again="yes", purchase_key=key_of(browser, desk)).status_code == 303
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert submit(browser, desk, **punch, purchase_key=key_of(browser, desk)).status_code == 303


@pytest.mark.parametrize(("amount", "said"), [("", "Enter the amount"), ("0", "Enter an amount above 0")])
def test_an_amount_that_is_none_is_asked_for_again(ben: Person, desk: str, amount: str, said: str) -> None:
    browser = ben.browser()
    answer = submit(browser, desk, amount=amount, purchase_key=key_of(browser, desk))
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert "Nothing here is recorded" in answer.get_data(as_text=True)


def test_the_same_form_twice_is_one_step_and_leaving_begins_afresh(ben: Person, desk: str) -> None:
    browser = ben.browser()
    form = {"amount": "10", "purchase_key": key_of(browser, desk)}
    for _ in range(2):
        submit(browser, desk, **form)
    assert "60 points" in browser.get(desk).get_data(as_text=True)
    assert submit(browser, f"{desk}/leave").location.endswith("/till/")
    assert "40 points" in browser.get(desk).get_data(as_text=True)
    for address in ("result", "given"):
        assert browser.get(f"{desk}/{address}").location == desk
    assert submit(browser, f"{desk}/undo").location == desk


def test_after_twenty_steps_and_at_another_business_the_customer_is_new(
    ben: Person, desk: str, florist: Shop, dora: Person
) -> None:
    browser = ben.browser()
    for number in range(21):
        submit(browser, desk, amount="10", purchase_key=f"00000000-0000-7000-8000-{number:012d}")
    assert "60 points" in browser.get(desk).get_data(as_text=True)
    other = f"/b/{florist.slug}/till/practice"
    assert "Testy McTest" in dora.browser().get(other).get_data(as_text=True)
    assert dora.browser().get(desk).status_code == 404


def test_a_business_without_a_program_can_be_practised_at_too(cafe: Shop, ben: Person) -> None:
    browser, desk = ben.browser(), f"/b/{cafe.slug}/till/practice"
    sold = submit(browser, desk, amount="10", purchase_key=key_of(browser, desk))
    assert "Testy: nothing this time" in browser.get(sold.location).get_data(as_text=True)
    assert "Nothing is ready yet" in browser.get(f"{desk}/redeem").get_data(as_text=True)


def rows_of(shop: Shop) -> dict[str, int]:
    """Return how many rows each table has, as the café sees them."""
    with unit_of_work(shop.id):
        tables = Base.metadata.sorted_tables
        return {table.name: session().scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def key_of(browser: FlaskClient, desk: str) -> str:
    """Return the key of a fresh form."""
    return keys_in(browser.get(f"{desk}/purchase").get_data(as_text=True))[0]


def found(pattern: str, page: str) -> str:
    """Return what a pattern finds in a page."""
    match = re.search(pattern, page)
    assert match is not None, pattern
    return match[1]
