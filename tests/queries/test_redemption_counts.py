"""The catalogue, the shelf and the board cost the same few statements, however long they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.queries.currency import currency
from app.queries.redemption_report import redemption_report
from app.queries.redemptions import counts_by_status, newest_waiting, oldest_in, pending_redemptions, redemptions_slice
from app.queries.reward_shelf import reward_shelf
from app.queries.rewards import own_rewards, rewards_page, uses_of
from tests.factories.businesses import Shop
from tests.factories.rewards import free_coffee, redeem, saver
from tests.support.statements import counted


@pytest.mark.parametrize("size", [1, 12])
def test_lists_take_the_same_few_statements(cafe: Shop, size: int) -> None:
    member_id = saver(cafe, points=40 * size)
    rewards = [free_coffee(cafe, name=f"Reward {number}", perMemberLimit=2) for number in range(size)]
    for reward_id in rewards:
        redeem(cafe, member_id, reward_id)
    with unit_of_work(cafe.id):
        currency()
        lists: list[tuple[int, Callable[[], Any]]] = [
            (4, lambda: rewards_page(1, 100)),
            (1, lambda: own_rewards(limit=100)),
            (1, lambda: uses_of(rewards)),
            (1, newest_waiting),
            (2, lambda: redemption_report(clock.now() - timedelta(days=1), clock.now())),
            (7, lambda: reward_shelf(member_id)),
            (2, lambda: redemptions_slice(statuses=("pending",), member_id=member_id, limit=100)),
            (2, lambda: oldest_in("pending")),
            (1, counts_by_status),
            (1, pending_redemptions),
        ]
        for most, read in lists:
            with counted() as statements:
                read()
            assert len(statements) <= most, statements
        assert pending_redemptions() == size


def test_a_report_of_nothing_is_nothing(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        total, rows = redemption_report(clock.now() - timedelta(days=1), clock.now())
    assert (total.requested, total.cancelled_percent, total.median_seconds, rows) == (0, None, None, [])
