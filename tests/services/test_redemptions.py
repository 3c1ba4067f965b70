"""Points become rewards: debit, stock, record and voucher together, and all of it back again, once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.tenancy import unscoped
from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.models.enrollment import Enrollment
from app.models.ledger import LedgerEntry, Lot
from app.models.message import Message
from app.models.outbox import OutboxEvent
from app.models.reward import Reward
from app.queries.enrollments import enrollments_of
from app.queries.reward_shelf import reward_shelf
from app.queries.rewards import platform_rewards
from app.queries.verification import breaks
from app.queries.vouchers import voucher, vouchers_of
from app.services.businesses import create_location
from app.services.corrections import refund_purchase
from app.services.expiry import expire_points
from app.services.program_lifecycle import move_program
from app.services.programs import create_program
from app.services.redemptions import Delivery, request_credit
from app.services.rewards import change_reward, copy_platform_reward, remove_reward
from app.services.voucher_expiry import expire_vouchers, warn_of_expiry
from app.services.voucher_use import redeem_voucher
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, moved, read, redeem, saver
from tests.factories.trade import join, live_points, live_punch_card, sell, settle

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def proven(cafe: Shop) -> Any:
    """After every test of this file the books add up."""
    yield
    with unscoped("test") as opened:
        assert list(breaks(opened, cafe.id)) == []


def balance(shop: Shop, member_id: UUID) -> int:
    with unit_of_work(shop.id):
        return sum(entry["balance"] for entry in enrollments_of(member_id) if entry["unit"] == "points")


def events(shop: Shop, kind: str) -> list[dict[str, Any]]:
    with unit_of_work(shop.id):
        found = select(OutboxEvent.payload).where(OutboxEvent.event_type == f"loyalty.{kind}").order_by(OutboxEvent.id)
        return list(session().scalars(found))


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
    redeem(cafe, member_id, tied)
    assert read(cafe, redeem(cafe, member_id, reward_id))["programId"] == second, "the only one that still could"


def test_an_ended_program_pays_until_its_last_day(cafe: Shop) -> None:
    program_id = live_points(cafe)
    member_id = saver(cafe, program_id=program_id)
    reward_id = free_coffee(cafe)
    with unit_of_work(cafe.id):
        move_program(program_id, "end", actor=owner_of(cafe))
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


def test_a_cancel_puts_points_and_stock_back_once(cafe: Shop) -> None:
    member_id = saver(cafe)
    reward_id = free_coffee(cafe, quantityAvailable=1)
    made = redeem(cafe, member_id, reward_id)
    found = moved(cafe, made, "cancelled", notes="Machine broken")
    assert (found["status"], found["pointsReturned"], found["notes"]) == ("cancelled", 40, "Machine broken")
    assert balance(cafe, member_id) == 100
    with unit_of_work(cafe.id):
        assert voucher(found["voucherCode"])["status"] == "revoked"
        kept = session().execute(select(Enrollment.lifetime, Enrollment.spent).where(Enrollment.unit == "points")).one()
    assert tuple(kept) == (100, 0), "what comes back was not earned again"
    with pytest.raises(Conflict):
        moved(cafe, made, "cancelled")
    redeem(cafe, member_id, reward_id)
    assert balance(cafe, member_id) == 60


def test_a_cancel_may_keep_the_points(cafe: Shop) -> None:
    member_id = saver(cafe)
    made = redeem(cafe, member_id, free_coffee(cafe))
    assert moved(cafe, made, "cancelled", return_points=False)["pointsReturned"] == 0
    assert balance(cafe, member_id) == 60


def test_points_come_back_with_their_old_expiry_and_a_fortnight_at_least(cafe: Shop) -> None:
    live_points(cafe, ruleConfig={"pointsPerDollar": 2, "redemptionRate": 50, "expirationMonths": 1})
    member_id = join(cafe, "Cleo")
    sell(cafe, member_id, "50.00")
    reward_id = free_coffee(cafe)
    early, late = redeem(cafe, member_id, reward_id), redeem(cafe, member_id, reward_id)
    now = clock.now()
    with unit_of_work(cafe.id):
        old = session().scalars(select(Lot.expires_at)).one()
    moved(cafe, early, "cancelled")
    with clock.frozen(now + 60 * DAY):
        moved(cafe, late, "cancelled")
        assert balance(cafe, member_id) == 40, "the first forty and the rest have run out in the meantime"
        with unit_of_work(cafe.id):
            expire_points()
    with unit_of_work(cafe.id):
        ends = session().scalars(select(Lot.expires_at).order_by(Lot.id)).all()
        earned = set(session().scalars(select(Lot.earned_at)))
    assert ends == [old, old, now + 74 * DAY]
    assert len(earned) == 1, "they were earned when they were earned"


def test_points_that_come_back_first_pay_what_is_owed(cafe: Shop) -> None:
    live_points(cafe)
    member_id = join(cafe, "Cleo")
    purchase_id = sell(cafe, member_id, "20.00")
    made = redeem(cafe, member_id, free_coffee(cafe))
    with unit_of_work(cafe.id):
        refund_purchase(purchase_id, amount_minor=1500, items=None, reason="", actor=owner_of(cafe))
    settle(cafe)
    moved(cafe, made, "cancelled")
    assert balance(cafe, member_id) == 10


@pytest.mark.parametrize(
    ("way", "refused"),
    [
        (["approved", "shipped", "delivered"], "cancelled"),
        (["approved", "redeemed"], "cancelled"),
        (["redeemed"], "approved"),
        (["cancelled"], "approved"),
        (["approved"], "pending"),
        (["approved"], "delivered"),
        ([], "shipped"),
        ([], "delivered"),
    ],
)
def test_a_redemption_goes_the_ways_of_the_machine_and_no_other(cafe: Shop, way: list[str], refused: str) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    for status in way:
        assert moved(cafe, made, status)["status"] == status
    with pytest.raises(Conflict) as told:
        moved(cafe, made, refused)
    assert told.value.code == "invalid_transition"
    updated = [event["status"] for event in events(cafe, "redemption.updated")]
    assert updated == way


def test_what_was_sent_cannot_be_had_at_the_counter_too(cafe: Shop) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe), delivery=Delivery("shipping", "1 Main St"))
    moved(cafe, made, "approved")
    found = moved(cafe, made, "shipped", tracking_number="AB1")
    assert found["trackingNumber"] == "AB1"
    with unit_of_work(cafe.id), pytest.raises(Conflict) as told:
        redeem_voucher(found["voucherCode"], None, owner_of(cafe))
    assert told.value.code == "already_redeemed"


def test_who_comes_second_reads_who_was_first(cafe: Shop) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    seen = read(cafe, made)["version"]
    moved(cafe, made, "approved", seen_version=seen)
    with (
        clock.frozen(clock.now() + timedelta(seconds=5)),
        pytest.raises(Conflict, match=r"Alma approved this \d s ago"),
    ):
        moved(cafe, made, "approved", seen_version=seen)


def test_a_voucher_makes_its_redemption_redeemed_once(cafe: Shop) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    code = read(cafe, made)["voucherCode"]
    with unit_of_work(cafe.id):
        redeem_voucher(f" {code.lower()} ", None, owner_of(cafe))
    found = read(cafe, made)
    assert found["status"] == "redeemed"
    assert found["fulfilledAt"] is not None
    with unit_of_work(cafe.id), pytest.raises(Conflict) as told:
        redeem_voucher(code, None, owner_of(cafe))
    assert told.value.code == "already_redeemed"
    assert len(events(cafe, "voucher.redeemed")) == 1


def test_a_rule_s_voucher_is_handed_in_too(cafe: Shop) -> None:
    live_punch_card(cafe)
    member_id = join(cafe, "Cleo")
    for _ in range(3):
        sell(cafe, member_id)
    with unit_of_work(cafe.id):
        code = vouchers_of(member_id).rows[0]["code"]
        redeem_voucher(code, None, owner_of(cafe))
        assert voucher(code)["status"] == "redeemed"
    with unit_of_work(cafe.id), pytest.raises(Conflict):
        redeem_voucher(code, None, owner_of(cafe))


def test_a_voucher_belongs_to_the_locations_of_its_reward_and_its_program(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        here, there = (create_location({"name": name}, owner_of(cafe)) for name in ("Here", "There"))
    member_id = saver(cafe, points=300)
    code = read(cafe, redeem(cafe, member_id, free_coffee(cafe, locationIds=[str(here)])))["voucherCode"]
    live_punch_card(cafe, locationIds=[str(here)])
    for _ in range(3):
        sell(cafe, member_id, locationId=str(here))
    with unit_of_work(cafe.id):
        earned = next(row["code"] for row in vouchers_of(member_id).rows if row["programId"])
    for each in (code, earned):
        with unit_of_work(cafe.id), pytest.raises(Conflict) as told:
            redeem_voucher(each, there, owner_of(cafe))
        assert told.value.code == "location_not_participating"
        with unit_of_work(cafe.id), pytest.raises(ValidationErrors):
            redeem_voucher(each, None, owner_of(cafe))
        with unit_of_work(cafe.id):
            redeem_voucher(each, here, owner_of(cafe))


def test_a_catalogue_voucher_that_runs_out_gives_the_points_back_once(cafe: Shop) -> None:
    member_id = saver(cafe)
    made = redeem(cafe, member_id, free_coffee(cafe, voucherExpiresAfterDays=10, quantityAvailable=1))
    code = read(cafe, made)["voucherCode"]
    with clock.frozen(clock.now() + 12 * DAY):
        with unit_of_work(cafe.id):
            with pytest.raises(Conflict) as told:
                redeem_voucher(code, None, owner_of(cafe))
            assert told.value.code == "expired"
        for expected in (1, 0):
            with unit_of_work(cafe.id):
                assert expire_vouchers() == expected
        assert balance(cafe, member_id) == 100
    assert read(cafe, made)["status"] == "cancelled"
    with unit_of_work(cafe.id):
        assert voucher(code)["status"] == "expired"
        assert session().scalar(select(Reward.quantity_remaining)) == 1
    assert len(events(cafe, "voucher.expired")) == 1


def test_a_member_is_warned_a_week_and_a_day_before_once_each(cafe: Shop) -> None:
    member_id = saver(cafe, email="cleo@example.com")
    redeem(cafe, member_id, free_coffee(cafe, voucherExpiresAfterDays=30))
    start = clock.now()
    for day in range(32):
        with clock.frozen(start + day * DAY):
            for _ in range(2):
                with unit_of_work(cafe.id):
                    warn_of_expiry()
                with unit_of_work(cafe.id):
                    expire_vouchers()
    with unit_of_work(cafe.id):
        told = session().scalars(select(Message.context["days"].as_integer()).where(Message.kind == "voucher_expiring"))
        assert sorted(told, reverse=True) == [7, 1]


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


def test_what_a_cancel_gives_back_stands_in_the_books_as_its_debit_s_return(cafe: Shop) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    moved(cafe, made, "cancelled")
    with unit_of_work(cafe.id):
        debit, back = session().scalars(
            select(LedgerEntry).where(LedgerEntry.kind.in_(("redeem", "restore"))).order_by(LedgerEntry.number)
        )
        assert (debit.amount, back.amount, back.reverses_entry_id) == (-40, 40, debit.id)
        assert debit.source_key == f"redemption:{made}"
