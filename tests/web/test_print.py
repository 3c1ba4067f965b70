"""Alma prints a poster; who scans it, now or in years, comes to the page where one joins."""

from __future__ import annotations

import re
from io import BytesIO

import pypdfium2
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.unit_of_work import unit_of_work
from app.models.audit_log import AuditRecord
from app.services.join_links import join_code
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.trade import live_punch_card


def test_the_code_on_the_poster_leads_to_the_page_where_one_joins(app: Flask, cafe: Shop, alma: Person) -> None:
    live_punch_card(cafe)
    answer = alma.browser().get(f"/b/{cafe.slug}/print/a4.pdf")
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == (
        "application/pdf",
        f'attachment; filename="{cafe.slug}-a4.pdf"',
    )
    with pypdfium2.PdfDocument(BytesIO(answer.data)) as document:
        image = document[0].render(scale=150 / 72).to_pil()
    [found] = zxingcpp.read_barcodes(image)
    assert found.text == found.text.upper(), "capitals make the code small"
    path = found.text.partition("LOCALHOST:8000")[2]
    for typed in (path, path.lower()):
        led = app.test_client().get(typed)
        assert led.status_code == 302
        assert led.headers["Location"] == f"/m/{cafe.slug}/join?at={path[3:]}"
    assert app.test_client().get(led.headers["Location"]).status_code == 200


def test_each_location_has_a_link_of_its_own_that_stays(cafe: Shop, alma: Person) -> None:
    podil = alma.post("/locations", {"name": "Podil"}).json["id"]
    browser = alma.browser()
    seen = []
    for query in ("", f"?location={podil}", "", f"?location={podil}"):
        page = browser.get(f"/b/{cafe.slug}/print{query}").get_data(as_text=True)
        seen.append(re.findall(r"/j/([0-9a-z]{6})<", page)[0])
    assert seen[0] == seen[2] != seen[1] == seen[3]
    svg = browser.get(f"/b/{cafe.slug}/print/a4.svg?location={podil}&shown=yes").get_data(as_text=True)
    assert 'aria-label="Podil"' in svg


def test_an_unknown_code_leads_nowhere(client: FlaskClient) -> None:
    for code in ("ZZZZZZ", "a", "ä" * 6, "x" * 40):
        assert client.get(f"/J/{code}").status_code == 404


def test_the_poster_that_led_to_a_member_is_written_down(cafe: Shop, alma: Person, client: FlaskClient) -> None:
    with unit_of_work(cafe.id):
        code = join_code()
    page = client.get(f"/J/{code}").headers["Location"]
    assert f'name="at" value="{code}"' in client.get(page).get_data(as_text=True)
    submit(client, f"/m/{cafe.slug}/join", contact="+380671234567", agreed="yes", at=code)
    with unit_of_work(cafe.id) as session:
        told = session.scalars(select(AuditRecord.after).where(AuditRecord.action == "member.joined")).all()
    assert told == [{"by": "phone", "poster": code}]


def test_the_page_shows_every_sheet_and_each_can_be_had(cafe: Shop, alma: Person) -> None:
    browser = alma.browser()
    page = browser.get(f"/b/{cafe.slug}/print").get_data(as_text=True)
    for name in ("Poster A4", "Poster Letter", "Table tent", "Sticker"):
        assert name in page
    links = set(re.findall(rf'(?:href|src)="(/b/{cafe.slug}/print/[^"]+)"', page))
    assert len(links) == 16
    for link in links:
        assert browser.get(link.replace("&amp;", "&")).status_code == 200, link
    for wrong in ("a5.pdf", "a4.png", "a4.pdf?location=nowhere"):
        assert browser.get(f"/b/{cafe.slug}/print/{wrong}").status_code == 404


def test_opening_a_poster_ticks_the_task_off(cafe: Shop, alma: Person) -> None:
    browser = alma.browser()
    browser.get(f"/b/{cafe.slug}/print/a4.svg?shown=yes")
    assert "posterOpenedAt" not in alma.get("/business").json["settings"]
    browser.get(f"/b/{cafe.slug}/print/a4.pdf")
    first = alma.get("/business").json["settings"]["posterOpenedAt"]
    browser.get(f"/b/{cafe.slug}/print/sticker.pdf")
    assert alma.get("/business").json["settings"]["posterOpenedAt"] == first


def test_staff_print_nothing(cafe: Shop, ben: Person) -> None:
    assert ben.browser().get(f"/b/{cafe.slug}/print").status_code == 403
