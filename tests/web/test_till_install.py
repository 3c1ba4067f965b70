"""The till can be kept on a device's home screen: its manifest stays within the till, its icons are pictures."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.factories.businesses import Shop, hire
from tests.factories.people import Person
from tests.web.tills import BEN_PIN, opened, paired


def test_the_manifest_names_the_till_and_stays_within_it(cafe: Shop) -> None:
    browser, base = cafe.owner.app.test_client(), f"/b/{cafe.slug}/till/"
    answer = browser.get(f"{base}app.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    said = answer.json
    assert (said["name"], said["display"]) == ("Till · Café Alma", "standalone")
    assert said["scope"] == said["id"] == base
    assert said["start_url"].startswith(base)
    for icon in said["icons"]:
        size = int(icon["sizes"].partition("x")[0])
        with Image.open(io.BytesIO(browser.get(icon["src"]).data)) as picture:
            assert picture.size == (size, size)
    assert {"any", "maskable"} == {icon["purpose"] for icon in said["icons"]}
    assert browser.get(f"{base}icon-7.png").status_code == 404


@pytest.mark.parametrize("page", ["pair", "lock", ""])
def test_every_page_of_the_till_names_it(cafe: Shop, page: str) -> None:
    ben = hire(cafe, "Ben", "staff", BEN_PIN)
    till = opened(cafe, ben)
    shown = till.get(f"/b/{cafe.slug}/till/{page}").get_data(as_text=True)
    assert f'href="/b/{cafe.slug}/till/app.webmanifest"' in shown


def test_it_begins_where_the_device_stands(cafe: Shop, alma: Person) -> None:
    start, find = f"/b/{cafe.slug}/till/start", f"/b/{cafe.slug}/till/"
    assert cafe.owner.app.test_client().get(start).location == f"{find}pair"
    assert paired(cafe).get(start).location == find
    assert alma.browser().get(start).location == find
