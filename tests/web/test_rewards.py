"""The catalogue as an owner sees and fills it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.rewards import free_coffee, redeem, saver
from tests.factories.trade import live_points

FILLED: dict[str, Any] = {
    "name": "A free coffee",
    "reward_type": "free_product",
    "scope": "any",
    "points_cost": "40",
    "code_kind": "generated",
    "delivery_methods": "in_store",
    "active": "1",
}


@pytest.fixture
def browser(alma: Person) -> FlaskClient:
    return alma.browser()


def shown(browser: FlaskClient, shop: Shop, path: str = "") -> str:
    answer = browser.get(f"/b/{shop.slug}/rewards{path}")
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def sent(browser: FlaskClient, shop: Shop, path: str, **fields: Any) -> Any:
    return submit(browser, f"/b/{shop.slug}/rewards{path}", **fields)


def test_an_empty_catalogue_offers_three_rewards_to_switch_on(cafe: Shop, browser: FlaskClient) -> None:
    live_points(cafe)
    page = shown(browser, cafe)
    assert page.count("Switch on<") == 3
    answer = sent(browser, cafe, "/start/coffee")
    assert answer.status_code == 303
    page = shown(browser, cafe)
    assert "Any coffee, free" in page
    assert "Unlimited" in page
    assert "Three rewards to begin with" not in page


def test_a_reward_is_added_shown_changed_switched_and_deleted(cafe: Shop, browser: FlaskClient, alma: Person) -> None:
    live_points(cafe)
    fields = {**FILLED, "quantity_available": "50", "ends_on": "2099-12-31", "terms": "One a day"}
    assert sent(browser, cafe, "/new", **fields).status_code == 303
    (reward,) = [each for each in alma.get("/rewards").json["data"] if each["businessId"]]
    assert reward["endsAt"] == "2099-12-31T22:00:00Z", "the end of the last day in Kyiv"
    page = shown(browser, cafe)
    assert "50 left of 50" in page
    assert "Until 31 December 2099" in page
    form = shown(browser, cafe, f"/{reward['id']}/edit")
    assert 'value="2099-12-31"' in form
    assert sent(browser, cafe, f"/{reward['id']}/edit", **{**fields, "points_cost": "1,060"}).status_code == 303
    changed = alma.get(f"/rewards/{reward['id']}").json
    assert (changed["pointsCost"], changed["endsAt"]) == (1060, reward["endsAt"])
    sent(browser, cafe, f"/{reward['id']}/switch", to="off")
    assert alma.get(f"/rewards/{reward['id']}").json["active"] is False
    assert sent(browser, cafe, f"/{reward['id']}/delete").status_code == 303
    assert alma.get(f"/rewards/{reward['id']}").status_code == 404


def test_what_is_wrong_is_said_in_its_field_and_everything_typed_is_kept(cafe: Shop, browser: FlaskClient) -> None:
    answer = sent(
        browser,
        cafe,
        "/new",
        name="Ten off",
        reward_type="discount",
        scope="some",
        points_cost="many",
        description="Only on Mondays",
        starts_on="soon",
        code_kind="shared",
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "This reward gives ₴0 when nothing eligible is in the order" in page
    for name in ("percent", "products", "points_cost", "starts_on", "shared_code"):
        assert f'id="{name}-error"' in page, name
    for kept in ("Ten off", "Only on Mondays", 'value="many"', 'value="soon"'):
        assert kept in page
    assert "Error:" in page


def test_a_day_that_no_calendar_of_ours_has_is_told(cafe: Shop, browser: FlaskClient) -> None:
    page = sent(browser, cafe, "/new", **FILLED, starts_on="0001-01-01", ends_on="9999-12-31").get_data(as_text=True)
    assert 'id="starts_on-error"' in page
    assert 'id="ends_on-error"' in page


def test_nothing_typed_asks_for_a_name_and_points(cafe: Shop, browser: FlaskClient) -> None:
    page = sent(browser, cafe, "/new", reward_type="cash_back", code_kind="generated").get_data(as_text=True)
    assert "Enter a name, such as A free coffee" in page
    assert "Enter how many points it costs" in page
    assert "Enter the amount that comes back" in page


def test_the_preview_says_what_the_points_mean(cafe: Shop, browser: FlaskClient) -> None:
    saver(cafe, points=100)
    query = "?name=Cake&reward_type=discount&percent=12.5&points_cost=40"
    part = browser.get(f"/b/{cafe.slug}/rewards/preview{query}", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "Cake" in part
    assert "12.5 % off" in part
    assert "≈ ₴20 spend; 100 % of members could get this today" in part
    without = sent(browser, cafe, "/new", **FILLED, step="preview")
    assert without.status_code == 200
    assert "40 points" in without.get_data(as_text=True)


def test_a_picture_needs_words_and_stands_on_the_card(cafe: Shop, browser: FlaskClient) -> None:
    def picture() -> tuple[io.BytesIO, str]:
        drawn = io.BytesIO()
        Image.new("RGB", (40, 30), "#7f3b1c").save(drawn, "PNG")
        drawn.seek(0)
        return drawn, "cup.png"

    answer = sent(browser, cafe, "/new", **FILLED, picture=picture())
    assert answer.status_code == 422
    assert 'id="image_alt-error"' in answer.get_data(as_text=True)
    refused = sent(browser, cafe, "/new", **FILLED, picture=(io.BytesIO(b"<svg/>"), "x.svg"), image_alt="A cup")
    assert 'id="picture-error"' in refused.get_data(as_text=True)
    assert sent(browser, cafe, "/new", **FILLED, picture=picture(), image_alt="A cup").status_code == 303
    page = shown(browser, cafe)
    assert 'alt="A cup"' in page
    assert browser.get(page.partition('<img class="r-reward__img"')[2].partition('src="')[2].partition('"')[0]).data


def test_a_reward_with_open_redemptions_is_deleted_by_its_name(cafe: Shop, browser: FlaskClient) -> None:
    reward_id = free_coffee(cafe)
    redeem(cafe, saver(cafe), reward_id)
    page = shown(browser, cafe, f"/{reward_id}/delete")
    assert "1 redemption is still open" in page
    refused = sent(browser, cafe, f"/{reward_id}/delete", name="coffee")
    assert refused.status_code == 422
    assert 'value="coffee"' in refused.get_data(as_text=True)
    assert sent(browser, cafe, f"/{reward_id}/delete", name="a free COFFEE").status_code == 303


def test_the_platform_s_rewards_are_read_only_copied_and_hidden(cafe: Shop, browser: FlaskClient, alma: Person) -> None:
    suggested = next(each for each in alma.get("/rewards").json["data"] if each["businessId"] is None)
    page = shown(browser, cafe)
    assert "System" in page
    assert "Make a copy" in page
    assert browser.get(f"/b/{cafe.slug}/rewards/{suggested['id']}/edit").status_code == 404
    answer = sent(browser, cafe, f"/{suggested['id']}/copy")
    assert answer.status_code == 303
    assert "Off" in shown(browser, cafe)
    sent(browser, cafe, f"/{suggested['id']}/hide")
    page = shown(browser, cafe)
    assert "Hidden suggestions (1)" in page
    assert suggested["id"] not in [each["id"] for each in alma.get("/rewards").json["data"]]
    sent(browser, cafe, f"/{suggested['id']}/hide", to="shown")
    assert "Hidden suggestions" not in shown(browser, cafe)


def test_two_people_at_one_reward_do_not_overwrite_each_other(cafe: Shop, browser: FlaskClient) -> None:
    reward_id = free_coffee(cafe)
    assert sent(browser, cafe, f"/{reward_id}/edit", **FILLED, version="1").status_code == 303
    second = sent(browser, cafe, f"/{reward_id}/edit", **{**FILLED, "name": "Mine"}, version="1")
    assert second.status_code == 422
    assert "Somebody else has changed this reward" in second.get_data(as_text=True)


def test_staff_see_the_catalogue_and_change_nothing(cafe: Shop, ben: Person) -> None:
    browser = ben.browser()
    assert browser.get(f"/b/{cafe.slug}/rewards").status_code == 200
    assert browser.get(f"/b/{cafe.slug}/rewards/new").status_code == 403


def test_hours_ways_and_hiding_are_kept_shown_and_refused_in_their_fields(
    cafe: Shop, browser: FlaskClient, alma: Person
) -> None:
    live_points(cafe)
    fields = {**FILLED, "hours_mon": "14-16", "hours_sat": "10:00–12:00, 15-18", "hide_when_out": "1"}
    wrong = sent(browser, cafe, "/new", **{**fields, "hours_mon": "late", "delivery_methods": []})
    said = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert 'id="hours_mon-error"' in said and 'value="late"' in said and "Choose at least one way to get it" in said
    assert [each for each in alma.get("/rewards").json["data"] if each["businessId"]] == []
    assert sent(browser, cafe, "/new", **{**fields, "delivery_methods": ["in_store", "shipping"]}).status_code == 303
    (reward,) = [each for each in alma.get("/rewards").json["data"] if each["businessId"]]
    assert reward["validHours"]["mon"] == [{"opens": "14:00", "closes": "16:00"}]
    assert (reward["hideWhenOut"], reward["deliveryMethods"]) == (True, ["in_store", "shipping"])
    page = shown(browser, cafe)
    assert "Mon 14:00–16:00, Sat 10:00–12:00, 15:00–18:00" in page and "In the shop, Sent to them" in page
    form = shown(browser, cafe, f"/{reward['id']}/edit")
    assert 'value="14:00–16:00"' in form
    assert sent(browser, cafe, f"/{reward['id']}/edit", **FILLED).status_code == 303
    (reward,) = [each for each in alma.get("/rewards").json["data"] if each["businessId"]]
    assert (reward["validHours"], reward["hideWhenOut"], reward["deliveryMethods"]) == ({}, False, ["in_store"])


def test_a_picture_is_cut_where_the_sliders_stand_and_in_the_middle_without_them(
    cafe: Shop, browser: FlaskClient, alma: Person
) -> None:
    live_points(cafe)
    for name, sliders, colour in (
        ("Left", {"crop_x": "0", "crop_y": "50", "crop_zoom": "100"}, (255, 0, 0)),
        ("Close", {"crop_x": "100", "crop_y": "50", "crop_zoom": "300"}, (0, 0, 255)),
        ("Middle", {}, (0, 255, 0)),
    ):
        fields = {**FILLED, **sliders, "name": name, "image_alt": "Colours"}
        assert sent(browser, cafe, "/new", **fields, picture=(striped(), "stripes.png")).status_code == 303
        reward = next(each for each in alma.get("/rewards").json["data"] if each["name"] == name)
        kept = Image.open(io.BytesIO(browser.get(reward["imageUrl"].partition("//")[2].partition("/")[2]).data))
        assert abs(kept.width * 3 - kept.height * 4) < 4, "4 by 3, in whole pixels"
        assert kept.convert("RGB").getpixel((kept.width // 2, kept.height // 2)) == colour


def striped() -> io.BytesIO:
    """A wide picture: red on the left, green in the middle, blue on the right."""
    drawn, file = Image.new("RGB", (1800, 300), "#00ff00"), io.BytesIO()
    drawn.paste("#ff0000", (0, 0, 600, 300))
    drawn.paste("#0000ff", (1200, 0, 1800, 300))
    drawn.save(file, "PNG")
    return io.BytesIO(file.getvalue())
