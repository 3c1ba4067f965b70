"""Adjustments in the books: lots, debts, what runs out, repeated keys and many at once."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.errors import Conflict
from app.models.enrollment import Enrollment
from app.models.ledger import LedgerEntry, Lot
from app.queries.verification import breaks
from app.services.adjustments import Adjusted, adjust_points, undo_adjustment
from app.services.corrections import refund_purchase
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import POINTS_CONFIG, join, live_points, sell, settle


def adjusted(shop: Shop, member_id: UUID, program_id: UUID, points: int, key: str | None = None) -> Adjusted:
    """Adjust as the owner."""
    with unit_of_work(shop.id):
        return adjust_points(member_id, program_id, points, "Because", owner_of(shop), key=key)


def test_what_is_given_runs_out_like_what_is_earned_and_is_taken_soonest_first(cafe: Shop) -> None:
    program_id = live_points(cafe, ruleConfig={**POINTS_CONFIG, "expirationMonths": 2})
    cleo = join(cafe, "Cleo")
    sell(cafe, cleo, "10")
    with clock.frozen(clock.now() + timedelta(days=40)):
        adjusted(cafe, cleo, program_id, 30)
        adjusted(cafe, cleo, program_id, -25)
        with unit_of_work(cafe.id):
            lots = session().execute(select(Lot.amount, Lot.remaining).order_by(Lot.expires_at)).all()
            assert [tuple(lot) for lot in lots] == [(20, 0), (30, 25)]
    with clock.frozen(clock.now() + timedelta(days=200)), pytest.raises(Conflict, match="nothing to take away"):
        adjusted(cafe, cleo, program_id, -1)
    assert_books_add_up(cafe)


def test_giving_pays_what_is_owed_first(cafe: Shop) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Cleo")
    purchase_id = sell(cafe, cleo, "10")
    adjusted(cafe, cleo, program_id, -15)
    with unit_of_work(cafe.id):
        refund_purchase(purchase_id, amount_minor=1000, items=None, reason="", actor=owner_of(cafe))
    settle(cafe)
    assert figures(cafe) == (0, 15, 0)
    assert adjusted(cafe, cleo, program_id, 20).after == 5
    assert figures(cafe) == (5, 0, 20)
    assert_books_add_up(cafe)


def figures(shop: Shop) -> tuple[int, int, int]:
    """Balance, owed and lifetime of the only enrollment."""
    with unit_of_work(shop.id) as current:
        book = current.scalars(select(Enrollment)).one()
        return book.balance, book.owed, book.lifetime


def test_an_adjustment_is_undone_once_and_leaves_the_figures_of_before(cafe: Shop) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Cleo")
    sell(cafe, cleo, "10")
    for points in (30, -5):
        done = adjusted(cafe, cleo, program_id, points)
        with unit_of_work(cafe.id):
            undo_adjustment(cleo, done.entry_id, actor=owner_of(cafe))
        assert figures(cafe) == (20, 0, 20)
        with unit_of_work(cafe.id), pytest.raises(Conflict, match="undone already"):
            undo_adjustment(cleo, done.entry_id, actor=owner_of(cafe))
    given = adjusted(cafe, cleo, program_id, 30)
    adjusted(cafe, cleo, program_id, -45)
    with unit_of_work(cafe.id), pytest.raises(Conflict, match="Cleo has 5 points"):
        undo_adjustment(cleo, given.entry_id, actor=owner_of(cafe))
    assert_books_add_up(cafe)


def test_a_key_counts_once_for_ever(cafe: Shop) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Cleo")
    first = adjusted(cafe, cleo, program_id, 10, "form-1")
    assert adjusted(cafe, cleo, program_id, 10, "form-1") == first
    with pytest.raises(Conflict, match="another adjustment"):
        adjusted(cafe, cleo, program_id, 11, "form-1")
    with unit_of_work(cafe.id):
        assert len(session().scalars(select(LedgerEntry.id)).all()) == 1


def test_twenty_at_once_take_what_is_there_and_no_more(cafe: Shop, app: Flask) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Cleo")
    adjusted(cafe, cleo, program_id, 50)
    answers: list[object] = []

    def take() -> None:
        with app.app_context():
            try:
                answers.append(adjusted(cafe, cleo, program_id, -10))
            except Conflict as refused:
                answers.append(refused.code)

    threads = [Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("insufficient_points") == 15
    assert_books_add_up(cafe)
    with unit_of_work(cafe.id) as current:
        assert current.scalars(select(Enrollment.balance)).one() == 0


def assert_books_add_up(shop: Shop) -> None:
    with unit_of_work(shop.id) as current:
        assert list(breaks(current(), shop.id)) == []
