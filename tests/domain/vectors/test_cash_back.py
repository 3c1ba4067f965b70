"""CASH_BACK by hand from RULES 3 and 4: brackets, rounding down, the most of one purchase, refunds in proportion."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.boosts import Multipliers
from app.domain.corrections import First, resettle
from app.domain.purchase import Refund, after_refunds, cancelled
from app.domain.standing import Granted, MemberFacts
from tests.domain.support import Vector, only, punch, results, sale, settled, version

ONE = {"rates": [{"minimumAmount": 0, "ratePercent": 1}]}
BRACKETS = {
    "rates": [
        {"minimumAmount": 0, "ratePercent": 1},
        {"minimumAmount": 30, "ratePercent": Decimal("2.5")},
        {"minimumAmount": 38, "ratePercent": 5},
    ]
}
CAPPED = {**BRACKETS, "maximumPerPurchase": Decimal("1.50")}

TABLE = [
    Vector("one percent", ONE, [sale("10")], [10]),
    Vector("rounded down to a cent", ONE, [sale("1.99")], [1]),
    Vector("less than a cent is nothing", ONE, [sale("0.99")], ["nothing_earned"]),
    Vector("a cent below the second bracket", BRACKETS, [sale("29.99")], [29]),
    Vector("at the second bracket", BRACKETS, [sale("30")], [75]),
    Vector("a cent below the third", BRACKETS, [sale("37.99")], [94]),
    Vector("at the third", BRACKETS, [sale("38")], [190]),
    Vector("held to the most of one purchase", CAPPED, [sale("38")], [150]),
    Vector("just under the most", CAPPED, [sale("37.99")], [94]),
    Vector("each purchase by itself", CAPPED, [sale("38"), sale("38", "2026-03-11T12:00")], [150, 150]),
    Vector("a bracket of nothing", {"rates": [{"minimumAmount": 0, "ratePercent": 0}, {"minimumAmount": 10, "ratePercent": 3}]},
           [sale("9.99"), sale("10", "2026-03-11T12:00")], ["nothing_earned", 30]),
    Vector("items and discounts do not matter", ONE, [sale("10", "2026-03-10T12:00", ("a", 3, "9"))], [10]),
    Vector("a till punch is no money", ONE, [punch()], ["nothing_earned"]),
    Vector("nothing paid", ONE, [sale("0")], ["zero_amount"]),
    Vector("a purchase in the hour that comes twice", ONE, [sale("10", "2026-10-25T03:30")], [10]),
]  # fmt: skip


@pytest.mark.parametrize("vector", TABLE, ids=str)
def test_cashback_is_what_rules_3_says(vector: Vector) -> None:
    shown = settled(version("CASH_BACK", vector.config), *vector.purchases)
    assert results(shown.outcomes, "cashback_minor") == list(vector.expected)


def test_the_badge_multiplies_before_the_rounding_and_the_most() -> None:
    badge = MemberFacts(multipliers=Multipliers(badge_cashback=Decimal("1.5")))
    assert only(version("CASH_BACK", ONE), sale("1.99"), facts=badge).cashback_minor == 2
    assert only(version("CASH_BACK", CAPPED), sale("38"), facts=badge).cashback_minor == 150


@pytest.mark.parametrize(("refunds", "left"), [([1900], 75), ([1], 149), ([1000, 900], 75), ([3800], 0)])
def test_a_refund_takes_cashback_in_proportion_to_the_first_amount(refunds: list[int], left: int) -> None:
    rule, bought = version("CASH_BACK", CAPPED), sale("38")
    reduced = after_refunds(bought, [Refund(amount) for amount in refunds])
    after = resettle(reduced, rule, Granted(computed=150, cashback_minor=150), First(3800, 150))
    assert after.cashback_minor == left


def test_a_cancelled_purchase_leaves_nothing() -> None:
    rule = version("CASH_BACK", CAPPED)
    after = resettle(cancelled(sale("38")), rule, Granted(computed=150, cashback_minor=150), First(3800, 150))
    assert (after.cashback_minor, after.code) == (0, "zero_amount")
