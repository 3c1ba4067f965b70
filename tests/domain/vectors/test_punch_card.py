"""PUNCH_CARD by hand from RULES 3: minimum, category, hours over midnight, full cards, endowed start, refunds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.history import recount
from app.domain.rule_type import Standpoint
from tests.domain.support import REWARD, Vector, counted, due, punch, results, sale, settled, version

CARD = {"punchesRequired": 3, **REWARD}
LATE = {**CARD, "validHours": {"start": 22, "end": 2}}
COFFEE = {**CARD, "categoryFilter": "Coffee", "minimumPurchaseAmount": 5}
NOON = "2026-03-10T12:00"

TABLE = [
    Vector("one punch a purchase", CARD, [sale("4"), sale("4")], [1, 1]),
    Vector("the third fills the card and the next begins at nothing", CARD, [sale("4")] * 4, [1] * 4, due=1),
    Vector("six fill two", CARD, [sale("4")] * 6, [1] * 6, due=2),
    Vector("nothing paid", CARD, [sale("0")], ["zero_amount"]),
    Vector("a cent below the minimum", COFFEE, [sale("4.99", NOON, ("coffee", 1, "4.99"))], ["below_minimum"]),
    Vector("at the minimum", COFFEE, [sale("5", NOON, ("coffee", 1, "5"))], [1]),
    Vector("no such item", COFFEE, [sale("9", NOON, ("tea", 1, "9"))], ["category_not_matched"]),
    Vector("an item without a category matches no filter", COFFEE, [sale("9", NOON, (None, 1, "9"))],
           ["category_not_matched"]),
    Vector("no items at all match no filter", COFFEE, [sale("9")], ["category_not_matched"]),
    Vector("only the filtered items reach the minimum", COFFEE,
           [sale("9", NOON, ("coffee", 1, "4"), ("cake", 1, "5"))], ["below_minimum"]),
    Vector("a discount shrinks the filtered items below the minimum", COFFEE,
           [sale("8", NOON, ("coffee", 1, "6"), ("cake", 1, "6"))], ["below_minimum"]),
    Vector("just before ten at night", LATE, [sale("4", "2026-03-10T21:59")], ["outside_valid_hours"]),
    Vector("at ten at night", LATE, [sale("4", "2026-03-10T22:00")], [1]),
    Vector("after midnight", LATE, [sale("4", "2026-03-11T01:59")], [1]),
    Vector("at two in the morning", LATE, [sale("4", "2026-03-11T02:00")], ["outside_valid_hours"]),
    Vector("the hour that is skipped in spring: three is four", {**CARD, "validHours": {"start": 3, "end": 4}},
           [sale("4", "2026-03-29T03:30")], ["outside_valid_hours"]),
    Vector("the hour that comes twice in autumn counts both times", {**CARD, "validHours": {"start": 3, "end": 4}},
           [sale("4", "2026-10-25T03:30")], [1]),
    Vector("hours until midnight", {**CARD, "validHours": {"start": 23, "end": 24}}, [sale("4", "2026-03-10T23:59")], [1]),
    Vector("a till punch meets every minimum and category", COFFEE, [punch(count=2)], [2]),
    Vector("a till punch still needs the hours", LATE, [punch("2026-03-10T12:00")], ["outside_valid_hours"]),
    Vector("five punches at once fill a card and begin the next", CARD, [punch(count=5)], [5], due=1),
    Vector("the first card is endowed, the second is not", {**CARD, "endowedStart": 2}, [sale("4")] * 3, [1] * 3, due=1),
]  # fmt: skip


@pytest.mark.parametrize("vector", TABLE, ids=str)
def test_punches_are_what_rules_3_says(vector: Vector) -> None:
    shown = settled(version("PUNCH_CARD", vector.config), *vector.purchases)
    assert results(shown.outcomes, "punches") == list(vector.expected)
    assert sum(outcome.rewards for outcome in shown.outcomes) == vector.due


def test_a_late_purchase_changes_the_count_and_not_the_rule() -> None:
    rule = version("PUNCH_CARD", CARD)
    on_time = [sale("4", "2026-03-10T12:00"), sale("4", "2026-03-12T12:00"), sale("4", "2026-03-11T12:00")]
    assert due(rule, on_time) == due(rule, sorted(on_time, key=lambda one: one.key)) == 1


def test_a_card_that_is_overfull_after_a_change_is_filled_at_the_next_purchase() -> None:
    ten, five = (
        version("PUNCH_CARD", {**CARD, "punchesRequired": 10}),
        version("PUNCH_CARD", {**CARD, "punchesRequired": 5}),
    )
    before = [sale("4", f"2026-03-{day:02d}T12:00") for day in range(1, 8)]
    after = sale("4", "2026-03-20T12:00")
    step = recount([*((ten, counted(ten, one)) for one in before), (five, counted(five, after))], five)
    assert (step.due, step.state["card"]) == (1, 3)


def test_the_last_purchase_refunded_leaves_a_voucher_too_many_and_progress_at_nothing() -> None:
    rule = version("PUNCH_CARD", CARD)
    step = recount([(rule, counted(rule, sale("4", f"2026-03-{day:02d}T12:00"))) for day in (1, 2)], rule)
    assert step.due == 0
    shown = rule.rule.progress(
        rule.terms, step.state, Standpoint(datetime(2026, 3, 5, tzinfo=UTC), rule.zone, issued=1)
    )
    assert shown == {"punches": 0, "required": 3}
