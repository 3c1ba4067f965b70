"""RULES 4: what is left of a purchase, where a refund takes points from, and what it may ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest

from app.domain.corrections import First, released, resettle
from app.domain.errors import ValidationErrors
from app.domain.ledger import FIRST_HASH, SEALED, LotView, entry_hash, repay_owed, spend_order
from app.domain.purchase import Refund, after_refunds, cancelled
from app.domain.refunds import check_refund, take_back
from app.domain.standing import Granted
from tests.domain.support import REWARD, only, punch, sale, version

NOW = datetime(2026, 3, 10, tzinfo=UTC)
BEFORE, LATER = NOW - timedelta(days=5), NOW + timedelta(days=5)
OWN = UUID(int=1)
POINTS = {"pointsPerDollar": 10, "redemptionRate": 100}
NOON = "2026-03-10T12:00"


def lot(number: int, remaining: int, *, available: datetime = BEFORE, expires: datetime | None = None) -> LotView:
    return LotView(UUID(int=number), remaining, BEFORE + timedelta(hours=number), available, expires)


def taken(amount: int, *lots: LotView, expired: int = 0) -> tuple[dict[int, int], int, int]:
    taking = take_back(amount, lots, OWN, NOW, expired)
    return {lot_id.int: part for lot_id, part in taking.allocations}, taking.expired_counted, taking.owed


def test_the_own_lot_pays_first() -> None:
    assert taken(30, lot(2, 50, expires=LATER), lot(1, 40)) == ({1: 30}, 0, 0)


def test_then_the_others_soonest_to_expire() -> None:
    others = lot(3, 20), lot(2, 20, expires=LATER + timedelta(1)), lot(4, 20, expires=LATER)
    assert taken(70, lot(1, 10), *others) == ({1: 10, 4: 20, 2: 20, 3: 20}, 0, 0)


def test_pending_points_pay_before_active_ones_the_own_lot_before_others() -> None:
    waiting = lot(2, 20, available=LATER, expires=LATER), lot(1, 10, available=LATER)
    assert taken(40, lot(3, 50), *waiting) == ({1: 10, 2: 20, 3: 10}, 0, 0)
    assert taken(15, lot(1, 50), lot(2, 20, available=LATER)) == ({2: 15}, 0, 0)


def test_what_expired_of_the_own_lot_counts_as_taken() -> None:
    assert taken(30, lot(2, 50), expired=25) == ({2: 5}, 25, 0)
    assert taken(30, lot(2, 50), lot(1, 40, expires=NOW)) == ({}, 30, 0)


def test_lots_past_their_time_are_not_usable_and_what_is_missing_is_owed() -> None:
    taking = take_back(30, [lot(2, 50, expires=NOW), lot(1, 10)], OWN, NOW)
    assert (taking.taken, taking.owed) == (10, 20)


def test_spending_takes_what_runs_out_first_and_what_never_does_last() -> None:
    order = spend_order([lot(1, 1), lot(2, 1, expires=LATER), lot(3, 1, expires=NOW), lot(4, 1, expires=LATER)])
    assert [one.id.int for one in order] == [3, 2, 4, 1]


def test_new_points_repay_what_is_owed() -> None:
    assert (repay_owed(30, 20), repay_owed(10, 25)) == ((20, 0), (10, 15))


def test_a_seal_covers_every_field_and_the_seal_before() -> None:
    entry = dict.fromkeys(SEALED) | {
        "amount": 5,
        "trace": [["points", {"b": 1, "a": 2}]],
        "occurred_at": NOW,
        "note_digest": b"\x01",
        "source_key": "a\x1fb\\",
    }
    seal = entry_hash(None, entry)
    assert seal == entry_hash(FIRST_HASH, {**entry, "trace": [["points", {"a": 2, "b": 1}]]})
    for name in SEALED:
        assert entry_hash(None, {**entry, name: _other(name)}) != seal
    assert entry_hash(seal, entry) != seal


def _other(name: str) -> object:
    """A value that the field of an entry can have and does not have in the test above."""
    if name.endswith("id"):
        return UUID(int=7)
    if name.endswith("_at"):
        return NOW + timedelta(days=1)
    return {"number": 7, "amount": 7, "balance_after": 7, "trace": [["x", {}]], "note_digest": b"x"}.get(name, "other")


def test_refunds_shrink_evenly_or_take_items_out() -> None:
    bought = sale("30", NOON, ("a", 2, "10"), ("b", 1, "10"))
    half = after_refunds(bought, [Refund(1500)])
    assert [item.quantity for item in half.items] == [1, Fraction(1, 2)]
    one = after_refunds(bought, [Refund(1000, ((0, Fraction(1)),))])
    assert (one.amount_minor, [item.quantity for item in one.items]) == (2000, [Fraction(1), Fraction(1)])
    both = after_refunds(bought, [Refund(1000, ((0, Fraction(1)),)), Refund(1000)])
    assert (both.amount_minor, [item.quantity for item in both.items]) == (1000, [Fraction(1, 2), Fraction(1, 2)])
    gone = after_refunds(bought, [Refund(5000), Refund(10)])
    assert (gone.amount_minor, [item.quantity for item in gone.items]) == (0, [Fraction(0), Fraction(0)])
    assert after_refunds(bought, [Refund(1, ((1, Fraction(9)),))]).items[1].quantity == 0


def test_minimums_are_tested_again_and_multipliers_kept() -> None:
    rule = version("POINTS_BASED", {**POINTS, "minimumPurchaseAmount": 5})
    granted = Granted(computed=150, points=150, multipliers={"tier": "1.5", "tierName": "Gold"})
    assert resettle(after_refunds(sale("10"), [Refund(400)]), rule, granted, First(1000)).points == 90
    below = resettle(after_refunds(sale("10"), [Refund(501)]), rule, granted, First(1000))
    assert (below.points, below.code) == (0, "below_minimum")


def test_what_the_cap_withheld_is_taken_back_first() -> None:
    rule = version("POINTS_BASED", POINTS)
    granted = Granted(computed=100, points=60)
    left = [
        resettle(after_refunds(sale("10"), [Refund(amount)]), rule, granted, First(1000)).points
        for amount in (300, 500)
    ]
    assert left == [60, 50]


def test_a_miss_stays_a_miss_and_a_refund_never_grants() -> None:
    rule = version("POINTS_BASED", POINTS)
    assert resettle(sale("10"), rule, Granted(code="blackout_date"), First(1000)).code == "blackout_date"
    assert resettle(sale("10"), rule, Granted(computed=50, points=50), First(1000)).points == 50


def test_cancelled_till_punches_are_nothing() -> None:
    rule = version("PUNCH_CARD", {"punchesRequired": 3, **REWARD})
    after = resettle(cancelled(punch(count=2)), rule, Granted(adds=2, punches=2), First(0))
    assert (after.adds, after.code) == (0, "zero_amount")
    assert resettle(punch(count=2), rule, Granted(adds=2, punches=2), First(0)).punches == 2


def test_a_tier_by_points_keeps_the_points_that_are_left() -> None:
    tier = {"name": "A", "threshold": {"type": "points", "value": 50}}
    rule = version("TIER_BASED", {"tiers": [tier], "evaluationPeriod": "yearly"})
    assert resettle(sale("5"), rule, Granted(adds=80), First(800), points_left=50).adds == 50
    assert resettle(sale("5"), rule, Granted(adds=80), First(800)).code == "nothing_earned"


def test_the_next_of_a_group_counts_once_its_winner_yields_nothing() -> None:
    stamps = {"stampsRequired": 8, "stampEarnRule": {"type": "per_dollar", "value": 1}, **REWARD}
    card, spent, points = (
        version(*args)
        for args in (
            ("STAMP_CARD", stamps),
            ("AMOUNT_SPENT", {"thresholdAmount": 9, **REWARD}),
            ("POINTS_BASED", POINTS),
        )
    )
    now = released(sale("4"), card)
    assert now is not None
    assert (now.stamps, now.adds) == (4, 4)
    assert released(sale("4"), spent).adds == 400
    assert released(sale("0.50"), card) is None
    assert released(sale("0"), card) is None
    assert released(sale("4"), points) is None


def test_a_refund_past_what_is_left_is_refused_in_its_fields() -> None:
    bought = sale("10", NOON, ("a", 2, "5"))
    check_refund(bought, [], Refund(500, ((0, Fraction(1)),)), "USD")
    earlier = [Refund(600, ((0, Fraction(1)),))]
    with pytest.raises(ValidationErrors) as refused:
        check_refund(bought, earlier, Refund(500, ((0, Fraction(2)), (7, Fraction(1)))), "USD")
    assert set(refused.value.errors) == {"amount", "items.0.quantity", "items.1.index"}
    with pytest.raises(ValidationErrors, match="at most"):
        check_refund(replace(bought, amount_minor=0), [], Refund(1), "USD")


def test_the_same_evaluation_gives_the_first_grant_again() -> None:
    rule, bought = version("POINTS_BASED", POINTS), sale("10")
    first = only(rule, bought)
    again = resettle(bought, rule, Granted(computed=first.computed, points=first.points), First(1000))
    assert again.points == first.points
