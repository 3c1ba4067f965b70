"""Three rewards for each kind of business that an owner can switch on at once, priced in what a customer spends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from app.domain.templates.price_levels import price_level

_STEP = 5


@dataclass(frozen=True, slots=True)
class Starter:
    """A reward before anybody has changed it; ``spend`` is what a customer spends for it, at the price level of 1."""

    key: str
    name: str
    reward_type: str
    value: Mapping[str, Any] | None
    spend: Decimal

    def points(self, points_per_unit: Decimal, currency: str) -> int:
        """The points that so much spending earns, rounded up to fives, as people choose prices."""
        exact = self.spend * price_level(currency) * points_per_unit / _STEP
        return max(_STEP, int(exact.to_integral_value(ROUND_CEILING)) * _STEP)


def _free(key: str, name: str, spend: str) -> Starter:
    return Starter(key, name, "free_product", None, Decimal(spend))


_TENTH = Starter("tenth-off", "10 % off one visit", "discount", {"percent": 10}, Decimal(60))
_EVENING = Starter("evening", "An evening for members", "exclusive_access", None, Decimal(150))
_SHIPPING = Starter("shipping", "Free shipping", "free_shipping", None, Decimal(80))

_STARTERS: Mapping[str, tuple[Starter, ...]] = {
    "coffee": (_free("coffee", "Any coffee, free", "40"), _free("cake", "A slice of cake", "60"), _TENTH),
    "bakery": (_free("roll", "A fresh roll", "25"), _free("loaf", "A loaf of bread", "60"), _TENTH),
    "restaurant": (_free("dessert", "A dessert on the house", "90"), _free("starter", "A starter", "110"), _TENTH),
    "bar": (_free("drink", "A drink on the house", "90"), _EVENING, _TENTH),
    "salon": (_free("care", "A hair treatment", "180"), _TENTH, _EVENING),
    "fitness": (_free("guest", "A guest pass", "120"), _free("shake", "A protein shake", "60"), _EVENING),
    "retail": (_TENTH, _SHIPPING, _EVENING),
    "grocery": (_TENTH, _free("bag", "A cloth bag", "90"), _SHIPPING),
    "car wash": (_free("wax", "Wax with your wash", "70"), _free("wash", "A basic wash", "110"), _TENTH),
    "pets": (_free("treats", "A bag of treats", "60"), _free("nails", "Nail trim", "120"), _TENTH),
    "dispensary": (_TENTH, _free("grinder", "A grinder", "160"), _EVENING),
    "other": (_TENTH, _SHIPPING, _EVENING),
}


def starters(industry: str | None) -> tuple[Starter, ...]:
    """The three for a kind of business; those of any business where there are none of its own."""
    return _STARTERS.get(industry or "", _STARTERS["other"])
