"""A customer joins at the counter of Café Alma: one page, one box, one tick; and nobody learns who was in before."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.unit_of_work import unit_of_work
from app.factory import create_app
from app.queries.consents import consent_history
from app.queries.enrollments import enrollments_of
from app.queries.members import member, members_slice
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.portal import ENDOWED_CARD, mailed_code, own_address
from tests.factories.trade import join, live_points, live_punch_card
from tests.support.app import close, settings_for
from tests.support.databases import Database
from tests.web.test_portal_sign_in import CHANGING
from tests.web.test_tries import Elsewhere


@pytest.fixture
def limited(database: Database) -> Iterator[Flask]:
    """An application that mails three codes an hour for one contact, and takes twenty tries an hour from one address.

    Not a minute: on a slow machine it would slide on under the tries. Each browser has an address of its own.
    """
    limits = {"code_rate_limit": "3 per hour", "auth_rate_limit": "20 per hour"}
    made = create_app(settings_for(database, **limits))
    made.test_client_class = Elsewhere
    yield made
    close(made)


def test_the_page_says_the_offer_and_asks_for_one_thing(cafe: Shop, client: FlaskClient) -> None:
    live_punch_card(cafe, ruleConfig=ENDOWED_CARD)
    page = client.get(f"/m/{cafe.slug}/join").get_data(as_text=True)
    for words in (
        "Collect 9 punches, get ",
        "2 punches are on us.",
        "No app needed",
        "Join</button>",
    ):
        assert words in page, words
    asked = re.findall(r'<input(?![^>]*type="hidden")[^>]*name="(\w+)"', page)
    assert asked == ["contact", "agreed"]


def test_who_joins_by_mail_has_a_card_with_a_start_and_is_led_to_it(app: Flask, cafe: Shop) -> None:
    live_punch_card(cafe, ruleConfig=ENDOWED_CARD)
    live_points(cafe)
    address, client = own_address("cleo"), app.test_client()
    answer = submit(client, f"/m/{cafe.slug}/join", contact=f" {address.upper()} ", agreed="yes")
    assert answer.status_code == 303
    assert "We have sent a code" in client.get(answer.headers["Location"]).get_data(as_text=True)
    submit(client, answer.headers["Location"], code=mailed_code(app, cafe, address))
    card = client.get(f"/m/{cafe.slug}/").get_data(as_text=True)
    assert "7 more punches" in card
    assert "Your card is ready. 2 punches are on us." in card
    with unit_of_work(cafe.id):
        [found] = members_slice(q=address.split("@", maxsplit=1)[0]).rows
        assert found["email"] == address
        assert {one["ruleType"] for one in enrollments_of(found["id"])} == {"PUNCH_CARD", "POINTS_BASED"}
        [said] = consent_history(found["id"])
    assert (said["kind"], said["isGiven"], said["source"]) == ("card_mail", True, "join")
    assert said["words"].startswith("Café Alma may keep my number")


def test_who_joins_by_phone_says_the_number_from_now_on(app: Flask, cafe: Shop, alma: Person) -> None:
    client = app.test_client()
    answer = submit(client, f"/m/{cafe.slug}/join", contact="067 123 45 67", agreed="yes")
    assert answer.headers["Location"] == f"/m/{cafe.slug}/joined"
    assert "Say your phone number when you pay" in client.get(answer.headers["Location"]).get_data(as_text=True)
    assert [one["phone"] for one in alma.get("/members").json["data"]] == ["+380671234567"]


def test_joining_twice_makes_one_member_and_says_the_same(app: Flask, cafe: Shop, alma: Person) -> None:
    for contact in ("+380671234567", own_address("cleo")):
        said = []
        for _ in range(2):
            client = app.test_client()
            answer = submit(client, f"/m/{cafe.slug}/join", contact=contact, agreed="yes")
            page = client.get(answer.headers["Location"])
            where = CHANGING.sub(b"", answer.headers["Location"].encode())
            said.append((answer.status_code, where, CHANGING.sub(b"", page.get_data())))
        assert said[0] == said[1]
    assert len(alma.get("/members").json["data"]) == 2


def test_joining_again_changes_nothing_about_a_member(app: Flask, cafe: Shop, alma: Person) -> None:
    cleo = join(cafe, "Cleo", phone="+380671234567")
    friend = alma.get(f"/members/{join(cafe, 'Fay')}").json["referralCode"]
    submit(app.test_client(), f"/m/{cafe.slug}/join", contact="+380671234567", agreed="yes", referral_code=friend)
    with unit_of_work(cafe.id):
        assert member(cleo)["referredBy"] is None
        assert consent_history(cleo) == []


def test_a_friend_s_code_from_the_link_is_kept(app: Flask, cafe: Shop, alma: Person, client: FlaskClient) -> None:
    fay = join(cafe, "Fay")
    code = alma.get(f"/members/{fay}").json["referralCode"]
    assert f'value="{code}"' in client.get(f"/m/{cafe.slug}/join?friend={code}").get_data(as_text=True)
    submit(client, f"/m/{cafe.slug}/join", contact="+380671234567", agreed="yes", referral_code=code.lower())
    newest = alma.get("/members").json["data"][0]
    assert (newest["phone"], newest["referredBy"]) == ("+380671234567", str(fay))


def test_everything_that_is_missing_is_told_at_once_and_nothing_is_made(
    cafe: Shop, alma: Person, client: FlaskClient
) -> None:
    answer = submit(client, f"/m/{cafe.slug}/join", contact="123", referral_code="NOBODY")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Error: Join Café Alma" in page
    for words in ("Enter a phone number in the correct format", "Tick the box"):
        assert page.count(words) == 2, "in the summary and beside the field"
    assert 'value="123"' in page and 'value="NOBODY"' in page
    wrong = submit(client, f"/m/{cafe.slug}/join", contact="+380671234567", agreed="yes", referral_code="NOBODY")
    assert (wrong.status_code, "No member has this code" in wrong.get_data(as_text=True)) == (422, True)
    assert alma.get("/members").json["data"] == []


def test_without_a_program_one_can_still_join(cafe: Shop, client: FlaskClient) -> None:
    assert "Your card at Café Alma" in client.get(f"/m/{cafe.slug}/join").get_data(as_text=True)


def test_codes_for_one_address_are_limited_and_strangers_are_told_the_same(cafe: Shop, limited: Flask) -> None:
    address = own_address("cleo")
    join(cafe, "Cleo", email=address)
    for contact in (address, own_address("zora")):
        said = [submit(limited.test_client(), f"/m/{cafe.slug}/sign-in", contact=contact) for _ in range(4)]
        assert [answer.status_code for answer in said] == [303, 303, 303, 422]
        assert "many codes in an hour" in said[-1].get_data(as_text=True)


def test_tries_from_one_address_are_limited(cafe: Shop, limited: Flask) -> None:
    client, path = limited.test_client(), f"/m/{cafe.slug}/sign-in"
    said = [submit(client, path, contact=own_address("zora")).status_code for _ in range(25)]
    assert said == [303] * 20 + [429] * 5
