"""A business's mails bear its logo, and its name where it has none or the picture is not loaded."""

from __future__ import annotations

import io

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.core.unit_of_work import unit_of_work
from app.jobs.notifications import send_messages
from app.jobs.relay import relay_events
from app.services.brand import change_logo
from tests.factories.businesses import Shop
from tests.factories.portal import card_browser, mails_to, own_address
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_punch_card, sell


def test_a_mailed_code_bears_the_logo_and_anybody_gets_the_picture(app: Flask, cafe: Shop, client: FlaskClient) -> None:
    address = own_address("cleo")
    join(cafe, "Cleo", email=address)
    card_browser(app, cafe, address)
    assert "<img" not in _html(app, address), "no logo: the name"
    assert "Café Alma" in _html(app, address)
    with unit_of_work(cafe.id):
        change_logo(_picture(), owner_of(cafe))
    card_browser(app, cafe, address)
    url = _html(app, address).partition('<img src="')[2].partition('"')[0]
    assert 'alt="Café Alma"' in _html(app, address)
    answer = client.get("/pictures/" + url.partition("/pictures/")[2])
    assert (answer.status_code, answer.content_type) == (200, "image/webp")


def test_a_mail_about_the_card_bears_the_logo(app: Flask, cafe: Shop) -> None:
    live_punch_card(cafe)
    address = own_address("cleo")
    cleo = join(cafe, "Cleo", email=address)
    with unit_of_work(cafe.id):
        change_logo(_picture(), owner_of(cafe))
    for _ in range(3):
        sell(cafe, cleo)
    relay_events(str(cafe.id))
    send_messages(str(cafe.id))
    assert "/pictures/" in _html(app, address).partition('<img src="')[2].partition('"')[0]


def _html(app: Flask, address: str) -> str:
    """The newest mail to an address, as a mail program shows it."""
    body = mails_to(app, address)[-1].get_body(("html",))
    assert body is not None
    return str(body.get_content())


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (200, 100), "#7f3b1c").save(file, "PNG")
    return file.getvalue()
