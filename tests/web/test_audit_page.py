"""The audit log on its page: in words, narrowed by person, thing and day, page by page, and as a table to keep."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.services.brand import change_logo
from app.web.support.audit_words import KINDS
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.programs import owner_of, punch_card


def _page(browser: FlaskClient, path: str, **query: str) -> str:
    answer = browser.get(path, query_string=query or None)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.get_data(as_text=True).split())


@pytest.fixture
def path(cafe: Shop) -> str:
    return f"/b/{cafe.slug}/settings/audit-log"


def test_a_change_is_told_in_words_with_before_and_after(cafe: Shop, alma: Person, path: str) -> None:
    card = punch_card(cafe, name="Coffee card")
    alma.put(f"/loyalty/programs/{card}", {"description": "Ten make one"})
    submit(alma.browser(), f"/b/{cafe.slug}/settings/brand", brand_color="#0ea5e9")
    page = _page(alma.browser(), path)
    assert "changed the business" in page
    assert "Colour: <del>none</del>" in page
    assert "<ins>#0ea5e9</ins>" in page
    assert "Coffee card" in page
    assert "Description: <del>none</del>" in page


def test_a_logo_is_told_without_its_key(cafe: Shop, alma: Person, path: str) -> None:
    for colour in ("red", "blue"):
        file = io.BytesIO()
        Image.new("RGB", (30, 10), colour).save(file, "PNG")
        with unit_of_work(cafe.id):
            change_logo(file.getvalue(), owner_of(cafe))
    page = _page(alma.browser(), path)
    assert "Logo: <del>none</del>" in page
    assert "Logo: <del>another picture</del>" in page
    assert page.count("<ins>a picture</ins>") == 2
    assert ".webp" not in page.replace('src="/pictures/', "").partition("<main")[2]


def test_the_list_is_narrowed_by_person_thing_and_day(cafe: Shop, alma: Person, max_manager: Person, path: str) -> None:
    place = alma.post("/locations", {"name": "High Street"}).json["id"]
    max_manager.patch(f"/locations/{place}", {"name": "Low Street"})
    browser = alma.browser()
    his = _page(browser, path, person=str(max_manager.user_id))
    assert ("changed a location: Low Street" in his, "created a location" in his) == (True, False)
    places = _page(browser, path, kind="locations")
    assert ("created a location: Low Street" in places, "founded the business" in places) == (True, False)
    today = clock.now().date()
    assert "No changes match" in _page(browser, path, to=str(today - timedelta(days=2)))
    assert "founded the business" in _page(browser, path, **{"from": str(today - timedelta(days=1))})
    wrong = _page(browser, path, to="soon")
    assert "Enter a day such as" in wrong
    assert 'value="soon"' in wrong


def test_the_list_goes_on_and_keeps_its_filters(cafe: Shop, alma: Person, path: str) -> None:
    for number in range(31):
        alma.post("/locations", {"name": f"Place {number:02}"})
    browser = alma.browser()
    first = _page(browser, path, kind="locations")
    older = re.findall(r'rel="next" href="([^"]+)"', first)[0].replace("&amp;", "&")
    assert "kind=locations" in older
    second = _page(browser, older)
    assert (first.count("created a location"), second.count("created a location")) == (30, 1)
    assert "Place 00" in second


def test_the_table_has_one_row_a_field_and_no_formula(cafe: Shop, alma: Person, path: str) -> None:
    place = alma.post("/locations", {"name": "=HYPERLINK(1)"}).json["id"]
    alma.patch(f"/locations/{place}", {"name": "Bar", "timezone": "Europe/London"})
    answer = alma.browser().get(f"{path}/changes.csv", query_string={"kind": "locations"})
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0] == ["When", "Who", "What", "Field", "Before", "After"]
    told = {(row[3], row[4], row[5]) for row in rows[1:]}
    assert ("Name", "'=HYPERLINK(1)", "Bar") in told
    assert ("Timezone", "none", "Europe/London") in told


def test_nobody_reads_the_log_of_another_business(alma: Person, dora: Person, path: str) -> None:
    assert dora.browser().get(path).status_code == 404
    assert dora.browser().get(f"{path}/changes.csv").status_code == 404


def test_an_address_that_cannot_be_meant_is_not_there(alma: Person, path: str) -> None:
    browser = alma.browser()
    for query in ({"person": "x"}, {"after": "x"}, {"kind": "x"}):
        assert browser.get(path, query_string=query).status_code == 404
    assert browser.get(f"{path}/changes.csv", query_string={"to": "soon"}).status_code == 404


def test_the_list_can_be_narrowed_to_every_kind_of_thing_that_is_recorded() -> None:
    recorded = set()
    for file in (Path(__file__).parents[2] / "app" / "services").glob("*.py"):
        for call in re.findall(r"audit\.record\((.+?)\n(?=\S|    \S)", file.read_text(), re.S):
            recorded |= set(re.findall(r'\("([a-z_]+)", [^)]', call))
    offered = {kind for _, kinds in KINDS.values() for kind in kinds}
    assert len(recorded) > 10
    assert recorded - offered == set()
