"""CASH_BACK: a percentage of the amount by bracket, kept as money in the ledger (RULES 3)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from app.domain.boosts import Product
from app.domain.fields import Choice, ConfigModel, Money, Rate
from app.domain.purchase import Purchase
from app.domain.rule_type import Contribution, Miss, Standpoint, State

NAME = "CASH_BACK"
TITLE = "Cash back"
YIELDS = "cashback"


class Bracket(ConfigModel):
    """From this amount on, this percentage."""

    minimum_amount: Annotated[int, Money("Minimum amount", from_zero=True)]
    rate_percent: Annotated[Decimal, Rate("Rate", 50, from_zero=True)]


class Config(ConfigModel):
    """What an owner sets for cash back; money in minor units."""

    rates: list[Bracket] = Field(min_length=1, max_length=10)
    maximum_per_purchase: Annotated[int | None, Money("Maximum per purchase", optional=True)] = None
    minimum_payout: Annotated[int | None, Money("Minimum payout", optional=True)] = None
    payout: Annotated[str, Choice("Payout", ("store_credit", "provider"))] = "store_credit"


@dataclass(frozen=True, slots=True)
class Terms:
    """Brackets from the highest: (minimum, numerator, denominator, rate as text)."""

    brackets: tuple[tuple[int, int, int, str], ...]
    maximum: int | None


def compile_terms(config: Config, places: int, blackout_dates: frozenset[date]) -> Terms:
    """Integers out of the percentages, once for each version."""
    brackets = []
    for bracket in reversed(config.rates):
        above, below = bracket.rate_percent.as_integer_ratio()
        brackets.append((bracket.minimum_amount, above, below * 100, f"{bracket.rate_percent.normalize():f}"))
    return Terms(tuple(brackets), config.maximum_per_purchase)


def contribute(terms: Terms, purchase: Purchase, local: datetime, boost: Product) -> Contribution | Miss:
    """Minor units: rounded down, then held to the maximum of one purchase. The first bracket begins at 0."""
    amount = purchase.amount_minor
    _, above, below, rate = next(bracket for bracket in terms.brackets if amount >= bracket[0])
    cashback = amount * above * boost.numerator // (below * boost.denominator)
    params: dict[str, Any] = {"amount": amount, "rate": rate, "cashback": cashback}
    if boost.factors:
        params["factors"] = [list(factor) for factor in boost.factors]
    if terms.maximum is not None and cashback > terms.maximum:
        cashback = params["cashback"] = params["maximum"] = terms.maximum
    return Contribution(computed=cashback, trace=[["cashback", params]])


def progress(terms: Terms, state: State | None, standpoint: Standpoint) -> dict[str, Any]:
    """Cashback keeps its progress in the ledger: the reader fills these in from there, in minor units."""
    found = state or {}
    return {key: found.get(key, 0) for key in ("earned", "paid", "pending")}


def summary(config: Config, currency: str) -> str:
    """The offer in one sentence."""
    rates = [f"{bracket.rate_percent.normalize():f} %" for bracket in config.rates]
    if len(rates) == 1:
        return f"{rates[0]} of every purchase back"
    return f"From {rates[0]} to {rates[-1]} of every purchase back, the more you spend the more"
