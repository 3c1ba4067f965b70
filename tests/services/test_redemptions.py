"""Points become rewards: debit, stock, record and voucher together, or nothing of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.lifecycle import Action
from app.models.ledger import Lot
from app.models.reward import Reward
from app.queries.vouchers import voucher
from app.services.program_lifecycle import move_program
from app.services.programs import create_program
from app.services.redemptions import Delivery
from app.services.rewards import remove_reward
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, moved, read, redeem, saver
from tests.factories.trade import join, live_points, sell
from tests.support.books import balance, events

DAY = timedelta(days=1)


def test_a_reward_takes_its_points_a_unit_of_stock_and_leaves_a_voucher(cafe: Shop) -> None:
    member_id = saver(cafe)
    reward_id = free_coffee(cafe, quantityAvailable=5, voucherExpiresAfterDays=30)
    found = read(cafe, redeem(cafe, member_id, reward_id))
    assert (found["status"], found["pointsRedeemed"], found["kind"]) == ("pending", 40, "reward")
    assert balance(cafe, member_id) == 60
    with unit_of_work(cafe.id):
        assert session().scalar(select(Reward.quantity_remaining)) == 4
        issued = voucher(found["voucherCode"])
    assert (issued["status"], issued["programId"], issued["rewardId"]) == ("available", None, reward_id)
    assert len(found["voucherCode"]) == 27, "more than 128 random bits"
    assert [event["points"] for event in events(cafe, "points.redeemed")] == [40]
    assert [event["status"] for event in events(cafe, "redemption.requested")] == ["pending"]
    assert "code" not in str(events(cafe, "voucher.issued")).lower()


def test_what_runs_out_first_is_spent_first(cafe: Shop) -> None:
    now = clock.now()
    config = {"pointsPerDollar": 1, "redemptionRate": 50, "expirationMonths": 2}
    live_points(cafe, ruleConfig=config, startsAt=(now - 90 * DAY).isoformat())
    member_id = join(cafe, "Cleo")
    sell(cafe, member_id, "30.00")
    sell(cafe, member_id, "30.00", occurredAt=(now - 30 * DAY).isoformat())
    redeem(cafe, member_id, free_coffee(cafe))
    with unit_of_work(cafe.id):
        left = session().execute(select(Lot.remaining).order_by(Lot.expires_at)).scalars().all()
    assert left == [0, 20]


def test_a_member_never_has_less_than_nothing(cafe: Shop) -> None:
    member_id = saver(cafe, points=30)
    with pytest.raises(Conflict, match="10 points to go") as refused:
        redeem(cafe, member_id, free_coffee(cafe))
    assert refused.value.code == "insufficient_points"
    assert balance(cafe, member_id) == 30
    assert events(cafe, "points.redeemed") == []


def test_points_past_their_time_buy_nothing_even_if_no_job_has_run(cafe: Shop) -> None:
    live_points(cafe, ruleConfig={"pointsPerDollar": 2, "redemptionRate": 50, "expirationMonths": 1})
    member_id = join(cafe, "Cleo")
    sell(cafe, member_id, "50.00")
    reward_id = free_coffee(cafe)
    with clock.frozen(clock.now() + 40 * DAY):
        with pytest.raises(Conflict, match="40 points to go"):
            redeem(cafe, member_id, reward_id)
        sell(cafe, member_id, "20.00")
        redeem(cafe, member_id, reward_id)
        assert balance(cafe, member_id) == 0
    assert [event["points"] for event in events(cafe, "points.expired")] == [100]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"active": False}, "not_available"),
        ({"startsAt": "2099-01-01T00:00:00Z"}, "not_available"),
        ({"quantityAvailable": 0}, "out_of_stock"),
    ],
)
def test_what_is_not_offered_is_refused_with_its_code(cafe: Shop, fields: dict[str, Any], code: str) -> None:
    member_id = saver(cafe)
    with pytest.raises(Conflict) as refused:
        redeem(cafe, member_id, free_coffee(cafe, **fields))
    assert refused.value.code == code
    assert balance(cafe, member_id) == 100


def test_a_reward_that_is_over_or_gone_is_refused(cafe: Shop) -> None:
    member_id = saver(cafe)
    reward_id = free_coffee(cafe, endsAt=(clock.now() + DAY).isoformat())
    with clock.frozen(clock.now() + 2 * DAY), pytest.raises(Conflict, match="no longer offered"):
        redeem(cafe, member_id, reward_id)
    with unit_of_work(cafe.id):
        remove_reward(reward_id, actor=owner_of(cafe))
    with pytest.raises(NotFound):
        redeem(cafe, member_id, reward_id)


def test_a_member_has_a_limited_reward_so_often_and_no_more(cafe: Shop) -> None:
    member_id = saver(cafe, points=200)
    reward_id = free_coffee(cafe, perMemberLimit=1)
    first = redeem(cafe, member_id, reward_id)
    with pytest.raises(Conflict, match="once"):
        redeem(cafe, member_id, reward_id)
    moved(cafe, first, "cancelled")
    redeem(cafe, member_id, reward_id)


def test_a_reward_for_a_tier_asks_for_it_or_a_higher_one(cafe: Shop) -> None:
    tiers = [
        {"name": name, "threshold": {"type": "spending", "value": value}}
        for name, value in (("Silver", 20), ("Gold", 60))
    ]
    body = {"name": "Circle", "ruleType": "TIER_BASED", "ruleConfig": {"evaluationPeriod": "yearly", "tiers": tiers}}
    with unit_of_work(cafe.id):
        create_program({**body, "isActive": True}, actor=owner_of(cafe))
    member_id = saver(cafe, points=60)
    gold, silver = free_coffee(cafe, tierExclusive="Gold"), free_coffee(cafe, tierExclusive="Silver", pointsCost=10)
    with pytest.raises(Conflict) as refused:
        redeem(cafe, member_id, gold)
    assert refused.value.code == "tier_required"
    redeem(cafe, member_id, silver)
    sell(cafe, member_id, "40.00")
    redeem(cafe, member_id, gold)
    with pytest.raises(ValidationErrors, match="Silver, Gold"):
        free_coffee(cafe, tierExclusive="Platinum")


def test_two_programs_that_could_pay_have_to_be_told_apart(cafe: Shop) -> None:
    first, second = live_points(cafe), live_points(cafe, name="More points")
    member_id = join(cafe, "Cleo")
    sell(cafe, member_id, "50.00")
    reward_id = free_coffee(cafe)
    with pytest.raises(ValidationErrors) as refused:
        redeem(cafe, member_id, reward_id)
    assert refused.value.code == "program_required"
    assert read(cafe, redeem(cafe, member_id, reward_id, program_id=second))["programId"] == second
    tied = free_coffee(cafe, programId=str(first))
    assert read(cafe, redeem(cafe, member_id, tied))["programId"] == first
    with pytest.raises(ValidationErrors, match="another program"):
        redeem(cafe, member_id, tied, program_id=second)
    redeem(cafe, member_id, tied)
    assert read(cafe, redeem(cafe, member_id, reward_id))["programId"] == second, "the only one that still could"


def test_an_ended_program_pays_until_its_last_day(cafe: Shop) -> None:
    program_id = live_points(cafe)
    member_id = saver(cafe, program_id=program_id)
    reward_id = free_coffee(cafe)
    with unit_of_work(cafe.id):
        move_program(program_id, Action.END, actor=owner_of(cafe))
    with clock.frozen(clock.now() + 89 * DAY):
        redeem(cafe, member_id, reward_id)
    with clock.frozen(clock.now() + 91 * DAY), pytest.raises(Conflict, match="40 points to go"):
        redeem(cafe, member_id, reward_id)


def test_shipping_needs_an_address(cafe: Shop) -> None:
    member_id = saver(cafe)
    reward_id = free_coffee(cafe)
    with pytest.raises(ValidationErrors, match="shippingAddress"):
        redeem(cafe, member_id, reward_id, delivery=Delivery("shipping"))
    made = redeem(cafe, member_id, reward_id, delivery=Delivery("shipping", {"street": "1 Main St"}))
    assert read(cafe, made)["shippingAddress"] == {"street": "1 Main St"}


def test_the_same_key_is_one_redemption(cafe: Shop) -> None:
    member_id, reward_id = saver(cafe), free_coffee(cafe)
    assert redeem(cafe, member_id, reward_id, key="tap") == redeem(cafe, member_id, reward_id, key="tap")
    assert balance(cafe, member_id) == 60
