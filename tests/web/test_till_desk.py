"""At the till things are put right: undone, moved, adjusted; rewards are handed over once; newcomers are added."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.card_tokens import card_token, short_code
from app.core.unit_of_work import session, unit_of_work
from app.domain.localtime import local_day
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.purchase import Purchase
from app.models.redemption import Redemption
from app.models.voucher import Voucher
from app.queries.verification import breaks
from app.services.rewards import add_reward
from tests.factories.businesses import Shop, hire
from tests.factories.people import Person, submit
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, live_punch_card, sell, settle
from tests.web.tills import BEN_PIN, MAX_PIN, keys_in, opened, staff_id


@pytest.fixture
def ben(cafe: Shop) -> Person:
    """Ben, with a PIN."""
    return hire(cafe, "Ben", "staff", BEN_PIN)


@pytest.fixture
def boss(cafe: Shop) -> Person:
    """Max, who manages the café and has a PIN."""
    return hire(cafe, "Max", "manager", MAX_PIN)


@pytest.fixture
def cleo(cafe: Shop) -> UUID:
    """Cleo, who collects punches and points."""
    live_punch_card(cafe)
    live_points(cafe)
    return join(cafe, "Cleo Marsh", phone="+380671234567")


@pytest.fixture
def till(cafe: Shop, ben: Person) -> FlaskClient:
    """The café's till, with Ben at it."""
    return opened(cafe, ben)


def base_of(shop: Shop) -> str:
    """Return where the till's pages begin."""
    return f"/b/{shop.slug}/till"


def punch(till: FlaskClient, shop: Shop, member_id: UUID, count: str = "1") -> str:
    """Punch a card; returns the id of the purchase."""
    key = keys_in(till.get(f"{base_of(shop)}/members/{member_id}").get_data(as_text=True))[0]
    fields = {"kind": "punch", "count": count, "member_id": str(member_id), "purchase_key": key, "again": "yes"}
    answer = submit(till, f"{base_of(shop)}/purchases", **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    settle(shop)
    return answer.location.rpartition("/")[2]


def test_a_purchase_is_taken_back_by_anybody_for_ten_seconds_as_a_reversal(
    cafe: Shop, till: FlaskClient, cleo: UUID
) -> None:
    with clock.frozen(clock.now()):  # ten seconds are soon over on a busy machine
        bought = punch(till, cafe, cleo, "2")
        page = till.get(f"{base_of(cafe)}/purchases/{bought}").get_data(as_text=True)
        assert "Cleo: 2 of 3" in page
        assert "Undo" in page
        for _ in range(2):
            assert submit(till, f"{base_of(cafe)}/purchases/{bought}/undo").status_code == 303
    settle(cafe)
    assert "The punch is taken back" in till.get(f"{base_of(cafe)}/purchases/{bought}").get_data(as_text=True)
    assert "3 more punches" in till.get(f"{base_of(cafe)}/members/{cleo}").get_data(as_text=True)
    with unit_of_work(cafe.id):
        assert [row.status for row in session().scalars(select(Purchase))] == ["cancelled"]


def test_after_ten_seconds_a_manager_s_pin_is_asked_for_and_wrong_ones_count(
    cafe: Shop, till: FlaskClient, cleo: UUID, boss: Person, ben: Person
) -> None:
    bought = punch(till, cafe, cleo)
    address, manager = f"{base_of(cafe)}/purchases/{bought}/undo", str(staff_id(cafe, boss))
    with clock.frozen(clock.now() + timedelta(seconds=16)):
        result = till.get(f"{base_of(cafe)}/purchases/{bought}").get_data(as_text=True)
        assert 'id="undo"' not in result
        refusals = [
            submit(till, address),
            submit(till, address, manager_id=manager, pin="000001"),
            submit(till, address, manager_id=str(staff_id(cafe, ben)), pin=BEN_PIN),
        ]
        assert [answer.status_code for answer in refusals] == [422] * 3
        assert "4 tries left" in refusals[1].get_data(as_text=True)
        assert "Ask an owner or a manager" in refusals[2].get_data(as_text=True)
        assert submit(till, address, manager_id=manager, pin="000001").status_code == 422
        assert submit(till, address, manager_id=manager, pin=MAX_PIN).status_code == 303


def test_staff_signed_in_by_password_send_a_late_undo_to_the_dashboard(cafe: Shop, ben: Person, cleo: UUID) -> None:
    browser = ben.browser()
    bought = punch(browser, cafe, cleo)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        page = browser.get(f"{base_of(cafe)}/purchases/{bought}/undo").get_data(as_text=True)
        assert "A manager can do this in the dashboard" in page
        assert submit(browser, f"{base_of(cafe)}/purchases/{bought}/undo").status_code == 422
        owner = cafe.owner.browser()
        assert submit(owner, f"{base_of(cafe)}/purchases/{bought}/undo").status_code == 303


def test_the_wrong_customer_s_purchase_moves_to_the_right_one(
    cafe: Shop, till: FlaskClient, cleo: UUID, boss: Person
) -> None:
    nia = join(cafe, "Nia Osei")
    bought = punch(till, cafe, cleo, "2")
    address = f"{base_of(cafe)}/purchases/{bought}/move"
    assert "Nia Osei" in till.get(address, query_string={"q": "nia"}).get_data(as_text=True)
    assert submit(till, address).status_code == 422
    assert submit(till, address, member_id=str(nia)).status_code == 303
    settle(cafe)
    assert "1 more punch" in till.get(f"{base_of(cafe)}/members/{nia}").get_data(as_text=True)
    assert "3 more punches" in till.get(f"{base_of(cafe)}/members/{cleo}").get_data(as_text=True)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert submit(till, address, member_id=str(cleo)).status_code == 422
        agreed = submit(till, address, member_id=str(cleo), manager_id=str(staff_id(cafe, boss)), pin=MAX_PIN)
        assert agreed.status_code == 303
    with unit_of_work(cafe.id):
        assert list(breaks(session(), cafe.id)) == []


def test_points_are_adjusted_with_a_reason_and_a_manager_s_pin_once_for_each_form(
    cafe: Shop, till: FlaskClient, cleo: UUID, boss: Person
) -> None:
    sell(cafe, cleo, "50")
    address = f"{base_of(cafe)}/members/{cleo}/adjust"
    page = till.get(address).get_data(as_text=True)
    program = page.partition('name="program_id"')[2].partition('value="')[2].partition('"')[0]
    form = {
        "key": page.partition('name="key" value="')[2].partition('"')[0],
        "program_id": program,
        "points": "−20",
        "reason": "Spilled",
        "manager_id": str(staff_id(cafe, boss)),
    }
    assert submit(till, address, **form, pin="000001").status_code == 422
    assert submit(till, address, **form | {"points": "some"}, pin=MAX_PIN).status_code == 422
    assert submit(till, address, **form | {"points": "-5000"}, pin=MAX_PIN).status_code == 422
    for _ in range(2):
        assert submit(till, address, **form, pin=MAX_PIN).status_code == 303
    with unit_of_work(cafe.id):
        assert session().scalar(select(Enrollment.balance).where(Enrollment.unit == "points")) == 80


def test_a_reward_is_given_once_and_its_code_can_be_scanned(cafe: Shop, till: FlaskClient, cleo: UUID) -> None:
    for _ in range(3):
        sell(cafe, cleo)
    address = f"{base_of(cafe)}/members/{cleo}/redeem"
    page = till.get(address).get_data(as_text=True)
    assert "A coffee on the house" in page
    with unit_of_work(cafe.id):
        voucher_id, code = session().execute(select(Voucher.id, Voucher.code)).one()
    scanned = till.get(f"{base_of(cafe)}/", query_string={"q": code})
    assert scanned.status_code == 303
    assert "Give it, then tap Given" in till.get(scanned.location).get_data(as_text=True)
    answer = submit(till, address, voucher_id=str(voucher_id))
    assert "Given" in till.get(answer.location).get_data(as_text=True)
    again = submit(till, address, voucher_id=str(voucher_id))
    assert again.status_code == 422
    assert "redeemed already" in again.get_data(as_text=True)
    assert "has been given already" in till.get(scanned.location).get_data(as_text=True)


def test_a_reward_for_points_is_given_once_for_each_form_and_others_say_what_is_missing(
    cafe: Shop, till: FlaskClient, cleo: UUID
) -> None:
    with unit_of_work(cafe.id):
        for name, cost in (("Mug", 60), ("Machine", 5000)):
            body = {"name": name, "rewardType": "free_product", "pointsCost": cost}
            add_reward(body, actor=owner_of(cafe))
    sell(cafe, cleo, "50")
    page = till.get(f"{base_of(cafe)}/members/{cleo}/redeem").get_data(as_text=True)
    assert "60 points. 40 points left after it" in page
    assert "4,900 points to go" in page
    form = {
        "key": page.partition('name="key" value="')[2].partition('"')[0],
        "reward_id": page.partition('name="reward_id"')[2].partition('value="')[2].partition('"')[0],
    }
    address = f"{base_of(cafe)}/members/{cleo}/rewards"
    for _ in range(2):
        answer = submit(till, address, **form)
        assert "Mug for 60 points" in till.get(answer.location).get_data(as_text=True)
    with unit_of_work(cafe.id):
        assert list(session().scalars(select(Redemption.status))) == ["redeemed"]
        assert list(breaks(session(), cafe.id)) == []
    fresh = form | {"key": str(cafe.id)}
    refused = submit(till, address, **fresh)
    assert refused.status_code == 422
    assert "20 points to go" in refused.get_data(as_text=True)


def test_a_card_s_qr_code_and_short_code_open_the_customer_for_a_minute(
    cafe: Shop, till: FlaskClient, cleo: UUID
) -> None:
    with unit_of_work(cafe.id):
        own = session().scalar(select(Member.code))
        assert own is not None
        shown = [card_token(cleo, clock.now()), short_code(own, clock.now()), own]
    for text in shown:
        answer = till.get(f"{base_of(cafe)}/", query_string={"q": text})
        assert answer.location == f"{base_of(cafe)}/members/{cleo}", text
    with clock.frozen(clock.now() + timedelta(seconds=90)):
        late = till.get(f"{base_of(cafe)}/", query_string={"q": shown[0]})
        assert "This code has run out" in late.get_data(as_text=True)
        assert till.get(f"{base_of(cafe)}/", query_string={"q": shown[1]}).status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"contact": "067 555 12 34"}, "Ask the customer"),
        ({"contact": "", "agrees": "yes"}, "Enter a phone number or an e-mail address"),
        ({"contact": "not a number", "agrees": "yes"}, "phone"),
        ({"contact": "067 123 45 67", "agrees": "yes"}, "Find them instead"),
    ],
)
def test_a_newcomer_is_refused_with_what_to_do_and_what_was_typed(
    cafe: Shop, till: FlaskClient, cleo: UUID, fields: dict[str, str], said: str
) -> None:
    answer = submit(till, f"{base_of(cafe)}/members/new", **fields, name="Nia Osei")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert 'value="Nia Osei"' in page
    assert f'value="{fields["contact"]}"' in page
    with unit_of_work(cafe.id):
        assert len(list(session().scalars(select(Member.id)))) == 1


def test_the_strip_says_birthday_running_out_points_and_the_note(cafe: Shop, till: FlaskClient) -> None:
    long_ago = (clock.now() - timedelta(days=60)).isoformat()
    config = {"pointsPerDollar": 1, "redemptionRate": 50, "expirationMonths": 1}
    live_points(cafe, ruleConfig=config, startsAt=long_ago)
    born = local_day(clock.now(), ZoneInfo(cafe.timezone)).replace(year=1992)
    nia = join(cafe, "Nia Osei", birthday=born.isoformat())
    sell(cafe, nia, "40", occurredAt=clock.now() - timedelta(days=10))
    with unit_of_work(cafe.id):
        session().execute(select(Member).where(Member.id == nia)).scalar_one().note = "Oat milk, no sugar"
    page = till.get(f"{base_of(cafe)}/members/{nia}").get_data(as_text=True)
    assert "Birthday today" in page
    assert "40 points run out on" in page
    assert "Oat milk, no sugar" in page


def test_usual_amounts_are_one_tap(cafe: Shop, till: FlaskClient, cleo: UUID) -> None:
    for amount in ("4.50", "4.50", "7", "7", "19"):
        sell(cafe, cleo, amount)
    page = till.get(f"{base_of(cafe)}/members/{cleo}/purchase").get_data(as_text=True)
    assert [page.count(f'value="{amount}"') for amount in ("4.50", "7.00", "19.00")] == [1, 1, 0]
    fields = {"member_id": str(cleo), "purchase_key": keys_in(page)[0], "quick": "4.50", "amount": ""}
    assert submit(till, f"{base_of(cafe)}/purchases", **fields).status_code == 303
