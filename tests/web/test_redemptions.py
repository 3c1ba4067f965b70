"""The board of redemptions: one step after the other, by one person, and the report of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.actor import Actor
from app.models.message import Message
from app.models.redemption import Redemption
from app.services.redemptions import Delivery, request_redemption
from app.web.business.redemptions.shown import age_words
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.rewards import free_coffee, moved, read, redeem, saver


@pytest.fixture
def browser(alma: Person) -> FlaskClient:
    return alma.browser()


def shown(browser: FlaskClient, shop: Shop, path: str = "") -> str:
    answer = browser.get(f"/b/{shop.slug}/redemptions{path}")
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def stepped(browser: FlaskClient, shop: Shop, redemption_id: UUID, to: str, **fields: Any) -> str:
    """Send a step and return the page that follows."""
    answer = submit(browser, f"/b/{shop.slug}/redemptions/{redemption_id}/move", to=to, **fields)
    assert answer.status_code == 303, answer.status_code
    return browser.get(answer.location).get_data(as_text=True)


def test_an_empty_board_says_what_will_be_there(cafe: Shop, browser: FlaskClient) -> None:
    page = shown(browser, cafe)
    assert "Nothing to fulfil" in page
    assert "New redemptions appear here and by e-mail." in page


def test_a_card_offers_its_next_step_alone_up_to_the_end(cafe: Shop, browser: FlaskClient) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe), delivery=Delivery("shipping", {"street": "1 Main St"}))
    page = shown(browser, cafe)
    assert "Approve<" in page
    assert "1 Main St" in page
    page = stepped(browser, cafe, made, "approved", version="1")
    assert "Mark shipped<" in page
    page = stepped(browser, cafe, made, "shipped", version="2", tracking_number="AB 12")
    assert "Tracking: AB 12" in page
    assert "Mark delivered<" in page
    assert "Cancel redemption" not in page
    stepped(browser, cafe, made, "delivered", version="3")
    assert read(cafe, made)["status"] == "delivered"


def test_a_cancel_asks_for_the_points_and_a_reason(cafe: Shop, browser: FlaskClient) -> None:
    member_id = saver(cafe)
    first, second = (redeem(cafe, member_id, free_coffee(cafe)) for _ in range(2))
    assert "Return 40 points to Cleo?" in shown(browser, cafe)
    page = stepped(browser, cafe, first, "cancelled", reason="Out of milk", return_points="yes")
    assert "40 points went back." in page
    assert (read(cafe, first)["notes"], read(cafe, first)["pointsReturned"]) == ("Out of milk", 40)
    stepped(browser, cafe, second, "cancelled", return_points="no")
    assert read(cafe, second)["pointsReturned"] == 0


def test_who_comes_second_reads_who_was_first(cafe: Shop, browser: FlaskClient, ben: Person) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    stepped(ben.browser(), cafe, made, "approved", version="1")
    with clock.frozen(clock.now() + timedelta(seconds=5)):
        page = stepped(browser, cafe, made, "approved", version="1")
    assert "Ben approved this" in page
    assert "Nothing was changed" in page


def test_many_are_approved_at_once_and_the_rest_says_why_not(cafe: Shop, browser: FlaskClient) -> None:
    member_id, reward_id = saver(cafe, points=200), free_coffee(cafe)
    waiting = [redeem(cafe, member_id, reward_id) for _ in range(2)]
    over = redeem(cafe, member_id, reward_id)
    moved(cafe, over, "cancelled")
    ids = [str(each) for each in (*waiting, over)]
    answer = submit(browser, f"/b/{cafe.slug}/redemptions/bulk", ids=ids, action="approve")
    page = browser.get(answer.location).get_data(as_text=True)
    assert "2 approved, 1 skipped: this redemption is cancelled" in page
    assert [read(cafe, each)["status"] for each in waiting] == ["approved"] * 2
    answer = submit(browser, f"/b/{cafe.slug}/redemptions/bulk", ids=ids[:2], action="pick")
    picked = browser.get(answer.location).get_data(as_text=True)
    assert "Pick list" in picked
    assert '<td class="num">2</td>' in picked


def test_filters_find_by_way_place_age_and_state(cafe: Shop, browser: FlaskClient, alma: Person) -> None:
    here, _ = (alma.post("/locations", {"name": name}).json["id"] for name in ("Here", "There"))
    member_id = saver(cafe, points=200)
    redeem(cafe, member_id, free_coffee(cafe, name="Cup"), delivery=Delivery(location_id=UUID(here)))
    redeem(cafe, member_id, free_coffee(cafe, name="Mug"), delivery=Delivery("shipping", "1 Main St"))
    for path, expected in (
        (f"?location={here}", ["Cup"]),
        ("?method=shipping", ["Mug"]),
        ("?age=7", []),
        ("/all?status=pending", ["Cup", "Mug"]),
        ("/all?status=cancelled", []),
        (f"/all?location={here}", ["Cup"]),
        ("?method=nonsense&age=x&location=y", ["Cup", "Mug"]),
    ):
        page = shown(browser, cafe, path)
        assert [name for name in ("Cup", "Mug") if f">{name}</a>" in page] == expected, path
    with unit_of_work(cafe.id):
        session().execute(update(Redemption).values(requested_at=clock.now() - timedelta(days=8)))
    assert "8 d, late" in shown(browser, cafe, "?age=7")


def test_the_page_of_one_says_who_did_what(cafe: Shop, browser: FlaskClient, dora: Person) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    page = shown(browser, cafe, f"/{made}")
    assert read(cafe, made)["voucherCode"] in page
    assert "Requested" in page
    assert dora.browser().get(f"/b/{dora.slug}/redemptions/{made}").status_code == 404


def test_the_report_counts_by_reward_and_is_a_spreadsheet(cafe: Shop, browser: FlaskClient) -> None:
    member_id = saver(cafe, points=200)
    cup, mug = free_coffee(cafe, name="Cup"), free_coffee(cafe, name="=Mug")
    first = redeem(cafe, member_id, cup)
    moved(cafe, redeem(cafe, member_id, cup), "cancelled")
    redeem(cafe, member_id, mug)
    with clock.frozen(clock.now() + timedelta(hours=3)):
        moved(cafe, first, "redeemed")
    page = shown(browser, cafe, "/report")
    assert "33 %" in page
    assert "3 h" in page
    answer = browser.get(f"/b/{cafe.slug}/redemptions/report.csv")
    assert answer.mimetype == "text/csv"
    lines = answer.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert lines[0].startswith("Reward,Requested")
    assert lines[1] == "Cup,2,1,1,50,40,3.00"
    assert lines[2].startswith("'=Mug,1,0,0,0,40,")
    assert lines[3].startswith("All,3,1,1,33,80,3.00")
    for slip in ("soon", "0001-01-01", "9999-12-31"):
        wrong = browser.get(f"/b/{cafe.slug}/redemptions/report?from={slip}")
        assert wrong.status_code == 422
        assert f'value="{slip}"' in wrong.get_data(as_text=True)


def test_owners_get_a_mail_when_a_member_redeems_and_none_for_what_is_handed_over(cafe: Shop) -> None:
    member_id, reward_id = saver(cafe), free_coffee(cafe)
    redeem(cafe, member_id, reward_id)
    with unit_of_work(cafe.id):
        request_redemption(member_id, reward_id, actor=Actor("member", member_id, "Cleo"))
    with unit_of_work(cafe.id):
        found = session().scalars(select(Message).where(Message.kind == "redemption_requested")).all()
        assert [(mail.user_id, mail.context["memberName"]) for mail in found] == [(cafe.owner.user_id, "Cleo")]


def test_staff_work_the_board(cafe: Shop, ben: Person) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    stepped(ben.browser(), cafe, made, "approved", version="1")


@pytest.mark.parametrize(("seconds", "words"), [(5, "just now"), (720, "12 min"), (7300, "2 h"), (200_000, "2 d")])
def test_age_is_said_in_one_unit(seconds: int, words: str) -> None:
    assert age_words(timedelta(seconds=seconds)) == words


def test_home_says_what_is_to_be_fulfilled_and_nearly_gone(cafe: Shop, browser: FlaskClient) -> None:
    redeem(cafe, saver(cafe), free_coffee(cafe, quantityAvailable=3))
    page = browser.get(f"/b/{cafe.slug}/").get_data(as_text=True)
    assert "1 redemption to fulfil" in page
    assert "1 reward is nearly gone" in page
