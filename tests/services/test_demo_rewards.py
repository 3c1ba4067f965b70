"""The demo has a catalogue and a board with something in every column."""

from __future__ import annotations

from collections import Counter

from app.core.unit_of_work import unit_of_work
from app.queries.redemptions import redemptions_slice
from app.services.demo_rewards import fill_catalogue
from tests.factories.businesses import Shop
from tests.factories.rewards import saver
from tests.factories.trade import live_points


def test_an_empty_catalogue_is_filled_once_and_redeemed_from_by_those_who_can(cafe: Shop) -> None:
    program_id = live_points(cafe)
    for number in range(6):
        saver(cafe, f"Member {number}", points=3000, program_id=program_id)
    saver(cafe, "Poor", points=10, program_id=program_id)
    with unit_of_work(cafe.id):
        assert fill_catalogue("coffee") == 6
    with unit_of_work(cafe.id):
        assert fill_catalogue("coffee") == 0
        states = Counter(row["status"] for row in redemptions_slice(limit=100).rows)
    assert set(states) == {"pending", "approved", "shipped", "delivered", "redeemed", "cancelled"}


def test_without_a_points_program_there_is_no_catalogue(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        assert fill_catalogue("coffee") == 0
