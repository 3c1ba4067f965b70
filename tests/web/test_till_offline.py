"""What a till did while it was cut off arrives once, at its right time, and nothing of it goes away."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session, unit_of_work
from app.domain.till import TillSettings
from app.models.purchase import Purchase
from app.models.user_session import UserSession
from app.models.voucher import Voucher
from app.services.devices import change_till_settings
from tests.factories.businesses import Shop, hire
from tests.factories.people import Person, submit
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, live_punch_card, sell, settle
from tests.web.tills import BEN_PIN, opened, paired, staff_id

Item = Callable[..., dict[str, Any]]


@pytest.fixture
def ben(cafe: Shop) -> Person:
    """Ben, with a PIN."""
    return hire(cafe, "Ben", "staff", BEN_PIN)


@pytest.fixture
def cleo(cafe: Shop) -> UUID:
    """Cleo, who collects punches."""
    live_punch_card(cafe)
    return join(cafe, "Cleo Marsh", phone="+380671234567")


@pytest.fixture
def till(cafe: Shop, ben: Person) -> FlaskClient:
    """The café's till, with Ben at it."""
    return opened(cafe, ben)


@pytest.fixture
def item(cafe: Shop, ben: Person, cleo: UUID) -> Item:
    """Make what a till sends."""
    staff = str(staff_id(cafe, ben))

    def made(kind: str = "punch", at: datetime | None = None, **fields: Any) -> dict[str, Any]:
        who = {"memberId": str(cleo), "staffId": staff}
        return {"id": str(new_id()), "kind": kind, **who, "occurredAt": (at or clock.now()).isoformat(), **fields}

    return made


def send(till: FlaskClient, shop: Shop, *items: dict[str, Any], now: datetime | None = None) -> TestResponse:
    """Let a till tell what it has gathered."""
    body = {"deviceNow": (now or clock.now()).isoformat(), "items": list(items)}
    return till.post(f"/b/{shop.slug}/till/contact", json=body, headers={"Sec-Fetch-Site": "same-origin"})


def outcomes(answer: TestResponse) -> list[str]:
    """Return what became of each item."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [result["outcome"] for result in answer.json["results"]]


def purchases(shop: Shop) -> list[Purchase]:
    """Return what is recorded."""
    with unit_of_work(shop.id):
        found = list(session().scalars(select(Purchase).where(Purchase.source == "till").order_by(Purchase.order_id)))
        session().expunge_all()
        return found


def open_for_days(shop: Shop) -> None:
    """Date the sign-in at the till back, as if the till had been open for days."""
    with unit_of_work(shop.id):
        mine = UserSession.business_id == shop.id, UserSession.kind == "till"
        long_ago = clock.now() - timedelta(days=5)
        session().execute(update(UserSession).where(*mine).values(created_at=long_ago))


def test_what_is_done_now_is_recorded_and_leads_to_its_result(
    cafe: Shop, till: FlaskClient, item: Item, ben: Person
) -> None:
    punch = item(count=2)
    answer = send(till, cafe, punch)
    assert outcomes(answer) == ["recorded"]
    settle(cafe)
    page = till.get(answer.json["results"][0]["url"]).get_data(as_text=True)
    assert "Cleo: 2 of 3" in page
    [found] = purchases(cafe)
    assert (found.order_id, found.count, found.recorded_by) == (punch["id"], 2, "Ben")
    assert found.staff_id == ben.user_id


def test_an_item_sent_again_and_again_also_at_once_is_one_purchase(cafe: Shop, till: FlaskClient, item: Item) -> None:
    punch = item(isOffline=True)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: outcomes(send(till, cafe, punch)), range(12)))
    assert answers == [["recorded"]] * 12
    assert len(purchases(cafe)) == 1


def test_a_wrong_clock_is_corrected_by_what_the_device_measured_before(
    cafe: Shop, till: FlaskClient, item: Item
) -> None:
    open_for_days(cafe)
    behind, now = timedelta(hours=3), clock.now()
    happened = now - timedelta(hours=1)
    measured = item(at=happened - behind, offsetMs=int(behind.total_seconds() * 1000), isOffline=True)
    unmeasured = item(at=happened - behind, isOffline=True)
    ahead = item(at=now + timedelta(days=400), isOffline=True)
    with clock.frozen(now):
        assert outcomes(send(till, cafe, measured, unmeasured, ahead, now=now - behind)) == ["recorded"] * 3
    found = {purchase.order_id: purchase.occurred_at for purchase in purchases(cafe)}
    for sent in (measured, unmeasured):
        assert abs(found[sent["id"]] - happened) < timedelta(seconds=1)
    assert found[ahead["id"]] <= now


def test_what_is_older_than_72_hours_waits_for_the_owner_who_records_it_or_leaves_it_out(
    cafe: Shop, till: FlaskClient, item: Item
) -> None:
    open_for_days(cafe)
    old, young = (item(at=clock.now() - timedelta(hours=hours), isOffline=True) for hours in (73, 71))
    assert outcomes(send(till, cafe, old, young)) == ["conflict", "recorded"]
    assert outcomes(send(till, cafe, old)) == ["conflict"]
    browser, page = cafe.owner.browser(), f"/b/{cafe.slug}/attention"
    shown = browser.get(page).get_data(as_text=True)
    assert "more than 72 hours after it happened" in shown
    assert ">1<" in shown
    assert submit(browser, f"{page}/tills/{old['id']}", decision="record").status_code == 303
    assert {purchase.order_id for purchase in purchases(cafe)} == {old["id"], young["id"]}
    assert submit(browser, f"{page}/tills/{old['id']}", decision="leave").status_code == 404
    assert "All counted" in browser.get(page).get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"memberId": str(UUID(int=7))}, "No member matches"),
        ({"staffId": str(UUID(int=7))}, "Nobody had signed in"),
        ({"kind": "sale"}, "Enter the amount"),
        ({"kind": "sale", "amount": "1.234"}, "at most 2 decimals"),
        ({"count": 9}, "cannot be read"),
        ({"unknown": 1}, "cannot be read"),
        ({"locationId": str(UUID(int=7))}, "No such location"),
    ],
)
def test_what_cannot_be_recorded_is_kept_with_its_reason(
    cafe: Shop, till: FlaskClient, item: Item, fields: dict[str, Any], reason: str
) -> None:
    answer = send(till, cafe, item(**{"isOffline": True, **fields}), item(isOffline=True))
    assert outcomes(answer) == ["conflict", "recorded"]
    assert reason in answer.json["results"][0]["reason"]
    assert reason in cafe.owner.browser().get(f"/b/{cafe.slug}/attention").get_data(as_text=True)


def test_a_refusal_at_the_till_is_told_there_and_kept_nowhere(cafe: Shop, till: FlaskClient, item: Item) -> None:
    sale = item(kind="sale", amount="1.234")
    assert outcomes(send(till, cafe, sale)) == ["refused"]
    assert outcomes(send(till, cafe, sale | {"amount": "1.23"})) == ["recorded"]
    assert [purchase.amount_minor for purchase in purchases(cafe)] == [123]


def test_a_second_punch_within_a_minute_is_asked_about_unless_it_was_meant_or_is_late(
    cafe: Shop, till: FlaskClient, item: Item
) -> None:
    assert outcomes(send(till, cafe, item())) == ["recorded"]
    second = item()
    assert outcomes(send(till, cafe, second)) == ["ask"]
    assert outcomes(send(till, cafe, second | {"isAgain": True})) == ["recorded"]
    assert outcomes(send(till, cafe, item(isOffline=True))) == ["recorded"]
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert outcomes(send(till, cafe, item())) == ["recorded"]
    assert len(purchases(cafe)) == 4


def test_what_was_taken_back_at_the_till_is_reversed_or_never_recorded(
    cafe: Shop, till: FlaskClient, item: Item
) -> None:
    first, second = item(isOffline=True), item(isOffline=True)
    assert outcomes(send(till, cafe, first)) == ["recorded"]
    assert outcomes(send(till, cafe, first | {"isUndone": True}, second | {"isUndone": True})) == ["undone"] * 2
    assert outcomes(send(till, cafe, first, second)) == ["undone"] * 2
    assert [purchase.status for purchase in purchases(cafe)] == ["cancelled"]


def test_a_reward_given_without_a_connection_is_redeemed_once_and_a_clash_waits(
    cafe: Shop, till: FlaskClient, item: Item, cleo: UUID
) -> None:
    with unit_of_work(cafe.id):
        change_till_settings(TillSettings(offline_rewards=2), actor=owner_of(cafe))
    for _ in range(3):
        sell(cafe, cleo)
    known = till.get(f"/b/{cafe.slug}/till/people.json").json["people"][0]
    assert [reward["words"] for reward in known["rewards"]] == ["A coffee on the house"]
    given = item(kind="redeem", voucherId=known["rewards"][0]["id"], isOffline=True)
    assert outcomes(send(till, cafe, given, given)) == ["recorded"] * 2
    clash = item(kind="redeem", voucherId=known["rewards"][0]["id"], isOffline=True)
    assert outcomes(send(till, cafe, clash)) == ["conflict"]
    with unit_of_work(cafe.id):
        assert [voucher.status for voucher in session().scalars(select(Voucher))] == ["redeemed"]
    assert "has been redeemed already" in cafe.owner.browser().get(f"/b/{cafe.slug}/attention").get_data(as_text=True)


def test_the_list_for_the_device_has_no_whole_numbers_and_needs_somebody_at_the_till(
    cafe: Shop, till: FlaskClient, cleo: UUID
) -> None:
    live_points(cafe)
    sell(cafe, cleo)
    answer = till.get(f"/b/{cafe.slug}/till/people.json")
    assert "Cleo Marsh" in answer.get_data(as_text=True)
    assert "671234567" not in answer.get_data(as_text=True)
    assert answer.json["people"][0]["rewards"] == []
    submit(till, f"/b/{cafe.slug}/till/lock")
    assert till.get(f"/b/{cafe.slug}/till/people.json").status_code == 303


def test_a_locked_till_still_sends_and_a_revoked_or_foreign_one_does_not(
    cafe: Shop, florist: Shop, till: FlaskClient, item: Item
) -> None:
    submit(till, f"/b/{cafe.slug}/till/lock")
    assert outcomes(send(till, cafe, item(isOffline=True))) == ["recorded"]
    assert send(till, florist, item(isOffline=True)).status_code == 403
    assert send(cafe.owner.app.test_client(), cafe, item(isOffline=True)).status_code == 403
    assert send(cafe.owner.browser(), cafe, item(isOffline=True)).status_code == 403
    stranger = paired(florist)
    assert outcomes(send(stranger, florist, item(isOffline=True))) == ["conflict"]
    assert len(purchases(florist)) == 0


def test_the_door_takes_json_of_our_own_pages_alone(cafe: Shop, till: FlaskClient, item: Item) -> None:
    address = f"/b/{cafe.slug}/till/contact"
    body = {"deviceNow": clock.now().isoformat(), "items": [item(isOffline=True)]}
    assert till.post(address, json=body, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert till.post(address, json=body, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert till.post(address, data={"items": "1"}).status_code == 403
    for wrong in (
        "[]",
        "nonsense",
        '{"items": []}',
        '{"deviceNow": "2025-01-01T00:00:00Z", "items": [{"kind": "punch"}]}',
    ):
        answer = till.post(address, data=wrong, content_type="application/json")
        assert answer.status_code == 422, wrong
    assert purchases(cafe) == []
