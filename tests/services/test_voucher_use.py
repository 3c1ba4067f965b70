"""A voucher is handed in once, where it is good, and runs out with two warnings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict, ValidationErrors
from app.domain.lifecycle import Action
from app.jobs.vouchers import expire_vouchers as vouchers_job
from app.models.message import Message
from app.models.reward import Reward
from app.queries.vouchers import voucher, vouchers_of
from app.services.businesses import create_location
from app.services.program_lifecycle import move_program
from app.services.voucher_expiry import expire_vouchers, warn_of_expiry
from app.services.voucher_use import redeem_voucher
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, read, redeem, saver
from tests.factories.trade import join, live_punch_card, sell
from tests.support.books import balance, events

DAY = timedelta(days=1)


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


def test_vouchers_of_a_program_that_cannot_be_redeemed_any_more_run_out_with_it(cafe: Shop) -> None:
    card = live_punch_card(cafe)
    member_id = join(cafe, "Cleo")
    for _ in range(3):
        sell(cafe, member_id)
    with unit_of_work(cafe.id):
        move_program(card, Action.END, actor=owner_of(cafe))
        code = vouchers_of(member_id).rows[0]["code"]
    with clock.frozen(clock.now() + 91 * DAY):
        with unit_of_work(cafe.id), pytest.raises(Conflict) as told:
            redeem_voucher(code, None, owner_of(cafe))
        assert told.value.code == "expired"
        for _ in range(2):
            vouchers_job(str(cafe.id))
    with unit_of_work(cafe.id):
        assert voucher(code)["status"] == "expired"
    assert len(events(cafe, "voucher.expired")) == 1
