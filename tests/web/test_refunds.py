"""A purchase is refunded on a page: the consequences first, in full, in part, by items, and never more than is left."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.unit_of_work import session, unit_of_work
from app.models.enrollment import Enrollment
from app.models.purchase import Correction, Purchase
from app.queries.verification import breaks
from tests.factories.businesses import Shop, hire
from tests.factories.people import Person, submit
from tests.factories.trade import join, live_points, live_punch_card, sell, settle
from tests.web.tills import BEN_PIN, MAX_PIN, opened, staff_id

ITEMS: list[dict[str, Any]] = [
    {"name": "Beans", "quantity": 2, "unitPrice": Decimal(15)},
    {"name": "Cake", "quantity": 1, "unitPrice": Decimal(10)},
]


@pytest.fixture
def cleo(cafe: Shop) -> UUID:
    """Cleo, who collects two points for each unit, and punches."""
    live_points(cafe)
    live_punch_card(cafe)
    return join(cafe, "Cleo Marsh")


@pytest.fixture
def browser(alma: Person) -> FlaskClient:
    """The owner's browser."""
    return alma.browser()


def address_of(shop: Shop, member_id: UUID, purchase_id: UUID) -> str:
    """Where a purchase of a member is refunded."""
    return f"/b/{shop.slug}/members/{member_id}/purchases/{purchase_id}/refund"


def balances(shop: Shop) -> list[int]:
    """What stands on the enrollments that keep points, once everything is settled; the books must agree."""
    settle(shop)
    with unit_of_work(shop.id):
        assert list(breaks(session(), shop.id)) == []
        return list(session().scalars(select(Enrollment.balance).where(Enrollment.unit == "points")))


def confirm(browser: FlaskClient, address: str, preview: str, **more: str) -> Any:
    """Press Refund in a preview, with the fields that it carries."""
    part = preview.partition('id="preview"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', part))
    fields.pop("csrf_token", None)
    return submit(
        browser, address, **{name: html.unescape(value) for name, value in fields.items()}, **more, step="refund"
    )


def test_all_of_it_is_refunded_after_every_consequence_was_said(cafe: Shop, browser: FlaskClient, cleo: UUID) -> None:
    bought = sell(cafe, cleo, "40")
    address, page = address_of(cafe, cleo, bought), f"/b/{cafe.slug}/members/{cleo}"
    assert address in browser.get(page).get_data(as_text=True)
    assert 'value="40.00"' in browser.get(address).get_data(as_text=True)
    looked = submit(browser, address, amount="40,00", reason="Cold <3", step="look", seen="0")
    said = looked.get_data(as_text=True)
    assert looked.status_code == 200
    assert "Takes back 80 points." in said and "Takes back 1 punch." in said
    assert balances(cafe) == [80]  # looking saves nothing
    assert confirm(browser, address, said).status_code == 303
    assert balances(cafe) == [0]
    after = browser.get(page).get_data(as_text=True)
    assert "given back. Bean points: Takes back 80 points." in after and address not in after
    done = browser.get(address).get_data(as_text=True)
    assert "All of it has been refunded" in done and "Cold &lt;3" in done
    # a refund of what has been refunded
    again = submit(browser, address, amount="40", step="refund")
    assert again.status_code == 422
    assert balances(cafe) == [0]


def test_parts_are_refunded_one_after_another_and_a_form_sent_twice_once(
    cafe: Shop, browser: FlaskClient, cleo: UUID
) -> None:
    address = address_of(cafe, cleo, sell(cafe, cleo, "40"))
    said = submit(browser, address, amount="15", step="look", seen="0").get_data(as_text=True)
    assert "Takes back 30 points." in said
    assert confirm(browser, address, said).status_code == 303
    twice = confirm(browser, address, said)
    assert twice.status_code == 422
    assert "has been refunded since you looked" in twice.get_data(as_text=True)
    assert balances(cafe) == [50]
    said = submit(browser, address, amount="5.50", step="look", seen="1500").get_data(as_text=True)
    confirm(browser, address, said)
    assert balances(cafe) == [39]
    page = browser.get(address).get_data(as_text=True)
    assert "19.50 left to refund" in page


def test_items_come_back_at_their_price_and_no_more_than_were_bought(
    cafe: Shop, browser: FlaskClient, cleo: UUID
) -> None:
    address = address_of(cafe, cleo, sell(cafe, cleo, "40", items=ITEMS))
    form = browser.get(address).get_data(as_text=True)
    assert "Beans" in form and "2 left" in form and "Cake" in form
    said = submit(browser, address, **{"item-0": "1"}, amount="", step="look", seen="0").get_data(as_text=True)
    assert "Refund ₴15" in said and "Takes back 30 points." in said
    assert confirm(browser, address, said).status_code == 303
    assert balances(cafe) == [50]
    too_many = submit(browser, address, **{"item-0": "2"}, reason="Both", step="look")
    said = too_many.get_data(as_text=True)
    assert too_many.status_code == 422
    assert 'id="item-0-error"' in said and "at most 1" in said and 'value="Both"' in said


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("40.01", "Enter ₴40 or less"),
        ("0", "above 0"),
        ("-3", "above 0"),
        ("much", "for example 4.50"),
        ("", "Enter an amount"),
        ("1.234", "at most 2 decimals"),
    ],
)
def test_what_cannot_be_refunded_is_refused_in_its_field_and_changes_nothing(
    cafe: Shop, browser: FlaskClient, cleo: UUID, amount: str, words: str
) -> None:
    address = address_of(cafe, cleo, sell(cafe, cleo, "40"))
    for step in ("look", "refund"):
        answer = submit(browser, address, amount=amount, reason="Why not", step=step)
        said = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert 'id="amount-error"' in said and words in said
        assert 'value="Why not"' in said and (not amount or f'value="{amount}"' in said)
    with unit_of_work(cafe.id):
        assert session().scalars(select(Correction.id)).all() == []
    assert balances(cafe) == [80]


def test_what_was_taken_back_or_is_another_s_is_not_refunded(cafe: Shop, browser: FlaskClient, cleo: UUID) -> None:
    bought, nia = sell(cafe, cleo, "40"), join(cafe, "Nia")
    assert browser.get(address_of(cafe, nia, bought)).status_code == 404
    submit(browser, f"/b/{cafe.slug}/members/{cleo}/purchases/{bought}/undo")
    address = address_of(cafe, cleo, bought)
    assert "was taken back" in browser.get(address).get_data(as_text=True)
    assert submit(browser, address, amount="1", step="refund").status_code == 422
    assert balances(cafe) == [0]
    with unit_of_work(cafe.id):
        assert session().scalars(select(Purchase.refunded_minor)).all() == [0]


def test_points_that_were_spent_are_said_to_be_owed(cafe: Shop, browser: FlaskClient, alma: Person, cleo: UUID) -> None:
    bought = sell(cafe, cleo, "40")
    program = next(
        each["programId"] for each in alma.get(f"/members/{cleo}/enrollments").json["data"] if each["balance"] == 80
    )
    alma.post(f"/members/{cleo}/adjustments", {"programId": program, "points": -60, "reason": "Spent"})
    address = address_of(cafe, cleo, bought)
    said = submit(browser, address, amount="40", step="look", seen="0").get_data(as_text=True)
    assert "60 points of it cannot be taken now and is owed" in said


def test_at_the_till_a_manager_s_pin_agrees_to_a_refund(cafe: Shop, cleo: UUID) -> None:
    ben, boss = hire(cafe, "Ben", "staff", BEN_PIN), hire(cafe, "Max", "manager", MAX_PIN)
    bought = sell(cafe, cleo, "40", source="till")
    till, base = opened(cafe, ben), f"/b/{cafe.slug}/till"
    address, manager = f"{base}/purchases/{bought}/refund", str(staff_id(cafe, boss))
    assert address in till.get(f"{base}/history?all=1").get_data(as_text=True)
    assert "₴40 left to refund" in till.get(address).get_data(as_text=True)
    wrong = submit(till, address, amount="41", step="look")
    assert wrong.status_code == 422
    assert "Enter ₴40 or less" in wrong.get_data(as_text=True)
    said = submit(till, address, amount="10", step="look", seen="0").get_data(as_text=True)
    assert "Takes back 20 points." in said
    for pin, words in (("", "Choose a manager"), ("000001", "4 tries left")):
        refused = confirm(till, address, said, pin=pin, manager_id=manager if pin else "")
        shown = refused.get_data(as_text=True)
        assert refused.status_code == 422
        assert words in shown and "Takes back 20 points." in shown
    assert balances(cafe) == [80]
    assert confirm(till, address, said, pin=MAX_PIN, manager_id=manager).status_code == 303
    assert balances(cafe) == [60]
    with unit_of_work(cafe.id):
        assert session().scalars(select(Correction.requested_by)).all() == ["Max"]
    assert "₴10 given back" in till.get(f"{base}/history").get_data(as_text=True)
