"""The board as a list, its lane of what was cancelled, labels on paper, and what it says of new requests."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.models.redemption import Redemption
from app.services.redemptions import Delivery
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.rewards import free_coffee, moved, read, redeem, saver
from tests.support.statements import counted

ADDRESS = {"name": "Cleo", "street": "1 Main St", "postalCode": "01001", "city": "Kyiv"}


@pytest.fixture
def browser(alma: Person) -> FlaskClient:
    return alma.browser()


def page(browser: FlaskClient, shop: Shop, path: str = "redemptions") -> str:
    answer = browser.get(f"/b/{shop.slug}/{path}")
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def test_a_ticket_shows_the_end_of_its_code_and_its_own_page_all_of_it(cafe: Shop, browser: FlaskClient) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    code = read(cafe, made)["voucherCode"]
    board = page(browser, cafe)
    assert f"…{code[-5:]}" in board and code not in board
    assert code in page(browser, cafe, f"redemptions/{made}")


def test_the_board_is_a_list_too_and_keeps_its_filters(cafe: Shop, browser: FlaskClient) -> None:
    redeem(cafe, saver(cafe), free_coffee(cafe))
    board = page(browser, cafe, "redemptions?method=in_store")
    assert "r-board--list" not in board and "?method=in_store&amp;view=list" in board
    listed = page(browser, cafe, "redemptions?method=in_store&view=list")
    assert "r-board--list" in listed and 'name="view" value="list"' in listed


def test_what_was_cancelled_stands_in_a_lane_with_its_reason(cafe: Shop, browser: FlaskClient) -> None:
    moved(cafe, redeem(cafe, saver(cafe), free_coffee(cafe)), "cancelled", notes="Out of milk")
    assert "Cleo: Out of milk" in page(browser, cafe)


@pytest.mark.parametrize(
    ("method", "hours", "is_late"), [("digital", 3, True), ("in_store", 3, False), ("digital", 1, False)]
)
def test_what_somebody_waits_for_online_is_late_after_two_hours(
    cafe: Shop, browser: FlaskClient, method: str, hours: int, is_late: bool
) -> None:
    redeem(cafe, saver(cafe), free_coffee(cafe), delivery=Delivery(method))
    with unit_of_work(cafe.id):
        session().execute(update(Redemption).values(requested_at=clock.now() - timedelta(hours=hours)))
    assert (f"{hours} h, late" in page(browser, cafe)) is is_late


def test_labels_have_the_address_or_the_code_to_collect_it_by(cafe: Shop, browser: FlaskClient) -> None:
    cleo = saver(cafe)
    sent = redeem(cafe, cleo, free_coffee(cafe, name="A mug"), delivery=Delivery("shipping", ADDRESS))
    collected = redeem(cafe, cleo, free_coffee(cafe, name="A cookie"))
    assert "Nothing to label" in page(browser, cafe, "redemptions/labels")
    answer = submit(browser, f"/b/{cafe.slug}/redemptions/bulk", ids=[str(sent), str(collected)], action="labels")
    assert answer.status_code == 303
    labels = browser.get(answer.location).get_data(as_text=True)
    assert "1 Main St" in labels and "Kyiv" in labels
    assert "The code of A cookie for Cleo" in labels and "The code of A mug" not in labels
    moved(cafe, sent, "approved")
    approved = page(browser, cafe, "redemptions/labels")
    assert "1 Main St" in approved and "A cookie" not in approved
    assert browser.get(f"/b/{cafe.slug}/redemptions/labels?ids=none").status_code == 404


def test_an_open_board_hears_of_the_newest_request(cafe: Shop, browser: FlaskClient) -> None:
    address = f"/b/{cafe.slug}/redemptions/newest"
    assert browser.get(address).json == {"waiting": 0, "id": None, "name": ""}
    cleo = saver(cafe)
    redeem(cafe, cleo, free_coffee(cafe, name="A mug"))
    last = redeem(cafe, cleo, free_coffee(cafe, name="A cookie"))
    assert browser.get(address).json == {"waiting": 2, "id": str(last), "name": "A cookie"}
    moved(cafe, last, "approved")
    assert browser.get(address).json["name"] == "A mug"


def test_the_catalogue_is_leafed_through_each_reward_once(cafe: Shop, browser: FlaskClient) -> None:
    for number in range(26):
        free_coffee(cafe, name=f"Reward {number:02d}")
    first = page(browser, cafe, "rewards")
    assert "26 rewards" in first and "Reward 25" in first and "Reward 01" not in first
    address = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = browser.get(address).get_data(as_text=True)
    assert "Reward 01" in second and "Reward 00" in second and "Reward 02" not in second
    assert browser.get(f"/b/{cafe.slug}/rewards?after=junk").status_code == 404


@pytest.mark.parametrize(
    "path", ["rewards", "redemptions", "redemptions/all", "redemptions/labels", "redemptions/report"]
)
def test_pages_take_the_same_statements_however_long_they_are(cafe: Shop, browser: FlaskClient, path: str) -> None:
    member_id, taken = saver(cafe, points=400), []
    for number in range(8):
        moved(cafe, redeem(cafe, member_id, free_coffee(cafe, name=f"Reward {number}")), "approved")
        if number in (0, 7):
            page(browser, cafe, path)
            with counted() as statements:
                page(browser, cafe, path)
            taken.append(len(statements))
    assert taken[0] == taken[1]
