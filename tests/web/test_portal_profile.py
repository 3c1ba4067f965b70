"""Cleo's own details: what she changes, what she allows, a copy of everything, and the way out."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.errors import NotFound
from app.jobs.notifications import send_messages
from app.jobs.relay import relay_events
from app.models.audit_log import AuditRecord
from app.queries.consents import consent_history, consents_of, refusals
from app.queries.members import member
from app.services.portal_profile import BIRTHDAY_EVERY
from tests.factories.businesses import Shop
from tests.factories.people import submit
from tests.factories.portal import card_browser, mailed_code, mails_to, own_address
from tests.factories.trade import join, live_points, live_punch_card, sell


@pytest.fixture
def address() -> str:
    return own_address("cleo")


@pytest.fixture
def cleo(cafe: Shop, address: str) -> UUID:
    return join(cafe, "Cleo", email=address)


@pytest.fixture
def browser(app: Flask, cafe: Shop, cleo: UUID, address: str) -> FlaskClient:
    return card_browser(app, cafe, address)


def test_a_name_is_changed_at_once_and_a_birthday_once_a_year(
    app: Flask, cafe: Shop, cleo: UUID, browser: FlaskClient, address: str
) -> None:
    def send(birthday: str) -> int:
        path = f"/m/{cafe.slug}/profile/details"
        return submit(browser, path, name="Cleo Marsh", birthday=birthday).status_code

    now = clock.now()
    assert send("1990-12-25") == 303
    assert _member(cafe, cleo)["name"] == "Cleo Marsh"
    assert str(_member(cafe, cleo)["birthday"]) == "1990-12-25"
    assert send("1991-01-01") == 422
    assert str(_member(cafe, cleo)["birthday"]) == "1990-12-25"
    with clock.frozen(now + BIRTHDAY_EVERY - timedelta(minutes=1)):
        again = card_browser(app, cafe, address)
        refused = submit(again, f"/m/{cafe.slug}/profile/details", name="Cleo", birthday="1991-01-01")
    assert refused.status_code == 422
    assert "You can change your birthday again on" in refused.get_data(as_text=True)
    with clock.frozen(now + BIRTHDAY_EVERY + timedelta(minutes=1)):
        again = card_browser(app, cafe, address)
        assert submit(again, f"/m/{cafe.slug}/profile/details", name="Cleo", birthday="1991-01-01").status_code == 303


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "birthday": ""}, "There is a problem"),
        ({"name": "Cleo", "birthday": "yesterday"}, "Birthday must be a date such as 1990-12-25"),
        ({"name": "Cleo", "birthday": "2999-01-01"}, "Birthday must be a day between 1900 and today"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    cafe: Shop, browser: FlaskClient, fields: dict[str, str], words: str
) -> None:
    answer = submit(browser, f"/m/{cafe.slug}/profile/details", **fields)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert f'value="{fields["birthday"]}"' in answer.get_data(as_text=True)


def test_a_new_address_counts_once_its_own_code_is_typed(
    app: Flask, cafe: Shop, cleo: UUID, browser: FlaskClient, address: str
) -> None:
    new = own_address("cleo")
    asked = submit(browser, f"/m/{cafe.slug}/profile/contact", contact=new)
    assert asked.status_code == 303
    assert _member(cafe, cleo)["email"] == address
    code = mailed_code(app, cafe, new)
    assert submit(browser, asked.headers["Location"], code="000000" if code != "000000" else "1").status_code == 422
    assert submit(browser, asked.headers["Location"], code=code).status_code == 303
    assert _member(cafe, cleo)["email"] == new


def test_a_new_number_is_confirmed_by_the_address_that_is_known(
    app: Flask, cafe: Shop, cleo: UUID, browser: FlaskClient, address: str
) -> None:
    asked = submit(browser, f"/m/{cafe.slug}/profile/contact", contact="067 123 45 67")
    submit(browser, asked.headers["Location"], code=mailed_code(app, cafe, address))
    assert _member(cafe, cleo)["phone"] == "+380671234567"


def test_whose_contact_it_is_already_is_told_to_nobody(
    app: Flask, cafe: Shop, cleo: UUID, browser: FlaskClient, address: str
) -> None:
    join(cafe, "Zora Vane", phone="+380671234567")
    asked = submit(browser, f"/m/{cafe.slug}/profile/contact", contact="+380671234567")
    refused = submit(browser, asked.headers["Location"], code=mailed_code(app, cafe, address))
    page = refused.get_data(as_text=True)
    assert (refused.status_code, "Ask the staff" in page, "Zora" in page) == (422, True, False)
    assert _member(cafe, cleo)["phone"] is None


def test_a_code_for_a_change_opens_no_session_and_serves_nobody_else(
    app: Flask, cafe: Shop, cleo: UUID, browser: FlaskClient
) -> None:
    new, other = own_address("cleo"), own_address("zora")
    page = submit(browser, f"/m/{cafe.slug}/profile/contact", contact=new).headers["Location"]
    code = mailed_code(app, cafe, new)
    challenge = page.rpartition("/")[2]
    assert submit(app.test_client(), f"/m/{cafe.slug}/enter/{challenge}", code=code).status_code == 422
    join(cafe, "Zora", email=other)
    assert submit(card_browser(app, cafe, other), page, code=code).status_code == 422
    assert _member(cafe, cleo)["email"] != new


def test_consents_are_given_one_by_one_and_every_word_is_kept(cafe: Shop, cleo: UUID, browser: FlaskClient) -> None:
    path = f"/m/{cafe.slug}/profile/consents"
    submit(browser, path, card_mail="yes", offers_mail="yes")
    submit(browser, path, card_mail="yes")
    submit(browser, path, card_mail="yes")
    with unit_of_work(cafe.id):
        assert consents_of(cleo) == {"card_mail": True, "offers_mail": False, "push": False}
        said = [(one["kind"], one["isGiven"]) for one in consent_history(cleo)]
    assert sorted(said) == [("card_mail", True), ("offers_mail", False), ("offers_mail", True)]


def test_which_mails_come_is_chosen_one_by_one_and_only_what_changes_is_kept(
    app: Flask, cafe: Shop, cleo: UUID, browser: FlaskClient, address: str
) -> None:
    live_punch_card(cafe)
    profile = f"/m/{cafe.slug}/profile"
    assert "Rewards: new ones" in browser.get(profile).text
    wanted = dict.fromkeys(("mail_points", "mail_tiers", "mail_programs"), "yes")
    for topics, comes in (({**wanted, "mail_rewards": "yes"}, True), (wanted, False)):
        submit(browser, f"{profile}/mails", **topics)
        before = len(mails_to(app, address))
        for _ in range(3):
            sell(cafe, cleo, "10")
        relay_events(str(cafe.id))
        send_messages(str(cafe.id))
        assert (len(mails_to(app, address)) > before) is comes
    with unit_of_work(cafe.id):
        assert [(one["kind"], one["isGiven"]) for one in consent_history(cleo)] == [("mail_rewards", False)]
        assert refusals([cleo]) == {(cleo, "mail_rewards")}
    assert 'name="mail_rewards"' in browser.get(profile).text


def test_who_takes_it_back_is_written_to_no_more(
    app: Flask, cafe: Shop, cleo: UUID, browser: FlaskClient, address: str
) -> None:
    live_punch_card(cafe)
    for sends_mail in (True, False):
        submit(browser, f"/m/{cafe.slug}/profile/consents", **({"card_mail": "yes"} if sends_mail else {}))
        before = len(mails_to(app, address))
        for _ in range(3):
            sell(cafe, cleo, "10")
        relay_events(str(cafe.id))
        send_messages(str(cafe.id))
        assert (len(mails_to(app, address)) > before) is sends_mail
    submit(app.test_client(), f"/m/{cafe.slug}/sign-in", contact=address)
    assert mailed_code(app, cafe, address), "the code that was asked for comes all the same"


def test_who_was_never_asked_sees_what_holds_for_them_and_can_say_no(
    cafe: Shop, cleo: UUID, browser: FlaskClient
) -> None:
    page = browser.get(f"/m/{cafe.slug}/profile").get_data(as_text=True)
    ticked = re.findall(r'name="(\w+_mail)"\s+value="yes"\s+checked', page)
    assert ticked == ["card_mail"]
    submit(browser, f"/m/{cafe.slug}/profile/consents")
    with unit_of_work(cafe.id):
        assert (cleo, "card_mail") in refusals([cleo])
    assert "checked" not in browser.get(f"/m/{cafe.slug}/profile").get_data(as_text=True)


def test_she_takes_everything_with_her_as_a_file(cafe: Shop, cleo: UUID, browser: FlaskClient, address: str) -> None:
    live_points(cafe)
    for _ in range(3):
        sell(cafe, cleo, "10")
    answer = browser.get(f"/m/{cafe.slug}/profile/data")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{cafe.slug}-my-data.json"'
    copy = json.loads(answer.data)
    assert copy["member"]["email"] == address
    assert [len(copy[key]) for key in ("purchases", "movements", "programs")] == [3, 3, 1]
    assert "multiplier" not in answer.get_data(as_text=True).lower()


def test_deleting_is_typed_explained_and_final(cafe: Shop, cleo: UUID, browser: FlaskClient) -> None:
    live_points(cafe)
    sell(cafe, cleo, "10")
    path = f"/m/{cafe.slug}/profile/erase"
    page = browser.get(path).get_data(as_text=True)
    for words in ("This cannot be undone.", "Your 20 points and rewards are lost.", "without your name"):
        assert words in page, words
    refused = submit(browser, path, word="yes")
    assert (refused.status_code, _member(cafe, cleo)["name"]) == (422, "Cleo")
    done = submit(browser, path, word="delete")
    assert "You are deleted" in done.get_data(as_text=True)
    assert browser.get(f"/m/{cafe.slug}/").status_code == 303
    with pytest.raises(NotFound):
        _member(cafe, cleo)


def test_signing_out_elsewhere_keeps_this_device(app: Flask, cafe: Shop, browser: FlaskClient, address: str) -> None:
    other = card_browser(app, cafe, address)
    submit(browser, f"/m/{cafe.slug}/profile/sign-out-everywhere")
    assert browser.get(f"/m/{cafe.slug}/").status_code == 200
    assert other.get(f"/m/{cafe.slug}/").status_code == 303


def test_the_audit_log_says_that_the_member_did_it(cafe: Shop, browser: FlaskClient) -> None:
    submit(browser, f"/m/{cafe.slug}/profile/details", name="Cleo Marsh", birthday="")
    with unit_of_work(cafe.id) as session:
        rows = session.execute(
            select(AuditRecord.actor_kind, AuditRecord.after).where(AuditRecord.action == "member.updated")
        ).all()
    assert [tuple(row) for row in rows] == [("member", {"fields": ["name"]})]


def _member(shop: Shop, member_id: UUID) -> dict[str, object]:
    with unit_of_work(shop.id):
        return member(member_id)
