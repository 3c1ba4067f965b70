"""The card as an app on a home screen: a manifest and an icon of the business's own, and a worker that keeps little."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.portal import card_browser, own_address
from tests.factories.trade import join, live_points, sell


def test_each_business_has_its_own_app(cafe: Shop, alma: Person, florist: Shop, client: FlaskClient) -> None:
    alma.patch("/business", {"brandColor": "#ffde00"})
    manifest = client.get(f"/m/{cafe.slug}/app.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    assert (manifest.json["name"], manifest.json["theme_color"]) == ("Café Alma", "#ffde00")
    assert manifest.json["start_url"] == manifest.json["scope"] == f"/m/{cafe.slug}/"
    assert client.get(f"/m/{florist.slug}/app.webmanifest").json["name"] == "Dora's Flowers"
    for icon in manifest.json["icons"]:
        answer = client.get(icon["src"])
        side = int(icon["sizes"].partition("x")[0])
        with Image.open(BytesIO(answer.data)) as drawn:
            assert (drawn.size, drawn.getpixel((1, 1))) == ((side, side), (255, 222, 0))
    assert client.get(f"/m/{cafe.slug}/icon-64.png").status_code == 404


def test_the_worker_belongs_to_one_business_and_is_looked_at_each_time(cafe: Shop, client: FlaskClient) -> None:
    worker = client.get(f"/m/{cafe.slug}/worker.js")
    assert (worker.mimetype, worker.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    assert f'"/m/{cafe.slug}/offline"' in worker.get_data(as_text=True)


def test_the_offline_card_has_the_name_and_the_lasting_code_and_nothing_else(app: Flask, cafe: Shop) -> None:
    address = own_address("cleo")
    live_points(cafe)
    cleo = join(cafe, "Cleo Marsh", email=address, phone="+380671234567")
    sell(cafe, cleo, "42.50")
    page = card_browser(app, cafe, address).get(f"/m/{cafe.slug}/offline").get_data(as_text=True)
    assert "Cleo Marsh" in page
    shown = page.partition("<main")[2].partition("</main>")[0]
    for kept_away in (address, "+380671234567", "42.50", "points"):
        assert kept_away not in shown, kept_away
    assert re.search(r"\b85\b", shown) is None, "her points; an 85 within the address of the café is another matter"


@pytest.mark.parametrize("path", ["join", "sign-in", "how-it-works", "joined"])
def test_open_pages_say_nothing_of_any_member(cafe: Shop, client: FlaskClient, path: str) -> None:
    join(cafe, "Cleo Marsh", phone="+380671234567")
    answer = client.get(f"/m/{cafe.slug}/{path}")
    assert answer.status_code == 200
    assert "Cleo" not in answer.get_data(as_text=True)


def test_a_closed_or_unknown_business_has_no_pages(client: FlaskClient) -> None:
    for path in ("", "join", "sign-in", "app.webmanifest", "worker.js", "icon-192.png"):
        assert client.get(f"/m/nobody-here/{path}").status_code == 404
