"""The settings on the pages: what is saved counts, what is refused keeps what was typed, who may not does not."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image

from app.core.unit_of_work import unit_of_work
from app.queries.businesses import business, header, locations_page
from tests.factories.businesses import Shop
from tests.factories.people import Person, form_token, submit
from tests.factories.trade import join, live_points, sell

FRAGMENT = {"HX-Request": "true"}


def _page(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def _business_form(**fields: str) -> dict[str, str]:
    usual = {"name": "Café Alma", "industry": "coffee", "timezone": "Europe/Kyiv", "currency": "UAH"}
    return usual | {"activityProgramId": "", "terms": ""} | fields


def _upload(browser: FlaskClient, address: str, content: bytes) -> tuple[int, str]:
    form = {"csrf_token": form_token(browser), "picture": (io.BytesIO(content), "logo.png")}
    answer = browser.post(address, data=form, content_type="multipart/form-data")
    return answer.status_code, answer.get_data(as_text=True)


def _logo(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 100), colour).save(file, "PNG")
    return file.getvalue()


def test_the_business_is_shown_and_changed(cafe: Shop, alma: Person) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/settings"
    assert 'value="Café Alma"' in _page(browser, address)
    saved = submit(
        browser, address, **_business_form(name="Alma's", timezone="Europe/London", terms="One a day.\nNo cash.")
    )
    assert saved.status_code == 303
    page = _page(browser, saved.location)
    assert "Saved. Changes apply from now on." in page
    assert "One a day." in page
    with unit_of_work(cafe.id):
        found = business(cafe.id)
    assert (found["name"], found["timezone"]) == ("Alma's", "Europe/London")
    assert found["settings"]["terms"] == "One a day.\nNo cash."


def test_a_refused_business_keeps_what_was_typed_and_changes_nothing(cafe: Shop, alma: Person) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/settings"
    refused = submit(browser, address, **_business_form(name=" ", timezone="Mars/Base", terms="<b>Mine</b>"))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    for message in ("Enter the name of your business", "Choose a time zone"):
        assert page.count(message) == 2, "in the summary and beside the field"
    assert "&lt;b&gt;Mine&lt;/b&gt;" in page
    assert "<title>Error: " in page
    with unit_of_work(cafe.id):
        assert business(cafe.id)["version"] == 1


def test_two_who_edit_the_business_do_not_overwrite_each_other_unseen(cafe: Shop, alma: Person) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/settings"
    version = re.findall(r'name="version" value="(\d+)"', _page(browser, address))[0]
    assert submit(browser, address, **_business_form(name="First"), version=version).status_code == 303
    late = submit(browser, address, **_business_form(name="Second"), version=version)
    page = late.get_data(as_text=True)
    assert (late.status_code, 'value="Second"' in page) == (422, True)
    assert "Somebody else changed this" in page
    newest = re.findall(r'name="version" value="(\d+)"', page)[0]
    assert submit(browser, address, **_business_form(name="Second"), version=newest).status_code == 303


def test_the_currency_is_a_choice_until_the_first_purchase(cafe: Shop, alma: Person) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/settings"
    assert 'name="currency"' in _page(browser, address)
    live_points(cafe)
    sell(cafe, join(cafe, "Cleo"), "10.00")
    page = _page(browser, address)
    assert 'name="currency"' not in page
    assert "It stays, because every amount in your books is in it." in page
    assert submit(browser, address, **_business_form(currency="EUR")).status_code == 422


def test_a_colour_is_shown_before_it_is_saved_and_told_to_be_adjusted(cafe: Shop, alma: Person) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/settings/brand"
    shown = browser.get(address, query_string={"brand_color": "#FFDE00"}, headers=FRAGMENT).get_data(as_text=True)
    assert "We adjusted your yellow for text so everyone can read it" in shown
    assert "/brand.css?colour=ffde00&amp;part=preview" in shown
    assert "<html" not in shown
    with unit_of_work(cafe.id):
        assert business(cafe.id)["brandColor"] is None
    assert submit(browser, address, brand_color="#FFDE00", picked="#7f3b1c").status_code == 303
    with unit_of_work(cafe.id):
        assert header()["brand_colour"] == "#ffde00"


def test_the_preview_s_colours_are_for_the_preview_alone(client: FlaskClient) -> None:
    sheet = client.get("/brand.css?colour=ffde00&part=preview").get_data(as_text=True)
    assert ".r-preview" in sheet
    assert ":root" not in sheet


def test_without_scripts_the_picked_colour_counts_where_nothing_was_typed(cafe: Shop, alma: Person) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/settings/brand"
    submit(browser, address, brand_color="#7f3b1c", picked="#0ea5e9")
    with unit_of_work(cafe.id):
        assert header()["brand_colour"] == "#0ea5e9"


@pytest.mark.parametrize("typed", ["", "yellow", "#fff", "#12345g", "#1234567"])
def test_what_is_no_colour_is_refused_and_kept_in_the_field(cafe: Shop, alma: Person, typed: str) -> None:
    refused = submit(alma.browser(), f"/b/{cafe.slug}/settings/brand", brand_color=typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f'value="{typed}"' in page
    assert "Write the colour as #" in page


def test_a_logo_is_uploaded_shown_suggests_a_colour_and_is_taken_off(cafe: Shop, alma: Person) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/settings/brand"
    assert _upload(browser, f"{address}/logo", _logo("#c0392b"))[0] == 303
    page = _page(browser, address)
    src = re.findall(r'<img src="(/pictures/[^"]+)"', page)[0]
    assert browser.get(src).content_type == "image/webp"
    assert 'alt="Café Alma"' in page
    assert "Your logo is mostly <b>#c0392b</b>" in page
    assert submit(browser, address, brand_color="#c0392b").status_code == 303
    assert "Your logo is mostly" not in _page(browser, address)
    assert submit(browser, f"{address}/logo/remove").status_code == 303
    assert browser.get(src).status_code == 404
    assert "/pictures/" not in _page(browser, address)


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"GIF89a"])
def test_what_is_no_picture_is_refused_beside_its_field(cafe: Shop, alma: Person, content: bytes) -> None:
    status, page = _upload(alma.browser(), f"/b/{cafe.slug}/settings/brand/logo", content)
    assert status == 422
    assert 'id="picture-error"' in page


def test_a_file_that_is_too_large_is_told_so(cafe: Shop, alma: Person) -> None:
    answer = alma.browser().post(
        f"/b/{cafe.slug}/settings/brand/logo", data=b"x" * 6_000_000, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert "choose one of at most 5 MB" in answer.get_data(as_text=True)


def test_a_location_is_added_edited_and_closed(cafe: Shop, alma: Person) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/settings/locations"
    assert "Where do you sell?" in _page(browser, address)
    fields = {"name": "High Street", "city": "Lviv", "hours_mon": "8-14, 16-22", "hours_fri": "18:00-2"}
    assert submit(browser, f"{address}/new", **fields).status_code == 303
    page = _page(browser, address)
    for words in ("High Street", "Lviv", "Mon 08:00–14:00, 16:00–22:00", "Fri 18:00–02:00"):
        assert words in page
    with unit_of_work(cafe.id):
        [place] = locations_page(1, 10).rows
    edit = f"{address}/{place['id']}"
    assert 'value="08:00–14:00, 16:00–22:00"' in _page(browser, edit)
    assert submit(browser, edit, name="Low Street", timezone="Europe/London", version="1").status_code == 303
    assert "Clocks of Europe/London" in _page(browser, address)
    assert submit(browser, f"{edit}/close").status_code == 303
    assert "Low Street is closed" in _page(browser, address)
    assert browser.get(edit).status_code == 404


def test_refused_hours_say_the_day_and_keep_everything(cafe: Shop, alma: Person) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/settings/locations/new"
    fields = {"name": "", "hours_mon": "closed", "hours_fri": "18-3", "hours_sat": "8-9", "street": "High St 1"}
    refused = submit(browser, address, **fields)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "Enter a name for the location" in page
    assert "Monday: Write times as 08:00–14:00" in page
    for typed in ("closed", "18-3", "High St 1"):
        assert f'value="{typed}"' in page
    clash = submit(browser, address, name="Bar", hours_fri="18-3", hours_sat="2-9")
    assert "Friday runs into the next hours on Saturday" in clash.get_data(as_text=True)


def test_mondays_hours_are_put_on_every_day_before_anything_is_saved(cafe: Shop, alma: Person) -> None:
    browser, address = alma.browser(), f"/b/{cafe.slug}/settings/locations/new"
    shown = submit(browser, address, name="Bar", hours_mon="8-20", action="copy_monday").get_data(as_text=True)
    assert shown.count('value="8-20"') == 7
    with unit_of_work(cafe.id):
        assert locations_page(1, 10).rows == []


def test_managers_see_the_team_and_leave_it_alone_staff_see_no_settings(
    cafe: Shop, max_manager: Person, ben: Person
) -> None:
    page = _page(max_manager.browser(), f"/b/{cafe.slug}/settings/team")
    assert "Alma" in page
    assert "Invite somebody" not in page
    assert "API keys" not in page
    for path in ("settings", "settings/brand", "settings/team", "settings/audit-log", "settings/api-keys"):
        assert ben.browser().get(f"/b/{cafe.slug}/{path}").status_code == 403
    assert "Settings" not in _page(ben.browser(), f"/b/{cafe.slug}/programs")
