"""A till is paired once, opened by a name and a PIN, and locks: by hand, by itself, after wrong PINs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.till import TillSettings
from app.models.audit_log import AuditRecord
from app.models.device import Device, PinGuard
from app.models.message import Message
from app.services.devices import change_till_settings, make_pairing_code, revoke_device
from app.services.pins import try_pin
from app.services.staff import remove_staff, update_staff
from tests.factories.businesses import Shop, hire
from tests.factories.people import Person, submit
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_punch_card
from tests.web.tills import BEN_PIN, MAX_PIN, keys_in, opened, paired, staff_id, unlock


@pytest.fixture
def ben(cafe: Shop) -> Person:
    """Ben, with a PIN."""
    return hire(cafe, "Ben", "staff", BEN_PIN)


def test_a_code_pairs_one_device_once_within_ten_minutes(cafe: Shop, florist: Shop) -> None:
    with unit_of_work(cafe.id):
        code = make_pairing_code("Counter iPad", None, actor=owner_of(cafe))
        late = make_pairing_code("Late", None, actor=owner_of(cafe))
    address = f"/b/{cafe.slug}/till/pair"
    elsewhere = submit(cafe.owner.app.test_client(), f"/b/{florist.slug}/till/pair", code=code)
    assert elsewhere.status_code == 422
    first = cafe.owner.app.test_client()
    assert submit(first, address, code=f" {code[:4].lower()} {code[4:]} ").status_code == 303
    assert "Who is at the till?" in first.get(f"/b/{cafe.slug}/till/lock").get_data(as_text=True)
    again = submit(cafe.owner.app.test_client(), address, code=code)
    assert again.status_code == 422
    assert "This code is not right" in again.get_data(as_text=True)
    with clock.frozen(clock.now() + timedelta(minutes=10, seconds=1)):
        assert submit(cafe.owner.app.test_client(), address, code=late).status_code == 422
    with unit_of_work(cafe.id):
        assert session().query(Device).filter_by(business_id=cafe.id).count() == 1


def test_staff_choose_their_name_type_their_pin_and_lock_again(cafe: Shop, ben: Person) -> None:
    live_punch_card(cafe)
    cleo = join(cafe, "Cleo Marsh")
    till = paired(cafe)
    base = f"/b/{cafe.slug}/till"
    sent_away = till.get(f"{base}/members/{cleo}")
    assert sent_away.status_code == 303
    assert sent_away.location.startswith(f"{base}/lock?next=")
    assert "Cleo" not in till.get(f"{base}/lock").get_data(as_text=True)
    who = till.get(sent_away.location).get_data(as_text=True)
    assert "Ben" in who
    opened_at = submit(
        till, f"{base}/unlock", staff_id=str(staff_id(cafe, ben)), pin=BEN_PIN, next=f"{base}/members/{cleo}"
    )
    assert opened_at.location == f"{base}/members/{cleo}"
    page = till.get(opened_at.location).get_data(as_text=True)
    assert "Cleo Marsh" in page
    assert "Counter iPad" in page
    submit(till, f"{base}/purchases", kind="punch", member_id=str(cleo), purchase_key=keys_in(page)[0])
    history = till.get(f"{base}/history").get_data(as_text=True)
    assert "1 punch" in history
    assert ", Ben" in history
    assert submit(till, f"{base}/lock").status_code == 303
    assert till.get(f"{base}/").status_code == 303


def test_a_pin_opens_the_till_and_nothing_else(cafe: Shop, ben: Person) -> None:
    boss = hire(cafe, "Max", "manager", MAX_PIN)
    till = opened(cafe, boss, MAX_PIN)
    assert till.get(f"/b/{cafe.slug}/till/").status_code == 200
    assert 'aria-label="Home"' not in till.get(f"/b/{cafe.slug}/till/").get_data(as_text=True)
    assert till.get(f"/b/{cafe.slug}/").status_code == 303
    assert till.get(f"/b/{cafe.slug}/tills").location.startswith("/login")


def test_a_copied_sign_in_does_not_open_another_device(cafe: Shop, ben: Person) -> None:
    till, other = opened(cafe, ben), paired(cafe, "Second")
    copied = till.get_cookie("till-sid", path=f"/b/{cafe.slug}/till")
    assert copied is not None
    other.set_cookie("till-sid", copied.value, path=f"/b/{cafe.slug}/till")
    assert other.get(f"/b/{cafe.slug}/till/").status_code == 303
    submit(till, f"/b/{cafe.slug}/till/lock")
    till.set_cookie("till-sid", copied.value, path=f"/b/{cafe.slug}/till")
    assert till.get(f"/b/{cafe.slug}/till/").status_code == 303


def test_the_fifth_wrong_pin_locks_for_growing_pauses_and_the_owner_is_told(cafe: Shop, ben: Person) -> None:
    till, start = paired(cafe), clock.now()
    with clock.frozen(start):
        for left in (4, 3, 2):
            answer = unlock(till, cafe, ben, "000001")
            assert answer.status_code == 422
            assert f"That PIN is not right. {left} tries left." in answer.get_data(as_text=True)
        assert "1 try left." in unlock(till, cafe, ben, "000001").get_data(as_text=True)
        fifth = unlock(till, cafe, ben, "000001")
        assert fifth.status_code == 429
        assert "Try again in 15 minutes" in fifth.get_data(as_text=True)
        assert unlock(till, cafe, ben, BEN_PIN).status_code == 429
        assert unlock(paired(cafe, "Second"), cafe, ben, BEN_PIN).status_code == 303
    with clock.frozen(start + timedelta(minutes=15, seconds=1)):
        assert "Try again in 30 minutes" in unlock(till, cafe, ben, "000001").get_data(as_text=True)
        needs = cafe.owner.browser().get(f"/b/{cafe.slug}/attention").get_data(as_text=True)
        assert "6 wrong PINs for Ben on Counter iPad" in needs
        with unit_of_work(cafe.id):
            mails = session().query(Message).filter_by(kind="till_locked").all()
            assert [(mail.user_id, mail.context["staffName"]) for mail in mails] == [(cafe.owner.user_id, "Ben")]
    with clock.frozen(start + timedelta(minutes=46)):
        assert unlock(till, cafe, ben, BEN_PIN).status_code == 303
        assert "4 tries left" in unlock(till, cafe, ben, "000001").get_data(as_text=True)


def test_fifty_guesses_at_once_are_five_tries(cafe: Shop, ben: Person) -> None:
    paired(cafe)
    with unit_of_work(cafe.id):
        device_id = session().query(Device.id).filter_by(business_id=cafe.id).scalar()
    person = staff_id(cafe, ben)

    def guess(number: int) -> bool:
        with cafe.owner.app.app_context(), unit_of_work(cafe.id):
            return try_pin(device_id, person, f"{number:06d}").locked_until is None

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(50)))
    assert sum(answers) == 4
    with unit_of_work(cafe.id):
        assert session().query(PinGuard.failures).filter_by(business_id=cafe.id).scalar() == 5


def test_no_pin_no_such_person_and_a_wrong_pin_are_answered_alike(cafe: Shop, ben: Person, dora: Person) -> None:
    without = hire(cafe, "Nia", "staff")
    till = paired(cafe)
    nobody = submit(till, f"/b/{cafe.slug}/till/unlock", staff_id=str(cafe.id), pin="111112")
    answers = [nobody, *(unlock(till, cafe, person, "111112") for person in (ben, without))]
    assert {answer.status_code for answer in answers} == {422}
    assert "4 tries left." in answers[1].get_data(as_text=True)


@pytest.mark.parametrize(
    ("auto_lock", "minutes", "status"), [("2min", 1.9, 200), ("2min", 2.3, 303), ("15min", 14, 200)]
)
def test_an_idle_till_locks_by_itself(cafe: Shop, ben: Person, auto_lock: str, minutes: float, status: int) -> None:
    with unit_of_work(cafe.id):
        change_till_settings(TillSettings(auto_lock), actor=owner_of(cafe))
    till = opened(cafe, ben)
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        assert till.get(f"/b/{cafe.slug}/till/").status_code == status


def test_a_till_that_locks_after_each_sale_leaves_time_for_the_result(cafe: Shop, ben: Person) -> None:
    live_punch_card(cafe)
    with unit_of_work(cafe.id):
        change_till_settings(TillSettings("sale"), actor=owner_of(cafe))
    till, cleo, base = opened(cafe, ben), join(cafe, "Cleo"), f"/b/{cafe.slug}/till"
    key = keys_in(till.get(f"{base}/members/{cleo}").get_data(as_text=True))[0]
    done = submit(till, f"{base}/purchases", kind="punch", member_id=str(cleo), purchase_key=key)
    with clock.frozen(clock.now() + timedelta(seconds=10)):
        assert till.get(done.location).status_code == 200
    with clock.frozen(clock.now() + timedelta(seconds=20)):
        assert till.get(f"{base}/").status_code == 303


def test_a_revoked_till_a_new_pin_and_a_dismissal_end_the_sign_in(cafe: Shop, ben: Person) -> None:
    base = f"/b/{cafe.slug}/till/"
    till = opened(cafe, ben)
    with unit_of_work(cafe.id):
        update_staff(staff_id(cafe, ben), {"pin": "731940"}, owner_of(cafe))
    assert till.get(base).status_code == 303
    till = opened(cafe, ben, "731940", name="Second")
    with unit_of_work(cafe.id):
        device_id = session().query(Device.id).filter_by(business_id=cafe.id, name="Second").scalar()
        revoke_device(device_id, actor=owner_of(cafe))
    assert till.get(base).location.startswith("/login")
    till = opened(cafe, ben, "731940", name="Third")
    with unit_of_work(cafe.id):
        remove_staff(staff_id(cafe, ben), owner_of(cafe))
    assert till.get(base).status_code == 303


def test_the_owner_pairs_names_moves_and_revokes_tills_on_a_page(cafe: Shop, ben: Person) -> None:
    place = cafe.owner.post("/locations", {"name": "Podil"}).json["id"]
    browser, page = cafe.owner.browser(), f"/b/{cafe.slug}/tills"
    empty = submit(browser, f"{page}/codes", name=" ")
    assert empty.status_code == 422
    assert "Enter a name for the till" in empty.get_data(as_text=True)
    made = submit(browser, f"{page}/codes", name="Counter iPad", location_id=place).get_data(as_text=True)
    code = made.partition('r-pairing__code">')[2].partition("<")[0].strip()
    till = cafe.owner.app.test_client()
    assert submit(till, f"/b/{cafe.slug}/till/pair", code=code).status_code == 303
    unlock(till, cafe, ben, BEN_PIN)
    assert "<b>Podil</b>" in till.get(f"/b/{cafe.slug}/till/").get_data(as_text=True)
    listed = browser.get(page).get_data(as_text=True)
    assert "Counter iPad" in listed
    device = listed.partition(f'href="{page}/')[2].partition('"')[0]
    assert submit(browser, f"{page}/{device}", name="Bar", location_id="").status_code == 303
    assert "Bar" in browser.get(page).get_data(as_text=True)
    assert submit(browser, f"{page}/settings", auto_lock="2min", offline_rewards="99").status_code == 422
    assert submit(browser, f"{page}/settings", auto_lock="2min", offline_rewards="3").status_code == 303
    assert submit(browser, f"{page}/{device}/revoke").status_code == 303
    assert "No till is paired yet" in browser.get(page).get_data(as_text=True)
    with unit_of_work(cafe.id):
        actions = [row.action for row in session().query(AuditRecord).order_by(AuditRecord.id) if "till" in row.action]
    assert actions == ["till.pairing_code_made", "till.paired", "till.changed", "till.settings_changed", "till.revoked"]


def test_no_row_holds_a_code_or_a_secret(cafe: Shop) -> None:
    till = paired(cafe)
    secret = till.get_cookie("till-device", path=f"/b/{cafe.slug}/till")
    assert secret is not None
    with unit_of_work(cafe.id):
        assert secret.value.encode() not in session().query(Device.secret_hash).filter_by(business_id=cafe.id).scalar()
