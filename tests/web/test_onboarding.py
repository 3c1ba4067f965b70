"""From the sign-up to a live program, and what is left to set up."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.unit_of_work import unit_of_work
from app.domain.industries import INDUSTRIES
from app.domain.templates.catalogue import best_template
from app.queries.posters import KINDS
from app.services.businesses import update_business
from app.web.auth.guesses import guessed_place
from tests.factories.businesses import Shop, address, hire
from tests.factories.people import PASSWORD, Person, submit
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_punch_card, sell


def signed_up(client: FlaskClient, **fields: Any) -> str:
    """Sign a new owner up; returns where they are led."""
    form = {
        "business_name": "Kava & Co",
        "email": address("Olena"),
        "password": PASSWORD,
        "timezone": "Europe/Kyiv",
        "currency": "UAH",
        **fields,
    }
    answer = submit(client, "/signup", **form)
    assert answer.status_code == 303
    return str(answer.location)


def read(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_choosing_an_industry_makes_a_ready_draft_in_the_business_s_name(client: FlaskClient, industry: str) -> None:
    ready = signed_up(client, industry=industry)
    page = read(client, ready)
    best = best_template(industry)
    for words in ("Your card is ready", "Kava & Co", best.name, best.sentence("UAH"), "Activate now"):
        assert words in page, words


def test_activating_leads_to_what_can_be_done_next(client: FlaskClient) -> None:
    ready = signed_up(client, industry="coffee")
    answer = submit(client, f"{ready}/activate")
    page = read(client, answer.location)
    assert "Coffee Punch Card is live" in page
    slug = ready.split("/")[2]
    for way, where in (
        ("Open till", f"/b/{slug}/till/"),
        ("Print the poster", f"/b/{slug}/print"),
        ("Try it as a customer", f"/m/{slug}/join"),
    ):
        assert re.search(rf'href="{where}">.*?{way}', page, re.S), way
        assert client.get(where).status_code == 200
    assert f'value="http://localhost/m/{slug}/join"' in page
    assert "1 of 6 done" in read(client, f"/b/{slug}/")
    again = read(client, submit(client, f"{ready}/activate").location)
    assert "is live</h1>" not in again
    assert client.get(ready).status_code == 303  # what is live has a page of its own


def test_who_has_not_said_their_kind_is_asked_for_it(client: FlaskClient) -> None:
    tiles = signed_up(client)
    page = read(client, tiles)
    assert page.count('type="radio"') == 12
    refused = submit(client, tiles, industry="florist")
    assert refused.status_code == 422
    assert "Choose the kind of your business" in refused.get_data(as_text=True)
    chosen = submit(client, tiles, industry="bakery")
    assert "Loaf Stamp Card" in read(client, chosen.location)


def test_another_kind_takes_the_place_of_the_first_draft(client: FlaskClient) -> None:
    ready = signed_up(client, industry="coffee")
    home, _, draft = ready.partition("welcome/")
    chosen = submit(client, f"{home}welcome", industry="salon", instead=draft).location
    assert "Appointment Card" in read(client, chosen)
    assert client.get(ready).status_code == 404
    programs = read(client, f"{home}programs?status=draft")
    assert "Appointment Card" in programs
    assert "Coffee Punch Card" not in programs


def test_a_live_program_is_not_taken_away_by_another_kind(client: FlaskClient) -> None:
    ready = signed_up(client, industry="coffee")
    home, _, draft = ready.partition("welcome/")
    submit(client, f"{ready}/activate")
    submit(client, f"{home}welcome", industry="salon", instead=draft)
    assert "Coffee Punch Card" in read(client, f"{home}programs?status=active")


def test_the_setup_list_follows_what_was_really_done(cafe: Shop, alma: Person) -> None:
    home = f"/b/{cafe.slug}/"
    browser = alma.browser()
    assert "0 of 6 done" in read(browser, home)
    live_punch_card(cafe)
    assert "1 of 6 done" in read(browser, home)
    sell(cafe, join(cafe, "Cleo Marsh"))  # not at the till
    assert "1 of 6 done" in read(browser, home)
    sell(cafe, join(cafe, "Novak"), source="till")
    assert "2 of 6 done" in read(browser, home)
    for number in range(7):
        join(cafe, f"Member {number}")
    assert "2 of 6 done" in read(browser, home)
    join(cafe, "The tenth")
    assert "3 of 6 done" in read(browser, home)
    assert "Hide this list" not in read(browser, home)
    assert browser.get(f"{home}print/{KINDS[0]}.pdf").status_code == 200
    assert "4 of 6 done" in read(browser, home)
    assert "Hide this list" in read(browser, home)
    hire(cafe, "Ben", "staff")
    assert "5 of 6 done" in read(browser, home)
    with unit_of_work(cafe.id):
        update_business({"brand_color": "#00704a"}, owner_of(cafe))
    assert "Get set up" not in read(browser, home)


def test_the_setup_list_can_be_hidden_for_good(cafe: Shop, alma: Person) -> None:
    home = f"/b/{cafe.slug}/"
    browser = alma.browser()
    live_punch_card(cafe)
    hire(cafe, "Ben", "staff")
    assert browser.get(f"{home}print/{KINDS[0]}.pdf").status_code == 200
    for number in range(10):
        join(cafe, f"Member {number}")
    assert "Hide this list" in read(browser, home)
    assert submit(browser, f"{home}welcome/dismiss").status_code == 303
    assert "Get set up" not in read(browser, home)


def test_dora_sees_nothing_of_the_draft(app: Flask, client: FlaskClient, dora: Person) -> None:
    ready = signed_up(client, industry="coffee")
    assert dora.browser().get(ready).status_code == 404


@pytest.mark.parametrize(
    ("languages", "timezone", "currency"),
    [
        (["uk-UA", "en"], "Europe/Kyiv", "UAH"),
        (["uk"], "Europe/Kyiv", "UAH"),
        (["en-GB"], "Europe/London", "GBP"),
        (["ja"], "Asia/Tokyo", "JPY"),
        (["nonsense", "*", "", "de-DE"], "Europe/Berlin", "EUR"),
        ([], "Europe/London", "EUR"),
    ],
)
def test_the_place_is_guessed_from_the_browser_s_languages(languages: list[str], timezone: str, currency: str) -> None:
    assert guessed_place(languages) == {"timezone": timezone, "currency": currency}


def test_the_sign_up_form_offers_the_guess(client: FlaskClient) -> None:
    page = client.get("/signup", headers={"Accept-Language": "uk-UA,uk;q=0.9"}).get_data(as_text=True)
    assert '<option value="Europe/Kyiv" selected>' in page
    assert '<option value="UAH" selected>' in page
