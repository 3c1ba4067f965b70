"""What a reward has left, its codes, what the platform suggests, and points as money."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict, ValidationErrors
from app.models.reward import Reward
from app.queries.reward_shelf import reward_shelf
from app.queries.rewards import platform_rewards
from app.queries.vouchers import voucher
from app.services.businesses import create_location
from app.services.redemptions import Delivery, request_credit
from app.services.rewards import change_reward, copy_platform_reward
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, moved, read, redeem, saver
from tests.factories.trade import live_points, sell
from tests.support.books import balance

DAY = timedelta(days=1)


def test_codes_of_a_list_are_given_out_once_and_are_the_stock(cafe: Shop) -> None:
    member_id = saver(cafe, points=400)
    reward_id = free_coffee(cafe, codeKind="list", codes=["First-1", "Second-2"])
    first = redeem(cafe, member_id, reward_id)
    assert read(cafe, first)["voucherCode"] == "First-1"
    moved(cafe, first, "cancelled")
    assert read(cafe, redeem(cafe, member_id, reward_id))["voucherCode"] == "Second-2", "a code that was seen is spent"
    with pytest.raises(Conflict) as refused:
        redeem(cafe, member_id, reward_id)
    assert refused.value.code == "out_of_stock"
    with unit_of_work(cafe.id):
        change_reward(reward_id, {"codes": ["Third-3"]}, actor=owner_of(cafe))
    assert read(cafe, redeem(cafe, member_id, reward_id))["voucherCode"] == "Third-3"
    with unit_of_work(cafe.id), pytest.raises(ValidationErrors, match="uploaded before"):
        change_reward(reward_id, {"codes": ["First-1"]}, actor=owner_of(cafe))


def test_a_reward_of_one_location_cannot_be_had_at_another(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        here, there = (create_location({"name": name}, owner_of(cafe)) for name in ("Here", "There"))
    member_id, reward_id = saver(cafe), free_coffee(cafe, locationIds=[str(here)])
    with pytest.raises(Conflict, match="at this location"):
        redeem(cafe, member_id, reward_id, delivery=Delivery(location_id=there))
    redeem(cafe, member_id, reward_id, delivery=Delivery(location_id=here))
    redeem(cafe, member_id, reward_id)


def test_a_shared_code_is_everybody_s_and_no_code_is_nobody_s(cafe: Shop) -> None:
    member_id = saver(cafe, points=400)
    shared = free_coffee(cafe, codeKind="shared", sharedCode="COFFEE")
    assert {read(cafe, redeem(cafe, member_id, shared))["voucherCode"] for _ in range(2)} == {"COFFEE"}
    found = read(cafe, redeem(cafe, member_id, free_coffee(cafe, codeKind="none")))
    assert (found["voucherId"], found["voucherCode"]) == (None, None)
    assert moved(cafe, found["id"], "redeemed")["status"] == "redeemed"


def test_the_stock_never_goes_below_what_is_held(cafe: Shop) -> None:
    member_id = saver(cafe, points=400)
    reward_id = free_coffee(cafe, quantityAvailable=5)
    for _ in range(2):
        redeem(cafe, member_id, reward_id)
    with unit_of_work(cafe.id), pytest.raises(ValidationErrors, match="2 are taken already"):
        change_reward(reward_id, {"quantityAvailable": 1}, actor=owner_of(cafe))
    with unit_of_work(cafe.id):
        change_reward(reward_id, {"quantityAvailable": 2}, actor=owner_of(cafe))
    with pytest.raises(Conflict):
        redeem(cafe, member_id, reward_id)
    with unit_of_work(cafe.id):
        change_reward(reward_id, {"quantityAvailable": None}, actor=owner_of(cafe))
    redeem(cafe, member_id, reward_id)
    with unit_of_work(cafe.id):
        change_reward(reward_id, {"quantityAvailable": 3}, actor=owner_of(cafe))
        assert session().scalar(select(Reward.quantity_remaining)) == 1


def test_points_become_money_by_whole_minor_units_or_by_steps(cafe: Shop) -> None:
    program_id = live_points(cafe)
    member_id = saver(cafe, points=200, program_id=program_id)

    def credit(points: int) -> UUID:
        with unit_of_work(cafe.id):
            return request_credit(member_id, points, program_id=program_id, actor=owner_of(cafe))

    found = read(cafe, credit(75))
    assert (found["kind"], found["value"], found["rewardId"]) == ("credit", {"amount": "1.50"}, None)
    with unit_of_work(cafe.id):
        assert voucher(found["voucherCode"])["rewardValue"] == "1.50"
    with pytest.raises(Conflict, match="to go"):
        credit(150)
    moved(cafe, found["id"], "cancelled")
    assert balance(cafe, member_id) == 200


def test_points_that_give_no_whole_amount_are_refused_naming_the_nearest_below(cafe: Shop) -> None:
    config: dict[str, Any] = {"pointsPerDollar": Decimal(2), "redemptionRate": 300, "minimumRedemptionPoints": 6}
    program_id = live_points(cafe, ruleConfig=config)
    member_id = saver(cafe, points=200, program_id=program_id)
    with unit_of_work(cafe.id):
        with pytest.raises(ValidationErrors, match="nearest below is 99"):
            request_credit(member_id, 100, actor=owner_of(cafe))
        with pytest.raises(ValidationErrors, match="At least 6"):
            request_credit(member_id, 3, actor=owner_of(cafe))
    steps = [{"points": 50, "value": 1}, {"points": 120, "value": 3}]
    other = live_points(cafe, name="Steps", ruleConfig={**config, "redemptionSteps": steps})
    sell(cafe, member_id, "100.00")
    with unit_of_work(cafe.id):
        with pytest.raises(ValidationErrors, match="nearest below is 50"):
            request_credit(member_id, 100, program_id=other, actor=owner_of(cafe))
        made = request_credit(member_id, 120, program_id=other, actor=owner_of(cafe))
    assert read(cafe, made)["value"] == {"amount": "3.00"}


def test_the_platform_s_suggestions_are_copied_before_they_are_redeemed(cafe: Shop) -> None:
    member_id = saver(cafe, points=400)
    with unit_of_work(cafe.id):
        suggested = platform_rewards()[0]
    with pytest.raises(Conflict, match="copy"):
        redeem(cafe, member_id, suggested["id"])
    with unit_of_work(cafe.id):
        copied = copy_platform_reward(suggested["id"], actor=owner_of(cafe))
    with pytest.raises(Conflict, match="not offered"):
        redeem(cafe, member_id, copied)
    with unit_of_work(cafe.id):
        change_reward(copied, {"active": True}, actor=owner_of(cafe))
    redeem(cafe, member_id, copied)


def test_the_shelf_says_what_a_member_can_have_and_how_far_the_rest_is(cafe: Shop) -> None:
    member_id = saver(cafe)
    near, out = free_coffee(cafe, name="Cake", pointsCost=140), free_coffee(cafe, name="Cup", quantityAvailable=0)
    have = free_coffee(cafe)
    free_coffee(cafe, active=False)
    with unit_of_work(cafe.id):
        shelf = reward_shelf(member_id)
    assert [(entry["id"], (entry["refusal"] or {}).get("message")) for entry in shelf] == [
        (have, None),
        (out, "Cup is out of stock"),
        (near, "40 points to go"),
    ]
    assert shelf[0]["balanceAfter"] == 60
