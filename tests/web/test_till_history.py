"""A till lists what was done at it: purchases, punches and rewards, with what can still be put right."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session, unit_of_work
from app.models.device import Device
from app.queries.till_recent import recent_here
from tests.factories.businesses import Shop, hire
from tests.factories.people import Person, submit
from tests.factories.rewards import free_coffee
from tests.factories.trade import join, live_points, live_punch_card, sell
from tests.support.statements import counted
from tests.web.tills import BEN_PIN, keys_in, opened, staff_id


@pytest.fixture
def ben(cafe: Shop) -> Person:
    """Ben, with a PIN."""
    return hire(cafe, "Ben", "staff", BEN_PIN)


@pytest.fixture
def cleo(cafe: Shop) -> UUID:
    """Cleo, who collects punches and points."""
    live_punch_card(cafe)
    live_points(cafe)
    return join(cafe, "Cleo Marsh")


@pytest.fixture
def till(cafe: Shop, ben: Person, cleo: UUID) -> FlaskClient:
    """A till with Ben at it."""
    return opened(cafe, ben)


def test_a_till_shows_its_own_work_first_and_every_till_s_when_asked(
    cafe: Shop, ben: Person, cleo: UUID, till: FlaskClient
) -> None:
    other = opened(cafe, ben, name="Second")
    punch(till, cafe, cleo)
    sale(other, cafe, cleo, "31.50")
    own, all_of_them = history(till, cafe), history(till, cafe, "?all=1")
    assert ("1 punch" in own, "₴31.50" in own) == (True, False)
    assert ("1 punch" in all_of_them, "₴31.50" in all_of_them) == (True, True)
    for word in ("Move", "Undo"):
        assert word in own
    assert 'aria-current="page"' in own


def test_what_was_sent_by_scripts_and_by_forms_stands_there_once_with_rewards_and_what_waits(
    cafe: Shop, ben: Person, cleo: UUID, till: FlaskClient
) -> None:
    for _ in range(3):
        sell(cafe, cleo, "30")
    free_coffee(cafe)
    base = f"/b/{cafe.slug}/till"
    item = {"id": str(new_id()), "memberId": str(cleo), "staffId": str(staff_id(cafe, ben)), "kind": "sale"}
    sent = [
        item | {"occurredAt": clock.now().isoformat(), "amount": "12.34"},
        item | {"id": str(new_id()), "occurredAt": clock.now().isoformat(), "isOffline": True, "amount": "1.234"},
        item | {"id": str(new_id()), "occurredAt": clock.now().isoformat(), "isUndone": True, "amount": "7"},
    ]
    body = {"deviceNow": clock.now().isoformat(), "items": sent}
    assert till.post(f"{base}/contact", json=body, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    redeem = till.get(f"{base}/members/{cleo}/redeem").get_data(as_text=True)
    for name, action in (("voucher_id", "redeem"), ("reward_id", "rewards")):
        chosen = redeem.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0]
        assert (
            submit(till, f"{base}/members/{cleo}/{action}", **{name: chosen, "key": str(new_id())}).status_code == 303
        )
    page = history(till, cafe)
    for words in ("₴12.34", "A coffee on the house", "A free coffee", "Waits for the owner", "Undone"):
        assert words in page
    assert page.count("₴12.34</b>") == 1
    assert page.count(", Ben") == 5


def test_a_purchase_that_was_moved_stands_under_its_new_customer(cafe: Shop, cleo: UUID, till: FlaskClient) -> None:
    nia = join(cafe, "Nia Osei")
    sold = sale(till, cafe, cleo, "9")
    submit(till, f"{sold}/move", member_id=str(nia))
    assert "Nia Osei" in history(till, cafe)
    assert "Cleo Marsh" not in history(till, cafe)


def test_the_list_goes_back_a_week_in_pages_and_costs_three_statements_however_long_it_is(
    cafe: Shop, ben: Person, cleo: UUID, till: FlaskClient
) -> None:
    with unit_of_work(cafe.id):
        device_id = session().query(Device.id).filter_by(business_id=cafe.id).scalar()
    counts = []
    for number in range(25):
        with clock.frozen(clock.now() + timedelta(seconds=number)):
            sale(till, cafe, cleo, f"{number + 1}.50")
        if number in (0, 24):
            with unit_of_work(cafe.id), counted() as statements:
                recent_here(device_id, since=clock.now() - timedelta(days=7))
            counts.append(len(statements))
    assert counts == [2, 2]
    first = history(till, cafe)
    assert ("₴25.50" in first, "₴5.50" in first) == (True, False)
    older = first.partition("Older")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = till.get(older).get_data(as_text=True)
    assert ("₴25.50" in second, "₴5.50" in second) == (False, True)
    assert till.get(f"/b/{cafe.slug}/till/history?after=nonsense").status_code == 404
    with clock.frozen(clock.now() + timedelta(days=8)), unit_of_work(cafe.id):
        assert recent_here(device_id, since=clock.now() - timedelta(days=7)).rows == []


def history(till: FlaskClient, shop: Shop, query: str = "") -> str:
    """Return the list."""
    return till.get(f"/b/{shop.slug}/till/history{query}").get_data(as_text=True)


def punch(till: FlaskClient, shop: Shop, member_id: UUID) -> str:
    """Punch once; returns the address of the result."""
    key = keys_in(till.get(f"/b/{shop.slug}/till/members/{member_id}").get_data(as_text=True))[0]
    return sent(till, shop, kind="punch", member_id=str(member_id), purchase_key=key)


def sale(till: FlaskClient, shop: Shop, member_id: UUID, amount: str) -> str:
    """Record a purchase; returns the address of the result."""
    key = keys_in(till.get(f"/b/{shop.slug}/till/members/{member_id}/purchase").get_data(as_text=True))[0]
    return sent(till, shop, member_id=str(member_id), purchase_key=key, amount=amount)


def sent(till: FlaskClient, shop: Shop, **fields: str) -> str:
    """Send a form of the till; returns the address of the result."""
    answer = submit(till, f"/b/{shop.slug}/till/purchases", **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location
