"""Amounts of the templates in other currencies: plausible prices, never an exchange."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from app.domain.money import exponent

_FILE = "price_levels.json"
_DIGITS = 2


def priced(value: Any, currency: str) -> Any:
    """The value with every ``{"price": "3.50"}`` in it as an amount of the currency, ``{"count": 100}`` as a number.

    Amounts are in major units: int where whole, Decimal otherwise. Both kinds grow with the currency's price level and
    are rounded to two digits, as people choose prices; where the level is 1 they stay as they are written.
    """
    if isinstance(value, Mapping):
        if set(value) == {"price"}:
            return _plain(_scaled(Decimal(value["price"]), currency, exponent(currency)))
        if set(value) == {"count"}:
            return max(1, int(_scaled(Decimal(value["count"]), currency, 0)))
        return {key: priced(part, currency) for key, part in value.items()}
    if isinstance(value, list):
        return [priced(part, currency) for part in value]
    return value


def price_level(currency: str) -> Decimal:
    """How many units of the currency buy what one dollar or euro buys, roughly; 1 for a currency without a level."""
    return price_levels().get(currency, Decimal(1))


@cache
def price_levels() -> dict[str, Decimal]:
    """The level of every currency by its ISO 4217 code: our own rough estimates.

    Good to about a factor of two; the rial's is held down by the largest amount that a program may name.
    """
    text = files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    return {code: Decimal(level) for code, level in json.loads(text, parse_float=Decimal).items()}


def _scaled(amount: Decimal, currency: str, places: int) -> Decimal:
    level = price_level(currency)
    if level == 1:
        return amount
    scaled = amount * level
    finest = max(scaled.adjusted() - _DIGITS + 1, -places)
    return scaled.quantize(Decimal(1).scaleb(finest), ROUND_HALF_UP)


def _plain(amount: Decimal) -> int | Decimal:
    return int(amount) if amount == amount.to_integral_value() else Decimal(f"{amount.normalize():f}")
