"""Cash back: an amount of money for points."""

from collections.abc import Mapping
from typing import Annotated

from app.domain.fields import ConfigModel, Money
from app.domain.money import brief_text

NAME = "cash_back"
TITLE = "Cash back"


class Value(ConfigModel):
    """The amount in minor units."""

    amount: Annotated[int, Money("Amount")]


def problems(value: Value) -> Mapping[str, str]:
    """An amount above nothing is always worth something."""
    return {}


def words(value: Value, currency: str) -> str:
    """How much comes back."""
    return f"{brief_text(value.amount, currency)} back"
