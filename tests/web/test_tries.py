"""How often a secret may be tried on the pages: each bucket fills up, says how long to wait, and spares others."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.account_links import AccountLink, Purpose, account_token
from app.core.clock import now
from app.core.ids import new_id
from app.core.invitation_links import InvitationLink, invitation_token
from app.core.unit_of_work import unit_of_work
from app.factory import create_app
from app.services.invitations import invite_staff
from tests.factories.businesses import Shop, address, hire
from tests.factories.people import PASSWORD, Person, submit
from tests.factories.portal import own_address
from tests.factories.programs import owner_of
from tests.factories.trade import join
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database
from tests.web.tills import BEN_PIN, MAX_PIN, paired, staff_id, unlock

TRIES, LOOK_UPS, CODES = 4, 3, 2

Try = Callable[[Shop, FlaskClient], TestResponse]


class Elsewhere(Client):
    """A browser at a network address of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Choose the address."""
        super().__init__(*args, **kwargs)
        self.environ_base["REMOTE_ADDR"] = f"address {uuid4()}"


@pytest.fixture(scope="module")
def limited(database: Database) -> Iterator[Flask]:
    """An application that takes four tries a minute, three searches, and mails two codes an hour."""
    chosen = {
        "auth_rate_limit": f"{TRIES} per minute",
        "lookup_rate_limit": f"{LOOK_UPS} per minute",
        "code_rate_limit": f"{CODES} per hour",
    }
    made = create_app(settings_for(database, **chosen))
    made.test_client_class = Elsewhere
    yield made
    close(made)


@pytest.fixture
def shop(limited: Flask, cafe: Shop) -> Shop:
    """Café Alma, reached through the application with limits."""
    return dataclasses.replace(cafe, owner=_in(limited, cafe.owner))


def _in(limited: Flask, person: Person) -> Person:
    return dataclasses.replace(person, app=limited)


def _form(path: str, **fields: str) -> Try:
    return lambda shop, client: submit(client, path.replace("<slug>", shop.slug), **fields)


def _invitation(shop: Shop, client: FlaskClient) -> TestResponse:
    with unit_of_work(shop.id):
        invited = invite_staff(address("iris"), "Iris", "staff", owner_of(shop))
    token = invitation_token(shop.id, InvitationLink(invited, 1))
    return submit(client, f"/b/{shop.slug}/invitation/{token}", name="Iris", password="short")


def _draft(shop: Shop, client: FlaskClient) -> TestResponse:
    link = AccountLink(Purpose.RESET, shop.owner.user_id, now())
    return submit(client, f"/password/new/{account_token(link, 'x')}", password="long enough to be one")


AT_ADDRESS: dict[str, Try] = {
    "log-in": _form("/login", email="alma@example.com", password="wrong"),
    "sign-up": _form("/signup", name=""),
    "mail about a password": _form("/password", email="no address"),
    "new password": _draft,
    "invitation": _invitation,
}
AT_PORTAL: dict[str, Try] = {
    "join": _form("/m/<slug>/join", contact="nobody"),
    "sign-in": _form("/m/<slug>/sign-in", contact="nobody"),
    "code": _form(f"/m/<slug>/enter/{new_id()}", code="123456"),
    "link": _form(f"/m/<slug>/enter/{new_id()}/x"),
}


def _assert_too_many(answer: TestResponse) -> None:
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 120
    assert "Wait a minute, then try again." in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", [*AT_ADDRESS, *AT_PORTAL])
def test_tries_are_counted_for_each_address(limited: Flask, shop: Shop, name: str) -> None:
    client = limited.test_client()
    group = AT_ADDRESS if name in AT_ADDRESS else AT_PORTAL
    statuses = [group[name](shop, client).status_code for _ in range(TRIES)]
    assert 429 not in statuses
    for each in group.values():
        _assert_too_many(each(shop, client))
    assert group[name](shop, limited.test_client()).status_code != 429, "another address"


def test_showing_a_form_is_no_try(limited: Flask, shop: Shop) -> None:
    client = limited.test_client()
    for path in ("/login", "/signup", "/password", f"/m/{shop.slug}/join", f"/m/{shop.slug}/sign-in"):
        assert {client.get(path).status_code for _ in range(TRIES + 1)} == {200}


def test_pairing_is_counted_for_each_address_and_unlocking_for_each_till(limited: Flask, shop: Shop) -> None:
    ben = _in(limited, hire(shop, "Ben", "staff", BEN_PIN))
    client = limited.test_client()
    wrong = [submit(client, f"/b/{shop.slug}/till/pair", code="ABC123").status_code for _ in range(TRIES)]
    assert wrong == [422] * TRIES
    _assert_too_many(submit(client, f"/b/{shop.slug}/till/pair", code="ABC123"))
    first, second = (paired(shop) for _ in range(2))
    assert [unlock(first, shop, ben, "000000").status_code for _ in range(TRIES)] == [422] * TRIES
    _assert_too_many(unlock(first, shop, ben, BEN_PIN))
    assert unlock(second, shop, ben, BEN_PIN).status_code == 303, "the other till of the same shop"


def test_a_manager_s_pin_at_an_open_till_is_a_try_as_well(limited: Flask, shop: Shop) -> None:
    ben, boss = hire(shop, "Ben", "staff", BEN_PIN), hire(shop, "Max", "manager", MAX_PIN)
    till, cleo = paired(shop), join(shop, "Cleo")
    assert unlock(till, shop, ben, BEN_PIN).status_code == 303
    path = f"/b/{shop.slug}/till/members/{cleo}/adjust"
    fields = {"manager_id": str(staff_id(shop, boss)), "pin": "000000", "points": "5", "reason": "Sorry"}
    statuses = [submit(till, path, **fields).status_code for _ in range(TRIES)]
    assert statuses == [422] * (TRIES - 1) + [429], "opening the till was the first"


def test_a_password_is_tried_by_the_person_whose_it_is(limited: Flask, shop: Shop) -> None:
    browser, other = shop.owner.browser(), _in(limited, hire(shop, "Max", "manager")).browser()
    path = f"/b/{shop.slug}/account/password"
    fields = {"current": "wrong", "password": "long enough to be one"}
    assert [submit(browser, path, **fields).status_code for _ in range(TRIES)] == [422] * TRIES
    _assert_too_many(submit(browser, path, current=PASSWORD, password="long enough to be one"))
    assert submit(other, path, **fields).status_code == 422


def test_codes_are_counted_for_each_contact_of_each_business(limited: Flask, shop: Shop, florist: Shop) -> None:
    mine = own_address("cleo")

    def asked(place: Shop, contact: str) -> int:
        return submit(limited.test_client(), f"/m/{place.slug}/sign-in", contact=contact).status_code

    assert [asked(shop, mine) for _ in range(CODES)] == [303] * CODES
    assert asked(shop, mine) == 422
    assert asked(shop, mine.upper()) == 422, "however it is written"
    assert asked(shop, own_address("dana")) == 303
    assert asked(florist, mine) == 303


@pytest.mark.parametrize(
    "path", ["/b/<slug>/till/?q=cleo", "/b/<slug>/till/vouchers/ABCDEFGH", "/b/<slug>/members?q=cleo"]
)
def test_searches_are_counted_for_each_address(limited: Flask, shop: Shop, path: str) -> None:
    url = path.replace("<slug>", shop.slug)
    first, second = shop.owner.browser(), shop.owner.browser()
    assert 429 not in {first.get(url).status_code for _ in range(LOOK_UPS)}
    _assert_too_many(first.get(url))
    assert first.get(f"/b/{shop.slug}/till/").status_code == 200, "the till itself stays open"
    assert second.get(url).status_code != 429


def test_join_codes_are_looked_up_so_often_from_one_address(limited: Flask) -> None:
    client = limited.test_client()
    assert [client.get("/j/nobody").status_code for _ in range(LOOK_UPS)] == [404] * LOOK_UPS
    _assert_too_many(client.get("/J/NOBODY"))
    assert limited.test_client().get("/J/NOBODY").status_code == 404
