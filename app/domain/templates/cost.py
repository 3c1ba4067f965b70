"""What a template typically costs: the engine plays a regular's first year, and the rewards are added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import cycle
from typing import Any
from uuid import UUID

from app.domain.boosts import Multipliers
from app.domain.money import exponent, to_minor
from app.domain.preview import preview
from app.domain.program import ProgramVersion
from app.domain.purchase import Item, Purchase, category_key
from app.domain.standing import MemberFacts, Outcome
from app.domain.templates.catalogue import Industry, ProgramTemplate, industries, template
from app.domain.templates.price_levels import priced

_NOBODY = UUID(int=0)
_START = datetime(2025, 1, 6, tzinfo=UTC)  # an example year, from a Monday on
_YEAR = timedelta(days=365)
_TENTHS = 1000


@dataclass(frozen=True, slots=True)
class TypicalCost:
    """What one regular buys in a first year and what the rewards for it sell for, both in minor units.

    For tiers it is what they add to the points of the template that ``beside`` names.
    """

    sales_minor: int
    rewards_minor: int
    beside: str | None = None

    @property
    def percent(self) -> str:
        """The share of sales, to a tenth of a percent: "8.3"."""
        tenths = (2 * _TENTHS * self.rewards_minor + self.sales_minor) // (2 * self.sales_minor)
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def words(self) -> str:
        """The same as a sentence's part: "about 8.3 % of sales"."""
        return f"about {self.percent} % of sales{f', on top of {self.beside}' if self.beside else ''}"


@lru_cache(maxsize=4096)
def typical_cost(template_id: str, currency: str) -> TypicalCost:
    """The cost of a template in the prices of the currency; raises NotFound. Computed once a process."""
    found = template(template_id)
    industry = industries()[found.industry]
    purchases = _year(industry, currency)
    version = _version(found, currency)
    outcomes = preview(version, purchases, facts=MemberFacts(), now=_START + _YEAR).outcomes
    sales = sum(purchase.amount_minor for purchase in purchases)
    match version.rule.YIELDS:
        case "points":
            worth = _points_worth(version, sum(outcome.points for outcome in outcomes))
        case "cashback":
            worth = Fraction(sum(outcome.cashback_minor for outcome in outcomes))
        case "metric":
            return TypicalCost(sales, *_beside(found, version, outcomes, purchases, currency))
        case _:
            worth = sum(outcome.rewards for outcome in outcomes) * _reward_worth(version, industry, purchases)
    return TypicalCost(sales, round(worth))


def _year(industry: Industry, currency: str) -> list[Purchase]:
    """What one regular buys in 365 days: the baskets and the gaps between visits, both over and over."""
    regular = industry.regular
    gaps, baskets = cycle(regular["gapDays"]), cycle(regular["baskets"])
    day = timedelta(hours=regular["hour"])
    bought: list[Purchase] = []
    while day < _YEAR:
        bought.append(_purchase(next(baskets), currency, _START + day, len(bought)))
        day += timedelta(days=next(gaps))
    return bought


def _purchase(basket: Sequence[dict[str, Any]], currency: str, at: datetime, number: int) -> Purchase:
    items = tuple(
        Item(category_key(line["category"]), Fraction(line["quantity"]), _minor(line["price"], currency))
        for line in basket
    )
    amount = sum(int(item.quantity * item.unit_price_minor) for item in items)
    return Purchase(_NOBODY, "sale", 1, amount, items, at, f"{number:04d}", None)


def _version(found: ProgramTemplate, currency: str) -> ProgramVersion:
    return ProgramVersion.compile(
        {**found.body(currency), "timezone": "UTC"},
        id=_NOBODY,
        program_id=_NOBODY,
        number=1,
        created_order=(_START, _NOBODY),
        currency=currency,
    )


def _points_worth(version: ProgramVersion, points: int) -> Fraction:
    """Minor units that the points buy at the best of the redemption's steps, or at its rate."""
    config: Any = version.config
    rates = [Fraction(step.value, step.points) for step in config.redemption_steps]
    return points * max(rates, default=Fraction(10 ** exponent(version.currency), config.redemption_rate))


def _reward_worth(version: ProgramVersion, industry: Industry, purchases: Sequence[Purchase]) -> Fraction:
    """Minor units of one reward: its price, its credit, or its share of an average purchase."""
    config: Any = version.config
    if config.reward_type == "free_item":
        return Fraction(_minor(industry.reward_prices[config.reward_value], version.currency))
    if config.reward_type == "credit":
        return Fraction(config.reward_value)
    average = Fraction(sum(purchase.amount_minor for purchase in purchases), len(purchases))
    return average * Fraction(config.reward_value) / 100


def _beside(
    found: ProgramTemplate,
    tiers: ProgramVersion,
    outcomes: Sequence[Outcome],
    purchases: Sequence[Purchase],
    currency: str,
) -> tuple[int, str]:
    """What the tiers add to the points beside them: each purchase earns with the tier held just before it."""
    points_template = template(found.beside or "")
    version = _version(points_template, currency)
    added, tier = 0, None
    for purchase, outcome in zip(purchases, outcomes, strict=True):
        plain, boosted = (_points(version, purchase, held) for held in (Multipliers(), _held(tiers, tier)))
        added += boosted - plain
        tier = outcome.tier or tier
    return round(_points_worth(version, added)), points_template.name


def _held(tiers: ProgramVersion, tier: str | None) -> Multipliers:
    if tier is None:
        return Multipliers()
    return Multipliers(tier=tiers.terms.points_multipliers[tiers.terms.names.index(tier)], tier_name=tier)


def _points(version: ProgramVersion, purchase: Purchase, held: Multipliers) -> int:
    facts = MemberFacts(multipliers=held)
    return preview(version, [purchase], facts=facts, now=purchase.occurred_at).outcomes[0].points


def _minor(marked: Any, currency: str) -> int:
    return to_minor(priced(marked, currency), currency)
