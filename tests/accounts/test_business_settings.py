"""What a business says of itself: its logo, its currency, its hours, the program of its activities."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image

from app.core.unit_of_work import unit_of_work
from app.domain.errors import Conflict, ValidationErrors
from app.queries.audit import AuditFilter, audit_slice
from app.queries.business_settings import activity_program_id
from app.queries.businesses import business, header
from app.services.brand import change_logo, remove_logo, suggested_colour
from app.services.businesses import update_business
from app.services.pictures import picture
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.programs import owner_of, punch_card
from tests.factories.trade import join, live_points, sell


def _logo(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 100), colour).save(file, "PNG")
    return file.getvalue()


def _logo_key(shop: Shop) -> str:
    with unit_of_work(shop.id):
        return str(header()["logo_key"])


def _changed(shop: Shop, **changes: object) -> None:
    with unit_of_work(shop.id):
        update_business(changes, owner_of(shop))


def test_a_new_logo_takes_the_place_of_the_old_one_and_suggests_its_colour(cafe: Shop, client: FlaskClient) -> None:
    with unit_of_work(cafe.id):
        change_logo(_logo("#c0392b"), owner_of(cafe))
    with unit_of_work(cafe.id):
        first = header()["logo_key"]
        assert suggested_colour() == "#c0392b"
        change_logo(_logo("#00704a"), owner_of(cafe))
    assert cafe.owner.get("/business").json["logoUrl"].endswith(f"/pictures/{_logo_key(cafe)}")
    with unit_of_work(cafe.id):
        second = header()["logo_key"]
        assert (suggested_colour(), picture(first)) == ("#00704a", None)
        assert client.get(f"/pictures/{second}").status_code == 200
        remove_logo(owner_of(cafe))
    with unit_of_work(cafe.id):
        assert (header()["logo_key"], suggested_colour(), picture(second)) == (None, None, None)
        told = audit_slice(AuditFilter(action="business.changed")).rows
        assert [row["after"] for row in told] == [{"logo": None}, {"logo": second}, {"logo": first}]


def test_a_refused_logo_leaves_the_old_one(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        change_logo(_logo("#c0392b"), owner_of(cafe))
    with pytest.raises(ValidationErrors), unit_of_work(cafe.id):
        change_logo(b"<svg/>", owner_of(cafe))
    with unit_of_work(cafe.id):
        assert picture(header()["logo_key"]) is not None


def test_the_currency_may_change_until_the_first_purchase(cafe: Shop) -> None:
    _changed(cafe, currency="EUR")
    live_points(cafe)
    sell(cafe, join(cafe, "Cleo"), "10.00")
    with pytest.raises(Conflict, match="every amount in the books"):
        _changed(cafe, currency="UAH")
    _changed(cafe, currency="EUR", name="Alma's")
    with unit_of_work(cafe.id):
        assert (business(cafe.id)["currency"], business(cafe.id)["name"]) == ("EUR", "Alma's")
    assert cafe.owner.patch("/business", {"currency": "UAH"}).json["code"] == "currency_fixed"


def test_activities_grant_the_points_of_the_chosen_program_or_of_the_oldest_live_one(cafe: Shop) -> None:
    def granting() -> UUID | None:
        with unit_of_work(cafe.id):
            return activity_program_id()

    assert granting() is None
    first, second = live_points(cafe), live_points(cafe)
    assert granting() == first
    _changed(cafe, settings={"activityProgramId": str(second)})
    assert granting() == second
    _changed(cafe, settings={"activityProgramId": None})
    assert granting() == first


def test_only_a_points_program_of_the_business_can_be_chosen(cafe: Shop, florist: Shop) -> None:
    for wrong in (str(punch_card(cafe)), str(live_points(florist)), "nonsense"):
        with pytest.raises(ValidationErrors, match="Choose one of your points programs"):
            _changed(cafe, settings={"activityProgramId": wrong})


def test_hours_that_run_into_each_other_are_refused_with_their_day(alma: Person) -> None:
    late = {"fri": [{"opens": "18:00", "closes": "03:00"}], "sat": [{"opens": "02:00", "closes": "05:00"}]}
    refused = alma.post("/locations", {"name": "Bar", "hours": late})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["hours.fri"])
    late["sat"][0]["opens"] = "03:00"
    made = alma.post("/locations", {"name": "Bar", "hours": late}).json
    assert made["hours"] == late
