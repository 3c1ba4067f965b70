"""Mails about accounts: nobody learns who has one, a link works once and for a while, and a draft is not forgotten."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.adapters.mailer import FolderMailer
from app.core import clock
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.domain.actor import SYSTEM
from app.domain.lifecycle import Action
from app.jobs.notifications import send_messages
from app.jobs.onboarding import nudge_owners
from app.models.business import Business
from app.models.due import Due
from app.models.membership import Membership
from app.models.message import Message
from app.models.user import UserAccount
from app.services.program_lifecycle import move_program
from tests.factories.businesses import Shop, address
from tests.factories.people import PASSWORD, Person, submit

NEW = "five legs and a saddle"
SIGN_UP = {"business_name": "Kava & Co", "timezone": "Europe/Kyiv", "currency": "UAH", "industry": "coffee"}


@pytest.fixture
def mails(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that mails land in."""
    usual = app.extensions["mailer"]
    app.extensions["mailer"] = FolderMailer(tmp_path, "regulars@example.com")
    yield tmp_path
    app.extensions["mailer"] = usual


def test_signing_up_with_an_address_that_has_an_account_founds_nothing_and_says_nothing(
    client: FlaskClient, cafe: Shop, alma: Person, mails: Path
) -> None:
    before = businesses()
    answer = submit(client, "/signup", **SIGN_UP, email=alma.email.upper(), password=NEW)
    assert (answer.status_code, answer.location) == (303, "/sent")
    page = client.get("/sent").get_data(as_text=True)
    assert "Check your e-mail" in page
    assert alma.email not in page
    assert businesses() == before
    assert client.get("/").location == "/login"  # nobody was signed in
    [mail] = sent(cafe, mails)
    assert (mail["To"], mail["Subject"]) == (alma.email, "You have an account already")
    assert "/login" in words(mail)
    assert submit(client, "/login", email=alma.email, password=PASSWORD).status_code == 303


def test_who_has_forgotten_a_password_and_who_has_no_account_get_the_same_answer(
    client: FlaskClient, cafe: Shop, alma: Person, mails: Path
) -> None:
    answers, took = [], []
    for asked in (alma.email, address("stranger")):
        began = time.monotonic()
        answers.append(submit(client, "/password", email=asked))
        took.append(time.monotonic() - began)
    assert [(answer.status_code, answer.location, answer.data) for answer in answers] == [
        (answers[0].status_code, "/sent", answers[0].data)
    ] * 2
    assert min(took) >= 0.3, "nobody is answered before the time that both take"
    [mail] = sent(cafe, mails)
    assert (mail["To"], mail["Subject"]) == (alma.email, "Choose a new password")


def test_a_mailed_link_sets_a_new_password_once_and_ends_every_session(
    client: FlaskClient, cafe: Shop, alma: Person, mails: Path
) -> None:
    elsewhere = alma.browser()
    link = asked_for_link(client, cafe, alma, mails)
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200  # mail readers open links too
    weak = submit(client, link, password="short")
    assert weak.status_code == 422
    assert "Password must have at least 8 characters" in weak.get_data(as_text=True)
    assert "short" not in weak.get_data(as_text=True).partition("<main")[2].replace("Short", "")
    done = submit(client, link, password=NEW)
    assert (done.status_code, done.location) == (303, "/login")
    assert "Your password is changed. Sign in with the new one." in client.get("/login").get_data(as_text=True)
    assert elsewhere.get("/").location == "/login"
    assert submit(client, link, password="another one altogether").status_code == 404
    assert client.get(link).status_code == 404
    assert submit(client, "/login", email=alma.email, password=PASSWORD).status_code == 422
    assert submit(client, "/login", email=alma.email, password=NEW).status_code == 303


def test_a_link_is_over_after_an_hour_and_a_forged_one_opens_nothing(
    client: FlaskClient, cafe: Shop, alma: Person, mails: Path
) -> None:
    link = asked_for_link(client, cafe, alma, mails)
    with clock.frozen(clock.now() + timedelta(minutes=59)):
        assert client.get(link).status_code == 200
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert client.get(link).status_code == 404
        assert "This link does not work any more" in client.get(link).get_data(as_text=True)
    token = link.rpartition("/")[2]
    turned = token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:]
    for forged in (turned, token[1:], "x", "", f"{token}AAAA", "å" * 20):
        assert client.get(f"/password/new/{forged}").status_code in (404, 405), forged
    assert client.get(f"/draft/{token}").status_code == 404  # made for something else


def test_nobody_is_flooded_with_mails(client: FlaskClient, cafe: Shop, alma: Person, mails: Path) -> None:
    for _ in range(5):
        assert submit(client, "/password", email=alma.email).status_code == 303
    assert len(sent(cafe, mails)) == 3


def test_an_address_that_cannot_be_one_is_said_at_once_and_kept(client: FlaskClient) -> None:
    answer = submit(client, "/password", email="alma@")
    assert answer.status_code == 422
    assert 'value="alma@"' in answer.get_data(as_text=True)
    assert "Email must look like name@example.com" in answer.get_data(as_text=True)


def test_an_owner_who_has_not_activated_is_reminded_after_one_and_after_twenty_hours(
    client: FlaskClient, app: Flask, mails: Path
) -> None:
    business_id, _ = signed_up(client)
    with app.app_context():
        founded = clock.now()
        assert [round((at - founded) / timedelta(hours=1)) for at in due_at(business_id)] == [1, 20]
        for hours, expected in ((0.5, 0), (1, 1), (1, 1), (20, 2), (20, 2), (40, 2)):
            with clock.frozen(founded + timedelta(hours=hours, seconds=5)):
                nudge_owners(str(business_id))
                send_messages(str(business_id))
            assert len(list(mails.glob("*.eml"))) == expected, hours
        assert due_at(business_id) == []
    assert {mail["Subject"] for mail in read(mails)} == {"Coffee Punch Card is ready when you are"}


def test_an_owner_who_is_live_is_left_alone(client: FlaskClient, app: Flask, mails: Path) -> None:
    business_id, ready = signed_up(client)
    submit(client, f"{ready}/activate")
    with app.app_context(), clock.frozen(clock.now() + timedelta(hours=21)):
        nudge_owners(str(business_id))
        send_messages(str(business_id))
    assert list(mails.glob("*.eml")) == []


def test_the_link_of_the_reminder_leads_to_the_review_from_where_one_is_signed_in_and_from_elsewhere(
    client: FlaskClient, app: Flask, mails: Path, dora: Person
) -> None:
    business_id, ready = signed_up(client)
    program_id = ready.rpartition("/")[2]
    with app.app_context(), clock.frozen(clock.now() + timedelta(hours=1, seconds=5)):
        nudge_owners(str(business_id))
        send_messages(str(business_id))
    [mail] = read(mails)
    link = link_of(mail, "/draft/")
    here = client.get(link)
    assert here.status_code == 303
    assert here.location.endswith(f"/programs/{program_id}/review")
    assert "Activate Now" in client.get(here.location).get_data(as_text=True)
    elsewhere, doras = app.test_client(), dora.browser()
    for browser in (elsewhere, doras):
        asked = browser.get(link)
        assert asked.status_code == 200
        assert "Open my draft" in asked.get_data(as_text=True)
    opened = submit(elsewhere, link)
    assert opened.location == here.location
    assert elsewhere.get(opened.location).status_code == 200
    with app.app_context(), unit_of_work(business_id):
        move_program(UUID(program_id), Action.ACTIVATE, actor=SYSTEM)
    assert app.test_client().get(link).location.endswith("/")  # it is live: nothing is left to sign in for


def test_the_link_of_a_reminder_dies_with_the_password_it_was_made_under(
    client: FlaskClient, app: Flask, mails: Path
) -> None:
    business_id, _ = signed_up(client)
    with app.app_context(), clock.frozen(clock.now() + timedelta(hours=1, seconds=5)):
        nudge_owners(str(business_id))
        send_messages(str(business_id))
    link = link_of(read(mails)[0], "/draft/")
    with app.app_context(), platform_session():
        owners = select(Membership.user_id).where(Membership.business_id == business_id)
        session().scalars(select(UserAccount).where(UserAccount.id.in_(owners))).one().password_hash = "another"
    assert app.test_client().get(link).status_code == 404


def asked_for_link(client: FlaskClient, shop: Shop, person: Person, mails: Path) -> str:
    """Ask for a new password, and return the address in the mail."""
    submit(client, "/password", email=person.email)
    [mail] = sent(shop, mails)
    return link_of(mail, "/password/new/")


def signed_up(client: FlaskClient) -> tuple[UUID, str]:
    """Sign a new owner up; returns the business, and where the ready draft is."""
    answer = submit(client, "/signup", **SIGN_UP, email=address("Olena"), password=PASSWORD)
    slug = answer.location.split("/")[2]
    with client.application.app_context(), platform_session():
        return session().execute(select(Business.id).where(Business.slug == slug)).scalar_one(), answer.location


def businesses() -> int:
    """How many there are."""
    with platform_session():
        return len(session().scalars(select(Business.id)).all())


def due_at(business_id: UUID) -> list[Any]:
    """When the reminders of a business are due."""
    with platform_session():
        wanted = select(Due.due_at).where(Due.business_id == business_id, Due.kind == "nudges")
        return list(session().scalars(wanted.order_by(Due.due_at)))


def sent(shop: Shop, mails: Path) -> list[Any]:
    """Send what waits; returns all mails. No row of them holds a link."""
    with unit_of_work(shop.id):
        assert all("http" not in str(context) for context in session().scalars(select(Message.context)))
    send_messages(str(shop.id))
    return read(mails)


def read(mails: Path) -> list[Any]:
    """The mails that lie in the folder."""
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in mails.glob("*.eml")]


def words(mail: Any) -> str:
    """The plain text of a mail."""
    return str(mail.get_body(("plain",)).get_content())


def link_of(mail: Any, path: str) -> str:
    """The address in a mail that begins with a path; the same in its text and in its HTML."""
    found = re.findall(rf"https?://[^/\s\"]+({path}[\w-]+)", words(mail))
    assert found == re.findall(rf"https?://[^/\s\"]+({path}[\w-]+)", mail.get_body(("html",)).get_content())
    return str(found[0])
