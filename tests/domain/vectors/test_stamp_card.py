"""STAMP_CARD by hand from RULES 3: by visit, by item and by dollar; surplus, several cards at once, refunds."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from app.domain.corrections import First, resettle
from app.domain.purchase import Refund, after_refunds
from app.domain.standing import Granted
from tests.domain.support import REWARD, Vector, due, only, punch, results, sale, settled, version


def card(way: str, value: str, required: int = 4, **more: object) -> dict[str, object]:
    return {"stampsRequired": required, "stampEarnRule": {"type": way, "value": Decimal(value)}, **REWARD, **more}


NOON = "2026-03-10T12:00"
VISITS, ITEMS, DOLLARS = card("per_visit", "1"), card("per_item", "1"), card("per_dollar", "0.5")

TABLE = [
    Vector("one stamp a visit", VISITS, [sale("3")], [1]),
    Vector("the second purchase of a day stamps nothing", VISITS, [sale("3", "2026-03-10T09:00"), sale("3", "2026-03-10T23:59")],
           [1, "already_counted_today"]),
    Vector("midnight makes a new visit", VISITS, [sale("3", "2026-03-10T23:59"), sale("3", "2026-03-11T00:00")], [1, 1]),
    Vector("the short day in spring is one visit", VISITS, [sale("3", "2026-03-29T00:10"), sale("3", "2026-03-29T23:50")],
           [1, "already_counted_today"]),
    Vector("the long day in autumn is one visit", VISITS, [sale("3", "2026-10-25T00:10"), sale("3", "2026-10-25T23:50")],
           [1, "already_counted_today"]),
    Vector("a till punch is a visit", VISITS, [punch(count=3)], [1]),
    Vector("three stamps a visit", card("per_visit", "3"), [sale("3"), sale("3", "2026-03-11T12:00")], [3, 3], due=1),
    Vector("one stamp an item", ITEMS, [sale("9", NOON, ("a", 2, "3"), ("b", 1, "3"))], [3]),
    Vector("a purchase without items has one", ITEMS, [sale("9")], [1]),
    Vector("only filtered items", card("per_item", "1", categoryFilter="a"), [sale("9", NOON, ("a", 2, "3"), ("b", 1, "3"))], [2]),
    Vector("none of the filtered items", card("per_item", "1", categoryFilter="c"), [sale("9", NOON, ("a", 2, "3"))],
           ["category_not_matched"]),
    Vector("half a stamp an item is rounded down", card("per_item", "0.5"), [sale("9", NOON, ("a", 3, "3"))], [1]),
    Vector("half a stamp a dollar", DOLLARS, [sale("3.99"), sale("4.00", "2026-03-10T13:00")], [1, 2]),
    Vector("too little for a stamp", DOLLARS, [sale("1.99")], ["nothing_earned"]),
    Vector("each purchase by itself", DOLLARS, [sale("1.50", "2026-03-10T09:00"), sale("1.50", "2026-03-10T10:00")],
           ["nothing_earned", "nothing_earned"]),
    Vector("one purchase fills three cards and carries two", DOLLARS, [sale("28")], [14], due=3),
    Vector("a filtered discount", card("per_dollar", "1", categoryFilter="a"),
           [sale("10", NOON, ("a", 1, "10"), ("b", 1, "10"))], [5], due=1),
    Vector("a till punch is no money", DOLLARS, [punch()], ["nothing_earned"]),
    Vector("endowed with three of four", card("per_visit", "1", endowedStart=3), [sale("3")], [1], due=1),
]  # fmt: skip


@pytest.mark.parametrize("vector", TABLE, ids=str)
def test_stamps_are_what_rules_3_says(vector: Vector) -> None:
    shown = settled(version("STAMP_CARD", vector.config), *vector.purchases)
    assert results(shown.outcomes, "stamps") == list(vector.expected)
    assert sum(outcome.rewards for outcome in shown.outcomes) == vector.due


def test_a_late_purchase_of_a_day_that_was_stamped_adds_nothing() -> None:
    rule = version("STAMP_CARD", card("per_visit", "2", required=4))
    days = [sale("3", "2026-03-10T12:00"), sale("3", "2026-03-11T12:00"), sale("3", "2026-03-10T09:00")]
    assert due(rule, days) == due(rule, days[:2]) == 1


def test_a_refund_in_part_takes_the_stamps_of_what_was_given_back() -> None:
    rule = version("STAMP_CARD", ITEMS)
    bought = sale("9", NOON, ("a", 2, "3"), ("b", 1, "3"))
    before = only(rule, bought)
    left = after_refunds(bought, [Refund(300, ((0, Fraction(1)),))])
    after = resettle(left, rule, Granted(adds=before.adds, stamps=before.stamps), First(900))
    assert (before.stamps, after.stamps) == (3, 2)


def test_a_refund_without_items_shrinks_every_quantity() -> None:
    rule = version("STAMP_CARD", ITEMS)
    bought = sale("9", NOON, ("a", 2, "3"), ("b", 1, "3"))
    left = after_refunds(bought, [Refund(300)])
    assert resettle(left, rule, Granted(adds=3, stamps=3), First(900)).stamps == 2
