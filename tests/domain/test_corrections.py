"""From a first grant through the engine to what a refund leaves of it, under the terms of the first (RULES 4)."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.boosts import Multipliers
from app.domain.corrections import First, resettle
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase, Refund, after_refunds
from app.domain.standing import Granted, MemberFacts, Outcome
from tests.domain.support import only, sale, version

POINTS = {"pointsPerDollar": 10, "redemptionRate": 100}
WINE = {**POINTS, "categoryMultipliers": {"wine": 2}}
CASHBACK = {"rates": [{"minimumAmount": 0, "ratePercent": 1}, {"minimumAmount": 30, "ratePercent": 5}]}
BASKET = (("wine", 1, "20"), ("food", 1, "22.50"))


def left(rule: ProgramVersion, purchase: Purchase, *refunds: Refund, **options: Any) -> Outcome:
    """The outcome after these refunds of a purchase that a new member made."""
    first = only(rule, purchase, **options)
    told = First(purchase.amount_minor, first.cashback_minor)
    return resettle(after_refunds(purchase, refunds), rule, as_granted(first), told)


def as_granted(outcome: Outcome) -> Granted:
    """An outcome as a correction reads it."""
    return Granted(
        code=outcome.code,
        computed=outcome.computed,
        points=outcome.points,
        cashback_minor=outcome.cashback_minor,
        adds=outcome.adds,
        punches=outcome.punches,
        stamps=outcome.stamps,
        visits=outcome.visits,
        multipliers=outcome.multipliers,
    )


def test_half_the_money_back_takes_half_the_points() -> None:
    assert left(version("POINTS_BASED", WINE), sale("42.50", "2026-03-10T12:00", *BASKET), Refund(2125)).points == 312


def test_the_wine_given_back_leaves_the_points_of_the_food() -> None:
    wine = Refund(2000, ((0, sale("1", "2026-03-10T12:00", *BASKET).items[0].quantity),))
    assert left(version("POINTS_BASED", WINE), sale("42.50", "2026-03-10T12:00", *BASKET), wine).points == 225


def test_the_multipliers_of_the_first_grant_stay() -> None:
    rule = version("POINTS_BASED", POINTS)
    gold = Multipliers(tier=Decimal("1.5"), tier_name="Gold", private=Decimal("1.1"), badge=Decimal("1.2"))
    assert only(rule, sale("10"), facts=MemberFacts(multipliers=gold)).points == 198
    assert left(rule, sale("10"), Refund(500), facts=MemberFacts(multipliers=gold)).points == 99


def test_a_discount_that_moves_to_dearer_items_grants_no_more() -> None:
    basket = (("wine", 1, "100"), ("food", 1, "100"))
    bought = sale("100", "2026-03-10T12:00", *basket)
    food = Refund(1000, ((1, bought.items[1].quantity),))
    rule = version("POINTS_BASED", WINE)
    assert only(rule, bought).points == left(rule, bought, food).points == 1500


@pytest.mark.parametrize(("refunded", "cashback"), [(0, 200), (1000, 150), (1, 199), (4000, 0)])
def test_cashback_goes_in_proportion_whatever_its_bracket(refunded: int, cashback: int) -> None:
    assert left(version("CASH_BACK", CASHBACK), sale("40"), Refund(refunded)).cashback_minor == cashback


def test_the_badge_of_the_first_cashback_stays() -> None:
    badge = MemberFacts(multipliers=Multipliers(badge_cashback=Decimal("1.5")))
    rule = version("CASH_BACK", CASHBACK)
    assert only(rule, sale("40"), facts=badge).cashback_minor == 300
    assert left(rule, sale("40"), Refund(2000), facts=badge).cashback_minor == 150
