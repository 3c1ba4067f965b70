"""POINTS_BASED by hand from RULES 3: minimum, categories, discounts, multipliers, rounding, pending and expiry."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.boosts import Multipliers
from app.domain.standing import MemberFacts
from tests.domain.support import Vector, only, results, sale, settled, version

RATE = {"pointsPerDollar": 10, "redemptionRate": 100}
WINE = {**RATE, "categoryMultipliers": {"Wine ": 2, "espresso": Decimal("0.5")}}

TABLE = [
    Vector("ten points a dollar", RATE, [sale("4.20")], [42]),
    Vector("one cent earns nothing at ten a dollar", RATE, [sale("0.01")], ["nothing_earned"]),
    Vector("ten cents earn one point", RATE, [sale("0.10")], [1]),
    Vector("nothing paid", RATE, [sale("0")], ["zero_amount"]),
    Vector("just below the minimum", {**RATE, "minimumPurchaseAmount": 5}, [sale("4.99")], ["below_minimum"]),
    Vector("at the minimum", {**RATE, "minimumPurchaseAmount": 5}, [sale("5.00")], [50]),
    Vector("wine counts double: RULES' own example", WINE, [
        sale("42.50", "2026-03-10T12:00", ("wine", 1, "20"), ("food", 1, "22.50"))], [625]),
    Vector("categories compare trimmed and without case", WINE, [sale("10", "2026-03-10T12:00", (" WINE", 1, "10"))], [200]),
    Vector("several items with a discount shrink alike", WINE, [
        sale("30", "2026-03-10T12:00", ("wine", 1, "20"), ("food", 2, "10"))], [450]),
    Vector("what no item explains counts once", WINE, [sale("30", "2026-03-10T12:00", ("wine", 1, "10"))], [400]),
    Vector("an item without a category counts once", WINE, [sale("10", "2026-03-10T12:00", (None, 1, "10"))], [100]),
    Vector("half a point is lost when rounding down", {**RATE, "pointsPerDollar": Decimal("1.5")}, [sale("1.00")], [1]),
    Vector("half a point is won when rounding to the nearest",
           {**RATE, "pointsPerDollar": Decimal("1.5"), "rounding": "nearest"}, [sale("1.00")], [2]),
    Vector("below half is lost when rounding to the nearest",
           {**RATE, "pointsPerDollar": Decimal("1.49"), "rounding": "nearest"}, [sale("1.00")], [1]),
    Vector("anything is won when rounding up", {**RATE, "pointsPerDollar": Decimal("1.0001"), "rounding": "up"},
           [sale("1.00")], [2]),
    Vector("a quantity may be a fraction", WINE, [sale("15", "2026-03-10T12:00", ("wine", "1.5", "10"))], [300]),
    Vector("yen have no decimals", RATE, [sale("0.42")], [420], currency="JPY"),
    Vector("a binary float would lose this point", {**RATE, "pointsPerDollar": Decimal("0.3"),
           "categoryMultipliers": {"x": Decimal("1.25")}}, [sale("72", "2026-03-10T12:00", ("x", 1, "72"))], [27]),
    Vector("a till punch is no money", RATE, [], []),
]  # fmt: skip


@pytest.mark.parametrize("vector", TABLE, ids=str)
def test_points_are_what_rules_3_says(vector: Vector) -> None:
    rule = version("POINTS_BASED", vector.config, currency=vector.currency)
    assert results(settled(rule, *vector.purchases).outcomes, "points") == list(vector.expected)


def test_the_tier_multiplies_before_the_one_rounding() -> None:
    gold = MemberFacts(multipliers=Multipliers(tier=Decimal("1.5"), tier_name="Gold"))
    basket = sale("42.50", "2026-03-10T12:00", ("wine", 1, "20"), ("food", 1, "22.50"))
    outcome = only(version("POINTS_BASED", WINE), basket, facts=gold)
    assert outcome.points == 937
    assert outcome.trace[0][1]["factors"] == [["tier", "Gold", "1.5"]]


def test_a_private_multiplier_counts_and_leaves_no_arithmetic() -> None:
    member = MemberFacts(multipliers=Multipliers(private=Decimal("1.37")))
    outcome = only(version("POINTS_BASED", RATE), sale("10"), facts=member)
    assert outcome.points == 137
    assert outcome.trace == [["points", {"points": 137}]]


LOTS: list[tuple[str, str, dict[str, Any], datetime, datetime | None]] = [
    ("points are usable at once", "2026-03-10T12:00", {}, datetime(2026, 3, 10, 10, tzinfo=UTC), None),
    ("pending until the start of the third day", "2026-03-10T23:59", {"pendingDays": 3},
     datetime(2026, 3, 12, 22, tzinfo=UTC), None),
    ("31 January and a month end with February", "2026-01-31T08:00", {"expirationMonths": 1},
     datetime(2026, 1, 31, 6, tzinfo=UTC), datetime(2026, 2, 28, 22, tzinfo=UTC)),
    ("29 February and a year end on the 28th", "2024-02-29T08:00", {"expirationMonths": 12},
     datetime(2024, 2, 29, 6, tzinfo=UTC), datetime(2025, 2, 28, 22, tzinfo=UTC)),
    ("a day of 23 hours ends when it ends", "2026-02-28T08:00", {"expirationMonths": 1},
     datetime(2026, 2, 28, 6, tzinfo=UTC), datetime(2026, 3, 28, 22, tzinfo=UTC)),
    ("pending over the night that is an hour short", "2026-03-28T12:00", {"pendingDays": 2},
     datetime(2026, 3, 29, 21, tzinfo=UTC), None),
]  # fmt: skip


@pytest.mark.parametrize(("says", "at", "terms", "available_at", "expires_at"), LOTS, ids=[line[0] for line in LOTS])
def test_lots_mature_and_expire_by_local_days(
    says: str, at: str, terms: dict[str, Any], available_at: datetime, expires_at: datetime | None
) -> None:
    outcome = only(version("POINTS_BASED", {**RATE, **terms}), sale("1", at))
    assert (outcome.available_at, outcome.expires_at) == (available_at, expires_at)
