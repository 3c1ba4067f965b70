"""A member at the owner's desk: points adjusted, contact shown, tags, own fields, lines undone, merged, erased."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.unit_of_work import unit_of_work
from app.models.audit_log import AuditRecord
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.services.adjustments import adjust_points
from app.services.member_tags import tag_members
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.programs import PUNCH_CONFIG, owner_of
from tests.factories.rewards import free_coffee, saver
from tests.factories.trade import join, live_points, live_punch_card, sell, settle

FRAGMENT = {"HX-Request": "true"}


def page_of(browser: FlaskClient, shop: Shop, member_id: UUID, query: str = "") -> str:
    """The page of a member."""
    return browser.get(f"/b/{shop.slug}/members/{member_id}{query}").get_data(as_text=True)


def actions(shop: Shop) -> list[str]:
    """What the audit log says was done, the last first."""
    with unit_of_work(shop.id) as current:
        return list(current.scalars(select(AuditRecord.action).order_by(AuditRecord.id.desc())))


def test_points_are_adjusted_with_a_reason_and_a_slip_keeps_what_was_typed(cafe: Shop, alma: Person) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Jo Ray")
    sell(cafe, cleo, "40")
    browser, address = alma.browser(), f"/b/{cafe.slug}/members/{cleo}/adjust"
    form = browser.get(address).get_data(as_text=True)
    assert "Bean points (80 points)" in form
    key = re.findall(r'name="key" value="([^"]+)"', form)[0]
    typed = {"program": str(program_id), "way": "take", "points": "81", "reason": "Mistake <3", "key": key}
    refused = submit(browser, address, **typed)
    assert refused.status_code == 422
    said = refused.get_data(as_text=True)
    assert "Jo has 80 points. Take away 80 or less." in said
    assert 'value="Mistake &lt;3"' in said
    empty = submit(browser, address, program=str(program_id)).get_data(as_text=True)
    assert "Enter how many points" in empty and "Say why" in empty
    for _ in range(2):  # sent twice, done once
        assert submit(browser, address, **typed | {"points": "30"}).status_code == 303
    page = page_of(browser, cafe, cleo)
    assert "80 points before, 50 now." in page
    assert "−30 points" in page and "Mistake &lt;3" in page
    with unit_of_work(cafe.id) as current:
        assert current.scalars(select(Enrollment.balance)).one() == 50


def test_before_and_after_are_said_while_typing(cafe: Shop, alma: Person) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Jo")
    sell(cafe, cleo, "40")
    browser, address = alma.browser(), f"/b/{cafe.slug}/members/{cleo}/adjust/after"
    said = submit(browser, address, program=str(program_id), way="give", points="30").get_data(as_text=True)
    assert "80 points now" in said and "<b>110</b>" in said
    over = submit(browser, address, program=str(program_id), way="take", points="90").get_data(as_text=True)
    assert "Take away 80 or less" in over


def test_contact_is_masked_until_somebody_looks_and_that_is_kept(cafe: Shop, ben: Person) -> None:
    cleo = join(cafe, "Cleo", phone="+380671234567", email="cleo@example.com")
    browser = ben.browser()
    assert "+380671234567" not in page_of(browser, cafe, cleo)
    shown = submit(browser, f"/b/{cafe.slug}/members/{cleo}/contact").get_data(as_text=True)
    assert "+380671234567" in shown and "cleo@example.com" in shown
    assert actions(cafe)[0] == "member.contact_shown"
    browser.get(f"/b/{cafe.slug}/members/{cleo}/edit")
    assert actions(cafe)[:2] == ["member.contact_shown"] * 2
    assert "+380671234567" not in page_of(browser, cafe, cleo)


def test_a_member_is_suspended_and_earns_again(cafe: Shop, alma: Person) -> None:
    cleo = join(cafe, "Cleo")
    browser, address = alma.browser(), f"/b/{cafe.slug}/members/{cleo}/status"
    submit(browser, address, status="suspended")
    assert "Lift suspension" in page_of(browser, cafe, cleo)
    submit(browser, address, status="active")
    assert "Lift suspension" not in page_of(browser, cafe, cleo)


def test_tags_notes_and_own_fields_are_kept_and_refused_in_their_place(cafe: Shop, alma: Person) -> None:
    cleo, browser, base = join(cafe, "Cleo"), alma.browser(), f"/b/{cafe.slug}/members"
    submit(browser, f"{base}/{cleo}/tags", name=" VIP ")
    page = page_of(browser, cafe, cleo)
    assert "Take off VIP" in page
    removal = re.findall(rf'action="(/b/{cafe.slug}/members/{cleo}/tags/[^"]+/remove)"', page)[0]
    submit(browser, removal)
    assert "Take off VIP" not in page_of(browser, cafe, cleo), "three letters alone may stand in the token of a form"
    refused = submit(browser, f"{base}/fields", label="", kind="choice", choices="one")
    assert refused.status_code == 422
    assert "at least two choices" in refused.get_data(as_text=True)
    submit(browser, f"{base}/fields", label="Dog", kind="text")
    submit(browser, f"{base}/fields", label="Shoe size", kind="number")
    submit(browser, f"{base}/fields", label="Milk", kind="choice", choices="Oat\nCow")
    address = f"{base}/{cleo}/edit"
    wrong = {"own-shoe_size": "big", "own-dog": "Rex", "name": "Cleo Ray", "email": "no", "own-milk": "oat"}
    refused = submit(browser, address, **wrong)
    said = refused.get_data(as_text=True)
    assert refused.status_code == 422
    for words in ("Shoe size is a number", 'value="big"', 'value="Rex"', 'id="email-error"'):
        assert words in said, words
    right = wrong | {
        "own-shoe_size": "38",
        "email": "cleo@example.com",
        "note": "Window seat",
        "birthday": "1990-03-08",
    }
    assert submit(browser, address, **right).status_code == 303
    page = page_of(browser, cafe, cleo)
    for words in ("Cleo Ray", "Rex", "38", "Oat", "Window seat", "8 March"):
        assert words in page, words


def test_a_line_of_the_timeline_is_undone_by_an_entry_of_its_own(cafe: Shop, alma: Person) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Cleo")
    sell(cafe, cleo, "10")
    with unit_of_work(cafe.id):
        adjust_points(cleo, program_id, 30, "Because", owner_of(cafe))
    browser = alma.browser()
    page = page_of(browser, cafe, cleo)
    entry_undo = re.findall(r'action="([^"]+/entries/[^"]+/undo)"', page)
    purchase_undo = re.findall(r'action="([^"]+/purchases/[^"]+/undo)"', page)
    assert (len(entry_undo), len(purchase_undo)) == (1, 1)
    submit(browser, entry_undo[0])
    submit(browser, purchase_undo[0])
    settle(cafe)
    page = page_of(browser, cafe, cleo)
    assert not re.findall(r'action="([^"]+/undo)"', page)
    assert "cancelled" in page
    with unit_of_work(cafe.id) as current:
        assert current.scalars(select(Enrollment.balance)).one() == 0


@pytest.mark.parametrize(("show", "there"), [("manual", True), ("earned", False), ("tier", False), ("messages", False)])
def test_the_timeline_shows_one_kind_at_a_time(cafe: Shop, alma: Person, show: str, there: bool) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Cleo")
    with unit_of_work(cafe.id):
        adjust_points(cleo, program_id, 30, "Because", owner_of(cafe))
    part = alma.browser().get(f"/b/{cafe.slug}/members/{cleo}?show={show}", headers=FRAGMENT).get_data(as_text=True)
    assert ("Adjusted: 30 points" in part) is there
    assert "<html" not in part


def test_two_accounts_are_compared_merged_and_taken_apart_again(cafe: Shop, alma: Person) -> None:
    live_points(cafe)
    cleo = join(cafe, "Cleo", phone="+380671234567")
    double = join(cafe, "Cleo Ray", email="cleo@example.com")
    sell(cafe, cleo, "170")
    sell(cafe, double, "30")
    browser, address = alma.browser(), f"/b/{cafe.slug}/members/{cleo}/merge"
    found = browser.get(address, query_string={"q": "ray"}).get_data(as_text=True)
    assert str(double) in found
    compared = browser.get(address, query_string={"other": str(double)}).get_data(as_text=True)
    assert "340 + 60 = 400" in compared
    assert "cleo@example.com" not in compared
    assert submit(browser, address, other=str(double), name="from", email="from", phone="into").status_code == 303
    page = page_of(browser, cafe, cleo)
    assert "Cleo Ray" in page and "400" in page and "Carried over: 60 points" in page
    moved = browser.get(f"/b/{cafe.slug}/members/{double}")
    assert (moved.status_code, moved.location) == (303, f"/b/{cafe.slug}/members/{cleo}")
    undo = re.findall(r'action="([^"]+/merges/[^"]+/undo)"', page)[0]
    assert submit(browser, undo).status_code == 303
    assert "cleo" in page_of(browser, cafe, double).lower()
    assert "Undo merge" not in page_of(browser, cafe, cleo)


def test_erasing_asks_for_the_name_and_keeps_the_totals(cafe: Shop, alma: Person) -> None:
    live_points(cafe)
    cleo = join(cafe, "Cleo Ray", phone="+380671234567")
    sell(cafe, cleo, "10")
    browser, address = alma.browser(), f"/b/{cafe.slug}/members/{cleo}/erase"
    assert "sales totals" in browser.get(address).get_data(as_text=True)
    refused = submit(browser, address, name="Cleo")
    assert refused.status_code == 422
    assert "Enter Cleo Ray to erase" in refused.get_data(as_text=True)
    exported = browser.get(f"/b/{cafe.slug}/members/{cleo}/data.json")
    assert actions(cafe)[0] == "member.exported"
    assert exported.json is not None and exported.json["member"]["phone"] == "+380671234567"
    assert submit(browser, address, name="cleo ray").status_code == 303
    assert browser.get(f"/b/{cafe.slug}/members/{cleo}").status_code == 404
    with unit_of_work(cafe.id) as current:
        assert current.scalars(select(Enrollment.balance)).one() == 20


def test_the_list_is_filtered_by_everything_and_chips_take_it_off(cafe: Shop, alma: Person) -> None:
    card = live_punch_card(cafe)
    cleo = join(cafe, "Cleo", birthday="1990-03-08")
    join(cafe, "Dan", birthday="1990-04-08")
    for _ in range(3):
        sell(cafe, cleo, "10")
    with unit_of_work(cafe.id):
        tag_members([cleo], "VIP", actor=owner_of(cafe))
    with unit_of_work(cafe.id) as current:
        tag = str(current.scalars(select(Member.id).where(Member.id == cleo)).one())
    browser, address = alma.browser(), f"/b/{cafe.slug}/members"
    panel = browser.get(f"{address}?filters=1").get_data(as_text=True)
    tag = re.findall(r'<option value="([^"]+)">VIP', panel)[0]
    for said in (
        {"birthday": "3"},
        {"tag": tag},
        {"program": str(card)},
        {"unredeemed": "1"},
        {"visit": "week"},
        {"birthday": "3", "visit": "month", "segment": "new", "status": "active", "q": "cl"},
    ):
        page = browser.get(address, query_string=said).get_data(as_text=True)
        assert (str(cleo) in page, ">Dan<" in page) == (True, False), said
        assert page.count("Remove filter:") == len(set(said) - {"q"}), said
    never = browser.get(address, query_string={"visit": "never"}).get_data(as_text=True)
    assert ">Dan<" in never and str(cleo) not in never
    nobody = browser.get(address, query_string={"tier": "Gold"}).get_data(as_text=True)
    assert "No members match" in nobody


def test_a_reward_says_why_it_cannot_be_had_and_a_purchase_why_it_earned_nothing(cafe: Shop, alma: Person) -> None:
    live_punch_card(cafe, name="Lunch card", ruleConfig={**PUNCH_CONFIG, "minimumPurchaseAmount": 100})
    cleo = saver(cafe, "Cleo", points=60)
    free_coffee(cafe)
    free_coffee(cafe, name="A whole cake", pointsCost=500)
    page = page_of(alma.browser(), cafe, cleo)
    assert "Can have it now" in page
    shelf = page.partition("A whole cake")[2][:300]
    assert "440" in shelf, shelf
    assert "₴30.00 is below the minimum of ₴100.00" in page


def test_staff_see_no_doors_they_may_not_go_through(cafe: Shop, ben: Person) -> None:
    page = page_of(ben.browser(), cafe, join(cafe, "Cleo"))
    for words in ("Adjust points", "Erase", "Export data", ">Merge<"):
        assert words not in page, words
