"""Points against integer arithmetic alone: every amount, rate, weight and rounding of a small world, and its edges."""

from decimal import Decimal
from itertools import product

import pytest

from app.domain.boosts import Multipliers, points_product
from app.domain.rules.points_based import contribute, rounded
from tests.domain.support import sale, version

RATES = ("0.0001", "0.3", "1", "1.25", "1.4999", "10", "999.9999")
BOOSTS = ("1", "1.1", "1.5", "3.0")
ROUNDINGS = ("down", "nearest", "up")
AMOUNTS = (*range(1, 1200), 9_999, 100_000, 9_999_999_999)


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("rate", RATES)
def test_every_amount_earns_what_integers_say(rate: str, rounding: str) -> None:
    rule = version("POINTS_BASED", {"pointsPerDollar": Decimal(rate), "redemptionRate": 1, "rounding": rounding})
    per_unit = int(Decimal(rate) * 10_000)
    local = sale("1").occurred_at
    for boost in BOOSTS:
        multiplied = points_product(Multipliers(tier=Decimal(boost)))
        tenths = int(Decimal(boost) * 10)
        for amount in AMOUNTS:
            bought = sale(f"{amount // 100}.{amount % 100:02d}")
            found = contribute(rule.terms, bought, local, multiplied)
            # amount in hundredths × rate in ten-thousandths × boost in tenths
            assert found.computed == _whole(amount * per_unit * tenths, 10_000_000, rounding)


def test_every_small_fraction_rounds_as_integers_do() -> None:
    for above, below in product(range(400), range(1, 120)):
        whole, rest = divmod(above, below)
        assert rounded(above, below, "down") == whole
        assert rounded(above, below, "up") == whole + (rest > 0)
        assert rounded(above, below, "nearest") == whole + (rest * 2 >= below)


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_every_discounted_basket_of_two_earns_what_integers_say(rounding: str) -> None:
    weights = {"wine": Decimal("2.5"), "tea": Decimal("0.5")}
    config = {"pointsPerDollar": 3, "redemptionRate": 1, "rounding": rounding, "categoryMultipliers": weights}
    terms = version("POINTS_BASED", config).terms
    local, alone = sale("1").occurred_at, points_product(Multipliers())
    for wine, tea, paid in product(range(0, 300, 23), range(0, 300, 19), range(1, 650, 37)):
        basket = (("wine", 1, f"{wine / 100:.2f}"), ("tea", 1, f"{tea / 100:.2f}"))
        found = contribute(terms, sale(f"{paid / 100:.2f}", "2026-03-10T12:00", *basket), local, alone)
        # weights in tenths: 25 for wine, 5 for tea, 10 for what no item explains
        listed = wine + tea
        if listed > paid:
            above, below = 3 * paid * (25 * wine + 5 * tea), 1000 * listed
        else:
            above, below = 3 * (25 * wine + 5 * tea + 10 * (paid - listed)), 1000
        assert found.computed == _whole(above, below, rounding)


def _whole(above: int, below: int, rounding: str) -> int:
    whole, rest = divmod(above, below)
    return whole + {"down": 0, "nearest": int(rest * 2 >= below), "up": int(rest > 0)}[rounding]
