"""Many hands on the same points, the same last unit and the same voucher: one wins, and the books add up."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict
from app.models.reward import Reward
from app.queries.vouchers import vouchers_of
from app.services.redemption_moves import move_redemption
from app.services.redemptions import request_credit, request_redemption
from app.services.voucher_expiry import expire_vouchers
from app.services.voucher_use import redeem_voucher
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, moved, read, redeem, saver
from tests.factories.trade import join, live_points, live_punch_card, sell
from tests.support.books import balance, proven

HANDS = 20
__all__ = ["proven"]


def at_once(app: Flask, cafe: Shop, acts: list[Callable[[], object]]) -> list[str]:
    """Run all acts in threads of their own, each in its unit of work; "" for success, the code of a refusal."""
    start = Barrier(len(acts))
    held = clock.held()

    def run(act: Callable[[], object]) -> str:
        start.wait()
        try:
            with app.app_context(), unit_of_work(cafe.id):
                if held is None:
                    act()
                else:
                    with clock.frozen(held):
                        act()
        except Conflict as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_the_last_unit_goes_to_one_of_twenty_members(app: Flask, cafe: Shop) -> None:
    program_id = live_points(cafe)
    members = [saver(cafe, f"Member {number}", program_id=program_id) for number in range(HANDS)]
    reward_id = free_coffee(cafe, quantityAvailable=1)
    answers = at_once(
        app,
        cafe,
        [lambda who=who: request_redemption(who, reward_id, actor=owner_of(cafe)) for who in members],  # type: ignore[misc]
    )
    assert sorted(answers) == ["", *["out_of_stock"] * (HANDS - 1)]
    assert sum(balance(cafe, who) for who in members) == HANDS * 100 - 40
    with unit_of_work(cafe.id):
        assert session().scalar(select(Reward.quantity_remaining)) == 0


def test_a_balance_for_one_pays_one_of_twenty_requests(app: Flask, cafe: Shop) -> None:
    member_id, reward_id = saver(cafe, points=50), free_coffee(cafe)
    answers = at_once(
        app, cafe, [lambda: request_redemption(member_id, reward_id, actor=owner_of(cafe)) for _ in range(HANDS)]
    )
    assert sorted(answers) == ["", *["insufficient_points"] * (HANDS - 1)]
    assert balance(cafe, member_id) == 10


def test_rewards_and_money_together_never_take_more_than_is_there(app: Flask, cafe: Shop) -> None:
    member_id, reward_id = saver(cafe, points=400), free_coffee(cafe)
    acts: list[Callable[[], object]] = []
    for _ in range(HANDS // 2):
        acts.append(lambda: request_redemption(member_id, reward_id, actor=owner_of(cafe)))
        acts.append(lambda: request_credit(member_id, 60, actor=owner_of(cafe)))
    answers = at_once(app, cafe, acts)
    spent = sum(40 if place % 2 == 0 else 60 for place, answer in enumerate(answers) if answer == "")
    assert set(answers) == {"", "insufficient_points"}
    assert balance(cafe, member_id) == 400 - spent
    assert 0 <= 400 - spent < 60


def test_a_voucher_is_handed_in_by_one_of_twenty(app: Flask, cafe: Shop) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    code = read(cafe, made)["voucherCode"]
    answers = at_once(app, cafe, [lambda: redeem_voucher(code, None, owner_of(cafe)) for _ in range(HANDS)])
    assert sorted(answers) == ["", *["already_redeemed"] * (HANDS - 1)]


def test_a_rule_s_voucher_is_handed_in_by_one_of_twenty(app: Flask, cafe: Shop) -> None:
    live_punch_card(cafe)
    member_id = join(cafe, "Cleo")
    for _ in range(3):
        sell(cafe, member_id)
    with unit_of_work(cafe.id):
        code = vouchers_of(member_id).rows[0]["code"]
    answers = at_once(app, cafe, [lambda: redeem_voucher(code, None, owner_of(cafe)) for _ in range(HANDS)])
    assert sorted(answers) == ["", *["already_redeemed"] * (HANDS - 1)]


def expired_late() -> None:
    """Run the expiry job as of the day after tomorrow, in this thread alone."""
    with clock.frozen(clock.now() + timedelta(days=2)):
        expire_vouchers()


@pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_cancel_redeem_and_running_out_end_a_redemption_in_one_way(app: Flask, cafe: Shop, rounds: int) -> None:
    program_id = live_points(cafe)
    reward_id = free_coffee(cafe, voucherExpiresAfterDays=1, quantityAvailable=1000)
    for number in range(rounds):
        member_id = saver(cafe, f"Member {number}", program_id=program_id)
        made = redeem(cafe, member_id, reward_id)
        code = read(cafe, made)["voucherCode"]
        acts: list[Callable[[], object]] = [
            lambda made=made: move_redemption(made, "cancelled", actor=owner_of(cafe)),  # type: ignore[misc]
            lambda code=code: redeem_voucher(code, None, owner_of(cafe)),  # type: ignore[misc]
            lambda made=made: move_redemption(made, "redeemed", actor=owner_of(cafe)),  # type: ignore[misc]
            expired_late,
        ] * 2
        at_once(app, cafe, acts)
        found = read(cafe, made)
        assert found["status"] in ("cancelled", "redeemed")
        assert balance(cafe, member_id) == (100 if found["status"] == "cancelled" else 60)


def test_twenty_approvals_are_one(app: Flask, cafe: Shop) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    answers = at_once(
        app, cafe, [lambda: move_redemption(made, "approved", actor=owner_of(cafe)) for _ in range(HANDS)]
    )
    assert sorted(answers) == ["", *["invalid_transition"] * (HANDS - 1)]
    assert moved(cafe, made, "cancelled")["pointsReturned"] == 40
