"""Cleo turns her points into a coffee on her phone, and puts it back when she changes her mind."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.unit_of_work import unit_of_work
from app.queries.enrollments import enrollments_of
from app.queries.redemptions import redemptions_slice
from tests.factories.businesses import Shop
from tests.factories.people import submit
from tests.factories.portal import card_browser, own_address
from tests.factories.rewards import free_coffee, saver


def test_what_her_points_are_enough_for_can_be_taken_and_shown(app: Flask, cafe: Shop) -> None:
    cleo, browser = _saver(app, cafe, 100)
    coffee = free_coffee(cafe)
    free_coffee(cafe, name="Bag of beans", pointsCost=600)
    page = browser.get(f"/m/{cafe.slug}/").get_data(as_text=True)
    for words in ("A free coffee", "40 points", "Working towards", "500 points to Bag of beans."):
        assert words in page, words
    offer = browser.get(f"/m/{cafe.slug}/rewards/{coffee}").get_data(as_text=True)
    assert "Take it for 40 points" in offer
    taken = _take(browser, cafe, coffee)
    shown = browser.get(taken.headers["Location"]).get_data(as_text=True)
    assert "Show this to staff." in shown
    assert _balance(cafe, cleo) == 60
    assert "Ready for you" in browser.get(f"/m/{cafe.slug}/").get_data(as_text=True)


def test_the_same_form_sent_twice_takes_it_once(app: Flask, cafe: Shop) -> None:
    cleo, browser = _saver(app, cafe, 100)
    coffee = free_coffee(cafe)
    first, second = (_take(browser, cafe, coffee, key="the same") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert _balance(cafe, cleo) == 60


def test_putting_it_back_returns_the_points(app: Flask, cafe: Shop) -> None:
    cleo, browser = _saver(app, cafe, 100)
    shown = _take(browser, cafe, free_coffee(cafe)).headers["Location"]
    assert "Put it back for 40 points" in browser.get(shown).get_data(as_text=True)
    submit(browser, f"{shown}/put-back")
    assert _balance(cafe, cleo) == 100
    assert "Your 40 points are back." in browser.get(f"/m/{cafe.slug}/").get_data(as_text=True)
    assert submit(browser, f"{shown}/put-back").status_code == 404, "once"
    with unit_of_work(cafe.id):
        [row] = redemptions_slice(member_id=cleo).rows
    assert (row["status"], row["movedBy"]) == ("cancelled", "Cleo")


def test_too_few_points_say_how_many_are_missing_and_take_nothing(app: Flask, cafe: Shop) -> None:
    cleo, browser = _saver(app, cafe, 20)
    coffee = free_coffee(cafe)
    page = browser.get(f"/m/{cafe.slug}/rewards/{coffee}").get_data(as_text=True)
    assert "20 points to go" in page
    assert "Take it for" not in page
    refused = _take(browser, cafe, coffee)
    assert refused.status_code == 422
    assert _balance(cafe, cleo) == 20


def test_what_is_out_of_stock_comes_back_soon(app: Flask, cafe: Shop) -> None:
    _, browser = _saver(app, cafe, 100)
    coffee = free_coffee(cafe, quantityAvailable=1)
    assert _take(browser, cafe, coffee).status_code == 303
    assert "Back soon" in browser.get(f"/m/{cafe.slug}/").get_data(as_text=True)


def test_another_member_s_reward_is_nobody_s(app: Flask, cafe: Shop) -> None:
    _, browser = _saver(app, cafe, 100)
    shown = _take(browser, cafe, free_coffee(cafe)).headers["Location"]
    other = own_address("zora")
    saver(cafe, "Zora", points=0, email=other)
    stranger = card_browser(app, cafe, other)
    assert stranger.get(shown).status_code == 404
    assert submit(stranger, f"{shown}/put-back").status_code == 404


def test_what_can_be_sent_asks_where_to(app: Flask, cafe: Shop) -> None:
    cleo, browser = _saver(app, cafe, 100)
    mug = free_coffee(cafe, name="A mug", deliveryMethods=["in_store", "shipping"])
    offer = browser.get(f"/m/{cafe.slug}/rewards/{mug}").get_data(as_text=True)
    assert "How do you want to get it?" in offer and "Send it to me" in offer and "Online" not in offer
    refused = _take(browser, cafe, mug, delivery_method="shipping", address=" ")
    said = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "Enter the address to send it to" in said and 'id="address-error"' in said
    assert _balance(cafe, cleo) == 100
    assert _take(browser, cafe, mug, delivery_method="digital").status_code == 422
    sent = _take(browser, cafe, mug, delivery_method="shipping", address="Cleo\n1 Main St")
    assert sent.status_code == 303
    assert "on its way" in browser.get(sent.headers["Location"]).get_data(as_text=True)
    with unit_of_work(cafe.id):
        [row] = redemptions_slice(member_id=cleo).rows
    assert (row["deliveryMethod"], row["shippingAddress"]) == ("shipping", "Cleo\n1 Main St")
    shown = browser.get(f"/m/{cafe.slug}/use/{row['voucherId']}").get_data(as_text=True)
    assert "This is sent to you." in shown and "Show this to staff" not in shown
    assert "Put it back for 40 points" in shown


def test_hours_are_said_before_it_is_taken_and_beside_its_code(app: Flask, cafe: Shop) -> None:
    _, browser = _saver(app, cafe, 100)
    always = {day: [{"opens": "00:00", "closes": "24:00"}] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    coffee = free_coffee(cafe, validHours=always)
    assert "Mon–Sun 00:00–24:00" in browser.get(f"/m/{cafe.slug}/rewards/{coffee}").get_data(as_text=True)
    shown = browser.get(_take(browser, cafe, coffee).headers["Location"]).get_data(as_text=True)
    assert "Mon–Sun 00:00–24:00" in shown


def _saver(app: Flask, shop: Shop, points: int) -> tuple[UUID, FlaskClient]:
    address = own_address("cleo")
    return saver(shop, "Cleo", points=points, email=address), card_browser(app, shop, address)


def _take(browser: FlaskClient, shop: Shop, reward_id: UUID, key: str = "", **fields: str) -> TestResponse:
    path = f"/m/{shop.slug}/rewards/{reward_id}"
    found = re.search(r'name="key" value="([^"]+)"', browser.get(path).get_data(as_text=True))
    return submit(browser, path, key=key or (found[1] if found else "none"), **fields)


def _balance(shop: Shop, member_id: UUID) -> int:
    with unit_of_work(shop.id):
        [found] = enrollments_of(member_id)
    return int(found["balance"])
