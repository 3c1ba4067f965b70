"""A reward with hours is had and handed over in them alone; one that hides is gone from the shelf while it is out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.actor import Actor
from app.domain.errors import Conflict, ValidationErrors
from app.domain.opening_hours import WEEKDAYS
from app.queries.businesses import zone
from app.queries.reward_shelf import reward_shelf
from app.services.redemption_checks import Delivery
from app.services.redemptions import request_redemption
from app.services.rewards import change_reward
from app.services.voucher_use import redeem_voucher
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, read, redeem, saver

DAYS = tuple(WEEKDAYS)


def hours_around(shop: Shop, *, hours_from_now: int) -> dict[str, Any]:
    """Four hours that begin so many hours from now, on the clock of the business."""
    with unit_of_work(shop.id):
        local = clock.now().astimezone(zone()) + timedelta(hours=hours_from_now)
    ends = local + timedelta(hours=4)
    return {DAYS[local.weekday()]: [{"opens": f"{local:%H:%M}", "closes": f"{ends:%H:%M}"}]}


def shelf_refusal(shop: Shop, member_id: UUID) -> dict[str, str] | None:
    """Why the member cannot have the only reward on the shelf now."""
    with unit_of_work(shop.id):
        (entry,) = reward_shelf(member_id)
    refused: dict[str, str] | None = entry["refusal"]
    return refused


def test_outside_its_hours_a_reward_is_refused_and_inside_it_is_had(cafe: Shop) -> None:
    cleo = saver(cafe)
    reward = free_coffee(cafe, validHours=hours_around(cafe, hours_from_now=6))
    assert "can be had" in (shelf_refusal(cafe, cleo) or {})["message"]
    with pytest.raises(Conflict) as refused:
        redeem(cafe, cleo, reward)
    assert refused.value.code == "not_available"
    with unit_of_work(cafe.id):
        change_reward(reward, {"validHours": hours_around(cafe, hours_from_now=-1)}, actor=owner_of(cafe))
    assert shelf_refusal(cafe, cleo) is None
    assert read(cafe, redeem(cafe, cleo, reward))["status"] == "pending"


def test_a_voucher_that_was_taken_in_time_is_not_handed_over_outside_the_hours(cafe: Shop) -> None:
    cleo, reward = saver(cafe), free_coffee(cafe)
    taken = read(cafe, redeem(cafe, cleo, reward))
    with unit_of_work(cafe.id):
        change_reward(reward, {"validHours": hours_around(cafe, hours_from_now=6)}, actor=owner_of(cafe))
    with pytest.raises(Conflict) as refused, unit_of_work(cafe.id):
        redeem_voucher(taken["voucherCode"], None, owner_of(cafe))
    assert refused.value.code == "outside_valid_hours"
    assert read(cafe, taken["id"])["status"] == "pending"
    with unit_of_work(cafe.id):
        change_reward(reward, {"validHours": {}}, actor=owner_of(cafe))
        redeem_voucher(taken["voucherCode"], None, owner_of(cafe))
    assert read(cafe, taken["id"])["status"] == "redeemed"


def test_too_few_points_are_said_before_the_hours(cafe: Shop) -> None:
    cleo = saver(cafe, points=10)
    free_coffee(cafe, validHours=hours_around(cafe, hours_from_now=6))
    assert shelf_refusal(cafe, cleo) == {"code": "insufficient_points", "message": "30 points to go"}


@pytest.mark.parametrize(
    ("hours", "path"),
    [
        ({"mon": [{"opens": "08:00", "closes": "08:00"}]}, "validHours.mon"),
        ({"mon": [{"opens": "08:00", "closes": "10:00"}, {"opens": "09:00", "closes": "11:00"}]}, "validHours.mon"),
        ({"mon": [{"opens": "25:00", "closes": "26:00"}]}, "validHours.mon.0.opens"),
        ({"today": []}, "validHours.today"),
    ],
)
def test_hours_that_make_no_sense_are_refused_at_their_place(cafe: Shop, hours: Any, path: str) -> None:
    with pytest.raises(ValidationErrors) as refused:
        free_coffee(cafe, validHours=hours)
    assert path in refused.value.errors


def test_one_that_hides_is_gone_while_it_is_out_unless_it_is_asked_for(cafe: Shop) -> None:
    cleo = saver(cafe)
    reward = free_coffee(cafe, quantityAvailable=1)
    redeem(cafe, cleo, reward)
    assert (shelf_refusal(cafe, cleo) or {})["code"] == "out_of_stock"
    with unit_of_work(cafe.id):
        change_reward(reward, {"hideWhenOut": True}, actor=owner_of(cafe))
        assert reward_shelf(cleo) == []
        assert [each["id"] for each in reward_shelf(cleo, named=reward)] == [reward]


def test_members_choose_among_the_ways_that_are_offered_and_people_among_all(cafe: Shop) -> None:
    cleo, reward = saver(cafe), free_coffee(cafe)
    sent = Delivery("shipping", "1 Main St")
    with pytest.raises(ValidationErrors) as refused, unit_of_work(cafe.id):
        request_redemption(cleo, reward, actor=Actor("member", cleo, "Cleo"), delivery=sent)
    assert "deliveryMethod" in refused.value.errors
    with unit_of_work(cafe.id):
        change_reward(reward, {"deliveryMethods": ["in_store", "shipping"]}, actor=owner_of(cafe))
        made = request_redemption(cleo, reward, actor=Actor("member", cleo, "Cleo"), delivery=sent)
    assert read(cafe, made)["shippingAddress"] == "1 Main St"
    assert read(cafe, redeem(cafe, cleo, reward, delivery=Delivery("digital")))["deliveryMethod"] == "digital"


def test_the_clock_is_that_of_the_business(cafe: Shop) -> None:
    cleo = saver(cafe)
    with unit_of_work(cafe.id):
        local = clock.now().astimezone(zone())
    assert local.utcoffset() != clock.now().astimezone(ZoneInfo("UTC")).utcoffset()
    now_there = {
        DAYS[local.weekday()]: [{"opens": f"{local:%H:%M}", "closes": f"{local + timedelta(minutes=5):%H:%M}"}]
    }
    free_coffee(cafe, validHours=now_there)
    assert shelf_refusal(cafe, cleo) is None
