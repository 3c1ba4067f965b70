"""Importing members on the pages, following the work, and exporting what can be imported again unchanged."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core.unit_of_work import unit_of_work
from app.jobs.operations import run_operations
from app.models.member import Member
from app.services import member_exports
from tests.factories.businesses import Shop
from tests.factories.people import Person, form_token
from tests.factories.people import submit as send
from tests.factories.trade import join, live_points, sell

FRAGMENT = {"HX-Request": "true"}
FILE = "Customer,Mobile,Mail,Points\nCleo Ray,067 123 45 67,cleo@example.com,340\nDan,12,,\n"


def upload(browser: FlaskClient, shop: Shop, text: str, name: str = "members.csv") -> Any:
    """Choose a file."""
    data = {"csrf_token": form_token(browser), "file": (io.BytesIO(text.encode()), name)}
    return browser.post(f"/b/{shop.slug}/members/import", data=data, content_type="multipart/form-data")


def test_a_file_is_mapped_checked_imported_and_undone(cafe: Shop, alma: Person) -> None:
    live_points(cafe)
    browser = alma.browser()
    address = upload(browser, cafe, FILE).location
    page = browser.get(address).get_data(as_text=True)
    assert "Nothing has been changed yet" in page
    assert re.findall(r'<option value="([^"]*)" selected', page)[:4] == ["name", "phone", "", "points"]
    columns = {"column-0": "name", "column-1": "phone", "column-2": "email", "column-3": "points", "mode": "add"}
    programs = re.findall(r'<select class="form-select"\s+id="program".*?<option value="([^"]+)"', page, re.S)
    refused = send(browser, address, **columns | {"column-1": "", "column-2": ""}, program=programs[0])
    assert refused.status_code == 422
    assert "Choose the column of the phone" in refused.get_data(as_text=True)
    checked = send(browser, address, **columns, program=programs[0])
    page = browser.get(checked.location).get_data(as_text=True)
    assert "1 new, 0 to update, 1 problem" in page
    assert "+340 points = ₴6.80 liability" in page
    assert "Enter a phone number with its country code" in page
    failed = browser.get(f"{address}/failed.csv").get_data(as_text=True)
    assert 'Dan,12,,,"Enter a phone number' in failed
    operation = send(browser, f"{address}/start").location
    waiting = browser.get(operation).get_data(as_text=True)
    assert "You can leave this page" in waiting and "0 of 1" in waiting
    assert browser.get(operation, headers=FRAGMENT).status_code == 200
    run_operations(str(cafe.id))
    done = browser.get(operation, headers=FRAGMENT)
    assert done.status_code == 286, "htmx asks no more"
    assert "1 new member" in done.get_data(as_text=True)
    page = browser.get(address).get_data(as_text=True)
    assert "Imported" in page and "Undo import" in page
    operation = send(browser, f"{address}/undo").location
    run_operations(str(cafe.id))
    assert "1 row undone" in browser.get(operation).get_data(as_text=True)
    with unit_of_work(cafe.id) as current:
        assert current.scalar(select(func.count()).select_from(Member).where(Member.erased_at.is_(None))) == 0


def test_a_file_that_cannot_be_read_says_what_to_do(cafe: Shop, alma: Person) -> None:
    browser = alma.browser()
    for text, words in (("", "The file is empty"), ("PK\x03\x04", "This is a workbook")):
        answer = upload(browser, cafe, text)
        assert answer.status_code == 422
        assert words in answer.get_data(as_text=True)
    nothing = send(browser, f"/b/{cafe.slug}/members/import")
    assert "Choose a CSV file" in nothing.get_data(as_text=True)


def test_what_runs_can_be_stopped(cafe: Shop, alma: Person) -> None:
    browser = alma.browser()
    address = upload(browser, cafe, "Name,Email\nDan,dan@example.com\n").location
    send(browser, address, **{"column-0": "name", "column-1": "email", "mode": "add"})
    operation = send(browser, f"{address}/start").location
    send(browser, f"{operation}/cancel")
    run_operations(str(cafe.id))
    page = browser.get(operation).get_data(as_text=True)
    assert "Stopped" in page and "0 of 1" in page
    assert "already" in browser.get(send(browser, f"{operation}/cancel").location).get_data(as_text=True)


def test_an_export_has_no_formula_and_comes_back_unchanged(cafe: Shop, alma: Person) -> None:
    live_points(cafe)
    odd = join(cafe, "=1+1", phone="+380671234567", externalId="0042")
    join(cafe, "@Dan", email="dan@example.com", externalId="-5")
    sell(cafe, odd, "10")
    browser = alma.browser()
    made = send(browser, f"/b/{cafe.slug}/members/export")
    assert made.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(made.data.decode("utf-8-sig"))))
    assert {row["Name"]: row["Points"] for row in rows} == {"'=1+1": "20", "'@Dan": ""}
    assert all(not cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row.values())
    before = everybody(cafe)
    address = upload(browser, cafe, made.data.decode()).location
    page = browser.get(address).get_data(as_text=True)
    columns = dict(re.findall(r'name="(column-\d+)">\s*.*?<option value="([^"]+)" selected', page))
    program = re.findall(r'<select class="form-select"\s+id="program".*?<option value="([^"]+)"', page, re.S)[0]
    send(browser, address, **chosen(page), mode="set", program=program)
    operation = send(browser, f"{address}/start").location
    run_operations(str(cafe.id))
    assert "2 rows already as in the file" in browser.get(operation).get_data(as_text=True), columns
    assert everybody(cafe) == before


def test_a_large_export_is_long_work_with_a_file_that_runs_out(cafe: Shop, alma: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(member_exports, "AT_ONCE", 1)
    for name in ("Cleo", "Dan", "Eve"):
        join(cafe, name)
    browser = alma.browser()
    operation = send(browser, f"/b/{cafe.slug}/members/export").location
    run_operations(str(cafe.id))
    assert "Download members-" in browser.get(operation).get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(browser.get(f"{operation}/file").data.decode("utf-8-sig"))))
    assert sorted(row[0] for row in rows) == ["Cleo", "Dan", "Eve", "Name"]
    shown = alma.get(f"/operations/{operation.rpartition('/')[2]}").json
    assert (shown["state"], shown["done"], shown["figures"]) == ("done", 3, {"rows": 3})


def chosen(page: str) -> dict[str, str]:
    """What the selects of the columns stand at."""
    found = {}
    for name, options in re.findall(r'name="(column-\d+)">(.*?)</select>', page, re.S):
        selected = re.findall(r'<option value="([^"]*)" selected', options)
        found[name] = selected[0] if selected else ""
    return found


def everybody(shop: Shop) -> list[str]:
    with unit_of_work(shop.id) as current:
        columns = (Member.name, Member.phone, Member.email, Member.birthday, Member.external_id, Member.version)
        return sorted(str(tuple(row)) for row in current.execute(select(*columns)))
