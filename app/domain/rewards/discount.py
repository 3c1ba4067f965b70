"""A discount: a percentage or a fixed amount off, on everything or on some products and categories."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from app.domain.fields import Money, Rate
from app.domain.money import brief_text
from app.domain.reward_kind import NOTHING_ELIGIBLE, Choices, choice_words

NAME = "discount"
TITLE = "Discount"


class Value(Choices):
    """Either a percentage, or an amount in minor units."""

    percent: Annotated[Decimal | None, Rate("Percent", 100, decimals=2, optional=True)] = None
    amount: Annotated[int | None, Money("Amount", optional=True)] = None


def problems(value: Value) -> Mapping[str, str]:
    """One of the two, and something that it can be taken off."""
    found = {}
    if (value.percent is None) == (value.amount is None):
        found["percent"] = "Enter a percentage or an amount, one of the two"
    if value.is_never_met:
        found["products"] = NOTHING_ELIGIBLE
    return found


def words(value: Value, currency: str) -> str:
    """How much off, and on what."""
    if value.amount is not None:
        return f"{brief_text(value.amount, currency)} off{choice_words(value)}"
    return f"{(value.percent or Decimal(0)).normalize():f} % off{choice_words(value)}"
