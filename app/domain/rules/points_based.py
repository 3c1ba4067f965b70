"""POINTS_BASED: points for money, by category, times the multipliers that stand on the purchase (RULES 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import lcm
from typing import Annotated, Any

from pydantic import Field

from app.domain.baskets import Ratio, weighted_minor
from app.domain.boosts import Product
from app.domain.fields import Choice, ConfigModel, FieldKind, Money, Rate, Whole, refuse
from app.domain.money import brief_text, unit_text
from app.domain.purchase import Purchase, category_key
from app.domain.rule_type import Contribution, Miss, Standpoint, State, Trace

NAME = "POINTS_BASED"
TITLE = "Points"
YIELDS = "points"
MOST_CATEGORIES = 50


@dataclass(frozen=True, slots=True)
class CategoryMultipliers(FieldKind):
    """Category -> multiplier; keys become category keys."""

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> dict[str, Decimal]:
        """The multipliers by category key; two spellings of one category are refused."""
        if not isinstance(value, dict):
            raise refuse(f"{self.title} must name a number for each category")
        if len(value) > MOST_CATEGORIES:
            raise refuse(f"{self.title} may name at most {MOST_CATEGORIES} categories")
        read: dict[str, Decimal] = {}
        for name, multiplier in value.items():
            key = category_key(name)
            if key is None or len(key) > 100 or key in read:
                raise refuse(f"{self.title}: name each category once, in 1 to 100 characters")
            read[key] = Rate(f"The multiplier of {name.strip()}", 100).read(multiplier, currency, others)
        return read

    def schema(self) -> dict[str, Any]:
        """An object of numbers."""
        number = {"type": "number", "exclusiveMinimum": 0, "maximum": 100}
        return {"type": "object", "additionalProperties": number, "maxProperties": MOST_CATEGORIES}


class RedemptionStep(ConfigModel):
    """So many points for so much money."""

    points: Annotated[int, Whole("Points of a step", 1, 1_000_000_000)]
    value: Annotated[int, Money("Value of a step")]


class Config(ConfigModel):
    """What an owner sets for points; money in minor units."""

    points_per_dollar: Annotated[Decimal, Rate("Points per dollar", 1000, decimals=4)]
    minimum_purchase_amount: Annotated[int | None, Money("Minimum purchase amount", optional=True)] = None
    category_multipliers: Annotated[dict[str, Decimal], CategoryMultipliers("Category multipliers")] = Field(
        default_factory=dict
    )
    redemption_rate: Annotated[int, Whole("Redemption rate", 1, 1_000_000)]
    redemption_steps: list[RedemptionStep] = Field(default_factory=list, max_length=10)
    minimum_redemption_points: Annotated[int, Whole("Minimum redemption points", 1, 1_000_000_000)] = 1
    expiration_months: Annotated[int | None, Whole("Expiration months", 1, 120, optional=True)] = None
    pending_days: Annotated[int, Whole("Pending days", 0, 90)] = 0
    rounding: Annotated[str, Choice("Rounding", ("down", "nearest", "up"))] = "down"

    def violations(self) -> list[tuple[tuple[str | int, ...], str]]:
        """Steps must rise, in points and in value."""
        steps = self.redemption_steps
        return [
            (("redemptionSteps", place, field), f"Step {place + 1} must be higher than the one before it")
            for place in range(1, len(steps))
            for field in ("points", "value")
            if getattr(steps[place], field) <= getattr(steps[place - 1], field)
        ]


@dataclass(frozen=True, slots=True)
class Terms:
    """The config in integers: points per minor unit is `rate` over `rate_below`; weights are over `common`."""

    rate: int
    rate_below: int
    rate_text: str
    minimum: int
    weights: dict[str, Ratio]
    common: int
    weight_texts: dict[str, str]
    rounding: str
    expiration_months: int | None
    pending_days: int


def compile_terms(config: Config, places: int, blackout_dates: frozenset[date]) -> Terms:
    """Integers out of the decimals, once for each version."""
    above, below = config.points_per_dollar.as_integer_ratio()
    weights = {category: value.as_integer_ratio() for category, value in config.category_multipliers.items()}
    return Terms(
        rate=above,
        rate_below=below * 10**places,
        rate_text=_text(config.points_per_dollar),
        minimum=config.minimum_purchase_amount or 0,
        weights=weights,
        common=lcm(*(below for _, below in weights.values())),
        weight_texts={category: _text(value) for category, value in config.category_multipliers.items()},
        rounding=config.rounding,
        expiration_months=config.expiration_months,
        pending_days=config.pending_days,
    )


def contribute(terms: Terms, purchase: Purchase, local: datetime, boost: Product) -> Contribution | Miss:
    """Points before caps: computed exactly, rounded once at the end."""
    if purchase.amount_minor < terms.minimum:
        return Miss("below_minimum", {"amount": purchase.amount_minor, "minimum": terms.minimum})
    above, below = weighted_minor(purchase, terms.weights, terms.common)
    above *= terms.rate * boost.numerator
    below *= terms.rate_below * boost.denominator
    points = rounded(above, below, terms.rounding)
    return Contribution(computed=points, trace=_trace(terms, purchase, boost, points))


def rounded(above: int, below: int, rounding: str) -> int:
    """above / below as a whole number, both >= 0: down, nearest (half up) or up."""
    if rounding == "down":
        return above // below
    return -(-above // below) if rounding == "up" else (2 * above + below) // (2 * below)


def progress(terms: Terms, state: State | None, standpoint: Standpoint) -> dict[str, Any]:
    """Points keep their progress in the ledger: the reader fills in lifetime and nextExpiry from there."""
    return {"lifetime": (state or {}).get("lifetime", 0), "nextExpiry": (state or {}).get("nextExpiry")}


def summary(config: Config, currency: str) -> str:
    """What the points are worth, in one sentence."""
    minimum = config.minimum_purchase_amount
    above = f" from {brief_text(minimum, currency)} on" if minimum else ""
    extra = ", more in some categories" if config.category_multipliers else ""
    points = f"{_text(config.points_per_dollar)} point{'' if config.points_per_dollar == 1 else 's'}"
    return f"{points} for every {unit_text(currency)} spent{above}{extra}"


def _trace(terms: Terms, purchase: Purchase, boost: Product, points: int) -> Trace:
    if boost.is_private:
        return [["points", {"points": points}]]
    params: dict[str, Any] = {"amount": purchase.amount_minor, "rate": terms.rate_text, "points": points}
    if terms.weights:
        found = dict.fromkeys(item.category for item in purchase.items if item.category in terms.weights)
        params["categories"] = [[category, terms.weight_texts[category]] for category in found if category]
    if boost.factors:
        params["factors"] = [list(factor) for factor in boost.factors]
    return [["points", params]]


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}"
