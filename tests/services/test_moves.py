"""A purchase that belongs to somebody else: moved before, while and after it settles, it counts once."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import session, unit_of_work
from app.queries.enrollments import enrollments_of
from app.queries.verification import breaks
from app.services.corrections import move_purchase
from app.services.purchases import complete_purchase
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, live_punch_card, sell, settle


def move(shop: Shop, purchase_id: UUID, member_id: UUID) -> None:
    with unit_of_work(shop.id):
        move_purchase(purchase_id, member_id=member_id, reason="wrong customer", actor=owner_of(shop))


def points(shop: Shop, member_id: UUID) -> int:
    with unit_of_work(shop.id):
        return sum(entry["balance"] for entry in enrollments_of(member_id) if entry["ruleType"] == "POINTS_BASED")


def assert_books_add_up(shop: Shop) -> None:
    with unit_of_work(shop.id):
        assert list(breaks(session(), shop.id)) == []


def test_a_settled_purchase_is_undone_on_the_first_and_granted_to_the_second(cafe: Shop) -> None:
    live_points(cafe)
    live_punch_card(cafe)
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    purchase_id = sell(cafe, cleo, "10")
    move(cafe, purchase_id, dan)
    settle(cafe)
    assert (points(cafe, cleo), points(cafe, dan)) == (0, 20)
    assert_books_add_up(cafe)


def test_moved_before_it_settles_it_counts_for_the_second_alone(cafe: Shop) -> None:
    live_points(cafe)
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    purchase_id = sell(cafe, cleo, "10", status="pending")
    move(cafe, purchase_id, dan)
    settle(cafe)
    assert (points(cafe, cleo), points(cafe, dan)) == (0, 0)
    with unit_of_work(cafe.id):
        complete_purchase(purchase_id)
    with unit_of_work(cafe.id):
        move_purchase(purchase_id, member_id=cleo, reason="hers after all", actor=owner_of(cafe))
    settle(cafe)
    assert (points(cafe, cleo), points(cafe, dan)) == (20, 0)
    assert_books_add_up(cafe)


def test_moved_there_and_back_it_counts_once(cafe: Shop) -> None:
    live_points(cafe)
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    purchase_id = sell(cafe, cleo, "10")
    move(cafe, purchase_id, dan)
    move(cafe, purchase_id, cleo)
    settle(cafe)
    assert (points(cafe, cleo), points(cafe, dan)) == (20, 0)
    assert_books_add_up(cafe)
