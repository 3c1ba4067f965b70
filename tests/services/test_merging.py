"""Two members who are one person: what adds up when they are merged, and what goes back when that was wrong."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.models.enrollment import Enrollment
from app.models.ledger import LedgerEntry, Lot
from app.models.member import Member
from app.models.member_merge import MemberMerge
from app.models.member_word import MemberWord
from app.services.adjustments import adjust_points
from app.services.member_erasure import erase_member
from app.services.member_tags import tag_members
from app.services.merging import merge_members
from app.services.unmerging import undo_merge
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, moved, redeem, saver
from tests.factories.trade import POINTS_CONFIG, join, live_points, live_punch_card, sell
from tests.services.accounts import (
    assert_books_add_up,
    book_of,
    expiries_of,
    live_circle,
    refunded,
    state_of,
    vouchers,
)


def merged(shop: Shop, from_id: UUID, into_id: UUID, **options: Any) -> UUID:
    """Merge as the owner."""
    with unit_of_work(shop.id):
        return merge_members(from_id, into_id, actor=owner_of(shop), **options)


def unmerged(shop: Shop, merge_id: UUID) -> UUID:
    """Undo as the owner."""
    with unit_of_work(shop.id):
        return undo_merge(merge_id, actor=owner_of(shop))


def test_balances_add_up_and_every_point_runs_out_when_it_would_have(cafe: Shop) -> None:
    live_points(cafe, ruleConfig={**POINTS_CONFIG, "expirationMonths": 2})
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    sell(cafe, cleo, "170")
    with clock.frozen(clock.now() + timedelta(days=20)):
        sell(cafe, dan, "30")
        expiries = expiries_of(cafe)
        merged(cafe, dan, cleo)
    assert book_of(cafe, cleo)["balance"] == 400
    assert book_of(cafe, dan)["balance"] == 0
    assert expiries_of(cafe) == expiries
    with unit_of_work(cafe.id) as current:
        transfers = select(LedgerEntry.amount).where(LedgerEntry.kind == "transfer")
        assert sorted(current.scalars(transfers)) == [-60, 60]
    assert_books_add_up(cafe)


def test_punches_of_both_are_counted_together_and_what_is_due_is_issued(cafe: Shop) -> None:
    live_punch_card(cafe, startsAt=(clock.now() - timedelta(days=2)).isoformat())
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    for number in range(2):
        sell(cafe, cleo, "10", occurredAt=clock.now() - timedelta(hours=10 + number))
        sell(cafe, dan, "10", occurredAt=clock.now() - timedelta(hours=20 + number))
    assert vouchers(cafe, cleo) == vouchers(cafe, dan) == []
    merge_id = merged(cafe, dan, cleo)
    assert vouchers(cafe, cleo) == ["available"], "the third punch of four"
    assert_books_add_up(cafe)
    sell(cafe, cleo, "10")
    sell(cafe, cleo, "10")
    assert vouchers(cafe, cleo) == ["available", "available"]
    assert_books_add_up(cafe)
    unmerged(cafe, merge_id)
    assert "available" not in vouchers(cafe, dan)
    assert vouchers(cafe, cleo).count("available") == 1, "two punches from before and two since are four"
    assert_books_add_up(cafe)


def test_the_chosen_values_stay_and_the_other_one_is_found_no_more(cafe: Shop) -> None:
    cleo = join(cafe, "Cleo", phone="+380671234567", metadata={"dog": "Rex"})
    dan = join(cafe, "Cleo Ray", email="cleo@example.com", birthday="1990-01-02", phone="+380501112233")
    with unit_of_work(cafe.id):
        tag_members([dan], "VIP", actor=owner_of(cafe))
    merged(cafe, dan, cleo, keep={"name": "from", "phone": "into"})
    with unit_of_work(cafe.id) as current:
        stays = current.scalars(select(Member).where(Member.erased_at.is_(None))).one()
        assert (stays.id, stays.name, stays.phone) == (cleo, "Cleo Ray", "+380671234567")
        assert (stays.email, str(stays.birthday), stays.attributes) == (
            "cleo@example.com",
            "1990-01-02",
            {"dog": "Rex"},
        )
        gone = current.scalars(select(Member).where(Member.id == dan)).one()
        assert (gone.merged_into, gone.name, gone.phone) == (cleo, "", None)
        assert set(current.scalars(select(MemberWord.member_id).where(MemberWord.word == "ray"))) == {cleo}


def test_a_merge_and_its_undo_leave_everything_as_before(cafe: Shop) -> None:
    live_points(cafe)
    live_punch_card(cafe)
    live_circle(cafe)
    cleo = join(cafe, "Cleo", phone="+380671234567")
    dan = join(cafe, "Dan", email="dan@example.com", birthday="1990-01-02")
    for amount in ("40", "25"):
        sell(cafe, cleo, amount)
    for amount in ("30", "20", "10", "5"):
        sell(cafe, dan, amount)
    before = state_of(cafe)
    merge_id = merged(cafe, dan, cleo)
    assert state_of(cafe) != before
    assert book_of(cafe, cleo, "TIER")["tier"] == "Family", "65 and 65 are 130 together"
    assert_books_add_up(cafe)
    assert unmerged(cafe, merge_id) == dan
    after = state_of(cafe)
    assert after["members"] == before["members"]
    assert after["books"] == before["books"]
    assert after["purchases"] == before["purchases"]
    assert_books_add_up(cafe)
    with unit_of_work(cafe.id), pytest.raises(Conflict, match="undone already"):
        undo_merge(merge_id, actor=owner_of(cafe))


def test_what_was_spent_since_is_taken_from_the_rest_or_owed(cafe: Shop) -> None:
    program_id = live_points(cafe)
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    sell(cafe, cleo, "10")
    sell(cafe, dan, "30")
    merge_id = merged(cafe, dan, cleo)
    with unit_of_work(cafe.id):
        adjust_points(cleo, program_id, -50, "Spent", owner_of(cafe))
    unmerged(cafe, merge_id)
    assert (book_of(cafe, dan)["balance"], book_of(cafe, cleo)["balance"], book_of(cafe, cleo)["owed"]) == (60, 0, 30)
    assert_books_add_up(cafe)


def test_a_refund_after_a_merge_takes_the_lot_that_was_carried_over(cafe: Shop) -> None:
    live_points(cafe)
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    sell(cafe, cleo, "10")
    sold = sell(cafe, dan, "30")
    merge_id = merged(cafe, dan, cleo)
    refunded(cafe, sold, 1000)
    assert book_of(cafe, cleo)["balance"] == 60
    with unit_of_work(cafe.id) as current:
        lots = select(Lot.remaining).join(Enrollment, Enrollment.id == Lot.enrollment_id)
        assert sorted(current.scalars(lots.where(Enrollment.member_id == cleo))) == [20, 40]
    assert_books_add_up(cafe)
    unmerged(cafe, merge_id)
    assert_books_add_up(cafe)
    refunded(cafe, sold, 500)
    assert_books_add_up(cafe)


def test_debts_are_carried_over_too(cafe: Shop) -> None:
    program_id = live_points(cafe)
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    sell(cafe, cleo, "40")
    sold = sell(cafe, dan, "10")
    with unit_of_work(cafe.id):
        adjust_points(dan, program_id, -20, "Spent", owner_of(cafe))
    refunded(cafe, sold, 1000)
    assert book_of(cafe, dan)["owed"] == 20
    before = state_of(cafe)["books"]
    merge_id = merged(cafe, dan, cleo)
    assert (book_of(cafe, cleo)["balance"], book_of(cafe, dan)["owed"]) == (60, 0)
    assert_books_add_up(cafe)
    unmerged(cafe, merge_id)
    assert (book_of(cafe, cleo)["balance"], book_of(cafe, dan)["owed"]) == (80, 20)
    assert state_of(cafe)["books"] == before
    assert_books_add_up(cafe)


def test_three_are_merged_one_after_the_other_and_back(cafe: Shop) -> None:
    live_points(cafe)
    live_punch_card(cafe)
    people = [join(cafe, name) for name in ("Ann", "Bea", "Cat")]
    for person in people:
        sell(cafe, person, "10")
    before = state_of(cafe)["books"]
    first = merged(cafe, people[0], people[1])
    second = merged(cafe, people[1], people[2])
    assert book_of(cafe, people[2])["balance"] == 60
    assert vouchers(cafe, people[2]) == ["available"]
    with unit_of_work(cafe.id), pytest.raises(Conflict, match="undo what came after first"):
        undo_merge(first, actor=owner_of(cafe))
    unmerged(cafe, second)
    unmerged(cafe, first)
    assert state_of(cafe)["books"] == before
    assert_books_add_up(cafe)


def test_what_cannot_be_merged_says_why(cafe: Shop, florist: Shop) -> None:
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    with unit_of_work(cafe.id), pytest.raises(ValidationErrors):
        merge_members(cleo, cleo, actor=owner_of(cafe))
    with unit_of_work(cafe.id), pytest.raises(NotFound):
        merge_members(cleo, join(florist, "Flora"), actor=owner_of(cafe))
    merged(cafe, dan, cleo)
    with unit_of_work(cafe.id), pytest.raises(NotFound):
        merge_members(dan, cleo, actor=owner_of(cafe))


def test_an_open_redemption_is_finished_first_and_a_closed_one_stays_in_its_books(cafe: Shop) -> None:
    dan = saver(cafe, "Dan")
    cleo = join(cafe, "Cleo")
    open_one = redeem(cafe, dan, free_coffee(cafe))
    with pytest.raises(Conflict, match="Dan has an open redemption"):
        merged(cafe, dan, cleo)
    moved(cafe, open_one, "redeemed")
    merge_id = merged(cafe, dan, cleo)
    assert book_of(cafe, cleo)["balance"] == 60
    assert_books_add_up(cafe)
    unmerged(cafe, merge_id)
    assert book_of(cafe, dan)["balance"] == 60
    assert_books_add_up(cafe)


def test_after_thirty_days_or_an_erasure_there_is_no_way_back(cafe: Shop) -> None:
    cleo, dan, eve = (join(cafe, name, email=f"{name}@example.com") for name in ("cleo", "dan", "eve"))
    late = merged(cafe, dan, cleo)
    with clock.frozen(clock.now() + timedelta(days=30)), pytest.raises(Conflict, match="30 days"):
        unmerged(cafe, late)
    merged(cafe, cleo, eve)
    with unit_of_work(cafe.id):
        erase_member(eve, actor=owner_of(cafe))
    with unit_of_work(cafe.id) as current:
        assert list(current.scalars(select(MemberMerge.before))) == [{}, {}]


def test_merged_by_two_at_once_it_happens_once(cafe: Shop, app: Flask) -> None:
    live_points(cafe)
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    sell(cafe, cleo, "10")
    sell(cafe, dan, "30")
    answers: list[str] = []

    def merge(from_id: UUID, into_id: UUID) -> None:
        with app.app_context():
            try:
                merged(cafe, from_id, into_id)
                answers.append("merged")
            except (NotFound, Conflict):
                answers.append("refused")

    threads = [Thread(target=merge, args=pair) for pair in ((cleo, dan), (dan, cleo), (dan, cleo), (cleo, dan))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["merged", "refused", "refused", "refused"]
    with unit_of_work(cafe.id) as current:
        assert current.scalar(select(func.sum(Enrollment.balance))) == 80
    assert_books_add_up(cafe)
