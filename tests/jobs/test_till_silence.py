"""The owner hears once of a till that has fallen silent, sees it on Home and beside the till, until it is back."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.adapters.mailer import FolderMailer
from app.core import clock
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.domain.localtime import local_day
from app.jobs.notifications import send_messages
from app.jobs.tills import tell_of_silence
from app.models.device import Device
from app.models.due import Due
from app.models.message import Message
from app.services.days import begin_days
from app.services.devices import revoke_device
from tests.factories.businesses import Shop, hire
from tests.factories.people import Person, submit
from tests.factories.programs import owner_of
from tests.web.tills import BEN_PIN, paired, unlock

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Kyiv: at night the same hour of UTC is another local day before clocks changed than after."""
    with clock.frozen(datetime.combine(local_day(clock.now(), KYIV), time(12), KYIV)):
        yield


@pytest.fixture
def ben(cafe: Shop) -> Person:
    """Ben, with a PIN."""
    return hire(cafe, "Ben", "staff", BEN_PIN)


@pytest.fixture
def mails(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that mails land in."""
    usual = app.extensions["mailer"]
    app.extensions["mailer"] = FolderMailer(tmp_path, "regulars@example.com")
    yield tmp_path
    app.extensions["mailer"] = usual


def test_a_till_that_was_left_open_is_missed_after_two_days_and_told_of_once(
    cafe: Shop, ben: Person, mails: Path
) -> None:
    till, now = used(cafe, ben, days_ago=(5, 4, 3)), clock.now()
    with clock.frozen(now - timedelta(days=1, hours=2)):
        look(cafe)
    assert told(cafe) == []
    for _ in range(2):
        look(cafe)
    [message] = told(cafe)
    assert message.user_id == cafe.owner.user_id
    [mail] = [email.message_from_bytes(found.read_bytes(), policy=email.policy.default) for found in mails.iterdir()]
    assert mail["Subject"] == "Counter iPad has been silent for 3 days"
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body is not None
        assert "It was left open, so it may hold work" in body.get_content()
        assert f"/b/{cafe.slug}/tills" in body.get_content()
    contact(till, cafe)
    look(cafe)
    assert len(told(cafe)) == 1
    with clock.frozen(now + timedelta(days=9)):
        look(cafe)
    assert len(told(cafe)) == 2, "a silence of its own"


def test_a_till_that_was_locked_is_missed_if_it_was_in_regular_use(cafe: Shop, ben: Person) -> None:
    submit(used(cafe, ben, days_ago=(10,)), f"/b/{cafe.slug}/till/lock")
    look(cafe)
    assert told(cafe) == []
    regular = used(cafe, ben, days_ago=(7, 6, 5), name="Bar")
    with clock.frozen(clock.now() - timedelta(days=5)):
        submit(regular, f"/b/{cafe.slug}/till/lock")
    look(cafe)
    assert [message.context["deviceName"] for message in told(cafe)] == ["Bar"]
    assert told(cafe)[0].context["isOpen"] is False


def test_two_workers_at_once_tell_once(app: Flask, cafe: Shop, ben: Person) -> None:
    used(cafe, ben, days_ago=(5, 4, 3))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: tell_of_silence(str(cafe.id)), range(4)))
    assert len(told(cafe)) == 1


def test_a_shop_that_closes_for_the_weekend_is_left_in_peace(cafe: Shop, ben: Person) -> None:
    used(cafe, ben, days_ago=(13, 12, 11, 10, 9, 6, 5, 4, 3))
    look(cafe)
    assert told(cafe) == []


def test_home_and_the_list_of_tills_say_so_until_it_is_heard_of_or_taken_out_of_use(cafe: Shop, ben: Person) -> None:
    till, owner = used(cafe, ben, days_ago=(5, 4, 3)), cafe.owner.browser()
    home, tills = f"/b/{cafe.slug}/", f"/b/{cafe.slug}/tills"
    assert "Counter iPad is silent" in owner.get(home).get_data(as_text=True)
    assert "It may hold work that it has not sent" in owner.get(tills).get_data(as_text=True)
    contact(till, cafe)
    assert "is silent" not in owner.get(home).get_data(as_text=True)
    assert "It may hold work" not in owner.get(tills).get_data(as_text=True)
    used(cafe, ben, days_ago=(5, 4, 3), name="Second")
    assert "Second is silent" in owner.get(home).get_data(as_text=True)
    with unit_of_work(cafe.id):
        device_id = session().query(Device.id).filter_by(business_id=cafe.id, name="Second").scalar()
        revoke_device(device_id, actor=owner_of(cafe))
    assert "is silent" not in owner.get(home).get_data(as_text=True)


def test_every_local_day_begins_with_a_look(cafe: Shop) -> None:
    with platform_session():
        begin_days(clock.now())
    with platform_session():
        kinds = set(session().scalars(select(Due.kind).where(Due.business_id == cafe.id)))
    assert {"day", "silence"} <= kinds


def test_another_business_hears_nothing(cafe: Shop, ben: Person, florist: Shop) -> None:
    used(cafe, ben, days_ago=(5, 4, 3))
    look(florist)
    assert told(florist) == []
    assert "is silent" not in florist.owner.browser().get(f"/b/{florist.slug}/").get_data(as_text=True)


def used(shop: Shop, person: Person, *, days_ago: tuple[int, ...], name: str = "Counter iPad") -> FlaskClient:
    """Return a till that somebody opened on those days, and never locked."""
    with clock.frozen(ago(days_ago[0])):
        till = paired(shop, name)
    for days in days_ago:
        with clock.frozen(ago(days)):
            assert unlock(till, shop, person, BEN_PIN).status_code == 303
            contact(till, shop)
    return till


def ago(days: int) -> datetime:
    """Return an instant so many days ago."""
    return clock.now() - timedelta(days=days)


def contact(till: FlaskClient, shop: Shop) -> None:
    """Let the till be heard of."""
    body = {"deviceNow": clock.now().isoformat(), "items": []}
    answer = till.post(f"/b/{shop.slug}/till/contact", json=body, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200


def look(shop: Shop) -> None:
    """Do what a night does."""
    tell_of_silence(str(shop.id))
    send_messages(str(shop.id))


def told(shop: Shop) -> list[Message]:
    """Return what the owners were told."""
    with unit_of_work(shop.id):
        found = list(session().scalars(select(Message).where(Message.kind == "till_silent").order_by(Message.id)))
        session().expunge_all()
        return found
