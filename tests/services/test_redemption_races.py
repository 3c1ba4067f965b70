"""Many hands on the same points, the same last unit and the same voucher: one wins, and the books add up."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import shuffle
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict
from app.models.reward import Reward
from app.queries.vouchers import vouchers_of
from app.services.adjustments import adjust_points
from app.services.members import create_member
from app.services.redemption_moves import move_redemption
from app.services.redemptions import request_credit, request_redemption
from app.services.voucher_expiry import expire_vouchers
from app.services.voucher_use import redeem_voucher
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, moved, read, redeem, saver
from tests.factories.trade import join, live_points, live_punch_card, sell
from tests.support.books import balance

HANDS = 20
ROUNDS = 200


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


def savers(cafe: Shop, count: int, points: int) -> list[UUID]:
    """Members with so many points each, as a gift: quicker than selling to each."""
    program_id = live_points(cafe)
    with unit_of_work(cafe.id):
        made = [create_member({"name": f"Member {number}"}, actor=owner_of(cafe)) for number in range(count)]
        for member_id in made:
            adjust_points(member_id, program_id, points, "A gift", owner_of(cafe))
    return made


@pytest.mark.timeout(300)
def test_cancel_redeem_and_running_out_end_each_of_two_hundred_redemptions_in_one_way(app: Flask, cafe: Shop) -> None:
    reward_id = free_coffee(cafe, voucherExpiresAfterDays=1, quantityAvailable=ROUNDS)
    ends: Tally[str] = Tally()
    for member_id in savers(cafe, ROUNDS, 100):
        made = redeem(cafe, member_id, reward_id)
        code = read(cafe, made)["voucherCode"]
        acts: list[Callable[[], object]] = [
            lambda made=made: move_redemption(made, "cancelled", actor=owner_of(cafe)),  # type: ignore[misc]
            lambda code=code: redeem_voucher(code, None, owner_of(cafe)),  # type: ignore[misc]
            lambda made=made: move_redemption(made, "redeemed", actor=owner_of(cafe)),  # type: ignore[misc]
            expired_late,
        ]
        shuffle(acts)
        answers = at_once(app, cafe, acts)
        found = read(cafe, made)
        ends[f"{found['status']} {found['notes'] or ''}".strip()] += 1
        assert found["status"] in ("cancelled", "redeemed")
        assert balance(cafe, member_id) == (100 if found["status"] == "cancelled" else 60)
        assert answers.count("") <= 2, "one of the three, and the job, which is never refused"
    assert ends.total() == ROUNDS
    assert len(ends) > 1, "somebody else wins now and then"
    with unit_of_work(cafe.id):
        left = session().scalar(select(Reward.quantity_remaining))
    assert left == ROUNDS - ends["redeemed"], "each unit that was not handed over is back"


def test_twenty_approvals_are_one(app: Flask, cafe: Shop) -> None:
    made = redeem(cafe, saver(cafe), free_coffee(cafe))
    answers = at_once(
        app, cafe, [lambda: move_redemption(made, "approved", actor=owner_of(cafe)) for _ in range(HANDS)]
    )
    assert sorted(answers) == ["", *["invalid_transition"] * (HANDS - 1)]
    assert moved(cafe, made, "cancelled")["pointsReturned"] == 40
