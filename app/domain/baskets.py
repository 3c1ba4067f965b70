"""How the items of a basket share the amount that was paid, in integers alone (RULES 3, POINTS_BASED)."""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm

from app.domain.purchase import Item, Purchase

Ratio = tuple[int, int]  # numerator, denominator > 0


def weighted_minor(purchase: Purchase, weights: Mapping[str, Ratio], common: int) -> Ratio:
    """Σ part × weight in minor units, where `weights` are numerators over `common` by category key.

    Items that sum to more than the amount are scaled down to it; where they sum to less, the rest weighs 1.
    """
    amount = purchase.amount_minor
    if not weights or not purchase.items:
        return amount, 1
    unit = _common_denominator(purchase.items)
    plain = weighted = 0
    for item in purchase.items:
        total = item.quantity.numerator * (unit // item.quantity.denominator) * item.unit_price_minor
        plain += total
        weighted += total * _weight(weights, item.category, common)
    if plain > amount * unit:
        return amount * weighted, plain * common
    return weighted + (amount * unit - plain) * common, unit * common


def filtered_minor(purchase: Purchase, category: str) -> Ratio | None:
    """What was paid for the items of one category, scaled like above; None when there is no such item."""
    items = [item for item in purchase.items if item.category == category and item.quantity]
    if not items:
        return None
    unit = _common_denominator(purchase.items)
    chosen = sum(_total(item, unit) for item in items)
    plain = sum(_total(item, unit) for item in purchase.items)
    if plain > purchase.amount_minor * unit:
        return chosen * purchase.amount_minor, plain
    return chosen, unit


def filtered_quantity(purchase: Purchase, category: str | None) -> Fraction | None:
    """How many items there are (of one category, if named); a basket without lines is one item without category."""
    if not purchase.items:
        return Fraction(1) if category is None else None
    chosen = [item.quantity for item in purchase.items if category is None or item.category == category]
    total = sum(chosen, Fraction(0))
    return total if total or category is None else None


def _common_denominator(items: tuple[Item, ...]) -> int:
    return lcm(*(item.quantity.denominator for item in items))


def _total(item: Item, unit: int) -> int:
    return item.quantity.numerator * (unit // item.quantity.denominator) * item.unit_price_minor


def _weight(weights: Mapping[str, Ratio], category: str | None, common: int) -> int:
    weight = weights.get(category) if category is not None else None
    return common if weight is None else weight[0] * (common // weight[1])
