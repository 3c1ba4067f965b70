"""TIER_BASED: levels by what was spent, visited or earned in a calendar period (RULES 3).

Which tier is held, and when one falls, is `domain.tiers`; here is what a purchase adds to the metric.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from app.domain.boosts import Product
from app.domain.fields import Choice, ConfigModel, FieldKind, Flag, Money, Rate, Text, Whole, refuse
from app.domain.localtime import local_day, period_key
from app.domain.purchase import Purchase
from app.domain.rule_type import Contribution, Counted, Miss, Standpoint, State, Step

NAME = "TIER_BASED"
TITLE = "Tiers"
YIELDS = "metric"
PERIODS = ("monthly", "quarterly", "yearly", "lifetime")
METRICS = ("spending", "visits", "points")


@dataclass(frozen=True, slots=True)
class ThresholdValue(FieldKind):
    """Money in minor units for spending, a whole number for visits and points; 0 is allowed."""

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> int:
        """The metric to reach; the type decides the unit."""
        if others.get("type") == "spending":
            return Money(self.title, from_zero=True).read(value, currency, others)
        return Whole(self.title, 0, 1_000_000_000).read(value, currency, others)

    def schema(self) -> dict[str, Any]:
        """A number from 0 on."""
        return {"type": "number", "minimum": 0}


@dataclass(frozen=True, slots=True)
class TierMultipliers(FieldKind):
    """What the tier multiplies, by name; `points` is the one that the engine knows."""

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> dict[str, Decimal]:
        """The multipliers as exact decimals."""
        if not isinstance(value, dict) or len(value) > 10:
            raise refuse(f"{self.title} must name a number for each thing, at most 10")
        return {
            name: Rate(f"The multiplier of {name}", 100).read(rate, currency, others) for name, rate in value.items()
        }

    def schema(self) -> dict[str, Any]:
        """An object of numbers."""
        return {"type": "object", "additionalProperties": {"type": "number", "exclusiveMinimum": 0, "maximum": 100}}


class Threshold(ConfigModel):
    """What has to be reached, in which period; no period means the evaluation period."""

    type: Annotated[str, Choice("Threshold type", METRICS)]
    value: Annotated[int, ThresholdValue("Threshold value")]
    period: Annotated[str | None, Choice("Threshold period", PERIODS, optional=True)] = None


class Tier(ConfigModel):
    """One level and what it brings."""

    name: Annotated[str, Text("Tier name", 60)]
    threshold: Threshold
    benefits: list[Annotated[str, Text("Benefit", 200)]] = Field(default_factory=list, max_length=20)
    multipliers: Annotated[dict[str, Decimal], TierMultipliers("Multipliers")] = Field(default_factory=dict)
    exclusive_rewards: list[Annotated[str, Text("Exclusive reward", 200)]] = Field(default_factory=list, max_length=20)
    birthday_bonus_multiplier: Annotated[Decimal | None, Rate("Birthday bonus", 100, optional=True)] = None


class DegradationRules(ConfigModel):
    """How a tier is lost."""

    enabled: Annotated[bool, Flag("Tiers can be lost")] = False
    grace_period_months: Annotated[int, Whole("Grace period", 0, 24)] = 0
    inactivity_months: Annotated[int | None, Whole("Months without a purchase", 1, 60, optional=True)] = None


class Config(ConfigModel):
    """What an owner sets for tiers; spending in minor units."""

    tiers: list[Tier] = Field(min_length=1, max_length=10)
    evaluation_period: Annotated[str, Choice("Evaluation period", PERIODS[:3])]
    degradation_rules: DegradationRules = DegradationRules()

    def violations(self) -> list[tuple[tuple[str | int, ...], str]]:
        """What holds between the tiers."""
        first = self.tiers[0].threshold
        found = [error for place in range(1, len(self.tiers)) for error in self._against_earlier(place)]
        period = first.period or self.evaluation_period
        if period != "lifetime" and PERIODS.index(period) > PERIODS.index(self.evaluation_period):
            found.append((("evaluationPeriod",), "Evaluation period must not be shorter than the threshold's period"))
        return found

    def _against_earlier(self, place: int) -> list[tuple[tuple[str | int, ...], str]]:
        tier, before, first = self.tiers[place], self.tiers[place - 1].threshold, self.tiers[0].threshold
        names = {earlier.name.casefold() for earlier in self.tiers[:place]}
        at = ("tiers", place)
        periods = {threshold.period or self.evaluation_period for threshold in (tier.threshold, first)}
        checks = [
            (tier.name.casefold() in names, "name", "Tier names must differ"),
            (tier.threshold.type != first.type, "threshold.type", "All tiers must count the same thing"),
            (len(periods) > 1, "threshold.period", "All tiers must use the same period"),
            (
                tier.threshold.value <= before.value,
                "threshold.value",
                "Each tier must ask for more than the one before",
            ),
        ]
        return [((*at, *path.split(".")), sentence) for is_broken, path, sentence in checks if is_broken]


@dataclass(frozen=True, slots=True)
class Terms:
    """Tiers from the lowest: parallel names, values and points multipliers."""

    metric: str
    period: str
    evaluation_period: str
    names: tuple[str, ...]
    values: tuple[int, ...]
    points_multipliers: tuple[Decimal, ...]
    can_fall: bool
    grace_months: int
    inactivity_months: int | None


def compile_terms(config: Config, places: int, blackout_dates: frozenset[date]) -> Terms:
    """Tuples out of the tiers, once for each version."""
    threshold = config.tiers[0].threshold
    rules = config.degradation_rules
    return Terms(
        metric=threshold.type,
        period=threshold.period or config.evaluation_period,
        evaluation_period=config.evaluation_period,
        names=tuple(tier.name for tier in config.tiers),
        values=tuple(tier.threshold.value for tier in config.tiers),
        points_multipliers=tuple(tier.multipliers.get("points", Decimal(1)) for tier in config.tiers),
        can_fall=rules.enabled,
        grace_months=rules.grace_period_months,
        inactivity_months=rules.inactivity_months if rules.enabled else None,
    )


def contribute(terms: Terms, purchase: Purchase, local: datetime, boost: Product) -> Contribution | Miss:
    """What the purchase adds to the metric; points are not its own to know, settling adds those it granted."""
    if terms.metric == "spending":
        return Contribution(adds=purchase.amount_minor)
    return Contribution(adds=1 if terms.metric == "visits" else 0)


def initial(terms: Terms) -> State:
    """Nothing measured: `day` is the last that counted, `metric` that of its period."""
    return {"day": 0, "metric": 0, "due": 0}


def step(terms: Terms, state: State, counted: Counted) -> Step:
    """The metric of the period that holds the purchase; several visits on a day are one."""
    day = counted.local_day.toordinal()
    adds = 0 if terms.metric == "visits" and day == state["day"] else counted.adds
    metric = state["metric"] if is_same_period(terms, state["day"], day) else 0
    return Step({"day": day, "metric": metric + adds, "due": 0}, adds, 0)


def progress(terms: Terms, state: State | None, standpoint: Standpoint) -> dict[str, Any]:
    """The metric of the running period against the tier held (`state["tier"]`, put there by the reader)."""
    state = state or initial(terms)
    today = local_day(standpoint.now, standpoint.zone).toordinal()
    metric = state["metric"] if is_same_period(terms, state["day"], today) else 0
    held = terms.names.index(state["tier"]) if state.get("tier") in terms.names else -1
    is_top = held + 1 == len(terms.names)
    return {
        "tier": state.get("tier"),
        "metric": metric,
        "nextTier": None if is_top else terms.names[held + 1],
        "toNext": None if is_top else max(0, terms.values[held + 1] - metric),
        "toKeep": max(0, terms.values[held] - metric) if held >= 0 and terms.can_fall else None,
    }


def summary(config: Config, currency: str) -> str:
    """The levels in one sentence."""
    names = [tier.name for tier in config.tiers]
    levels = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    ways = {"spending": "what you spend", "visits": "how often you come", "points": "the points you earn"}
    return f"Reach {levels} by {ways[config.tiers[0].threshold.type]}"


def is_same_period(terms: Terms, before: int, day: int) -> bool:
    """Whether two ordinals lie in one period of the threshold; before the first purchase (0) every one does."""
    if not before or before == day:
        return True
    earlier, later = date.fromordinal(before), date.fromordinal(day)
    return period_key(terms.period, earlier) == period_key(terms.period, later)
