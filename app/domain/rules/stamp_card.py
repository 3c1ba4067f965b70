"""STAMP_CARD: stamps by visit, by item or by money; one purchase may fill several cards (RULES 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from app.domain.baskets import filtered_minor, filtered_quantity
from app.domain.boosts import Product
from app.domain.fields import Choice, ConfigModel, Rate, Text, Whole, refuse
from app.domain.money import unit_text
from app.domain.purchase import Purchase, category_key
from app.domain.rule_rewards import RewardFields, reward_text
from app.domain.rule_type import Contribution, Counted, Miss, Standpoint, State, Step

NAME = "STAMP_CARD"
TITLE = "Stamp card"
YIELDS = "stamps"


@dataclass(frozen=True, slots=True)
class StampValue(Rate):
    """A positive number; a whole one where stamps come by visit."""

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> Decimal:
        """The exact value."""
        read = Rate.read(self, value, currency, others)
        if others.get("type") == "per_visit" and read != read.to_integral_value():
            raise refuse(f"{self.title} must be a whole number for a visit")
        return read


class StampEarnRule(ConfigModel):
    """How stamps come."""

    type: Annotated[str, Choice("Stamps come", ("per_visit", "per_item", "per_dollar"))]
    value: Annotated[Decimal, StampValue("Stamps", 1000)]


class Config(RewardFields):
    """What an owner sets for a stamp card."""

    stamps_required: Annotated[int, Whole("Stamps required", 2, 100)]
    stamp_earn_rule: StampEarnRule
    category_filter: Annotated[str | None, Text("Category filter", 100, optional=True)] = None
    endowed_start: Annotated[int, Whole("Endowed start", 0, 99, below="stamps_required")] = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """The config in integers: stamps are `above` / `below` for one item, one visit or one minor unit."""

    required: int
    way: str
    above: int
    below: int
    category: str | None
    endowed: int


def compile_terms(config: Config, places: int, blackout_dates: frozenset[date]) -> Terms:
    """Integers out of the config, once for each version."""
    above, below = config.stamp_earn_rule.value.as_integer_ratio()
    way = config.stamp_earn_rule.type
    return Terms(
        required=config.stamps_required,
        way=way,
        above=above,
        below=below * 10**places if way == "per_dollar" else below,
        category=category_key(config.category_filter),
        endowed=config.endowed_start,
    )


def contribute(terms: Terms, purchase: Purchase, local: datetime, boost: Product) -> Contribution | Miss:
    """Stamps of this purchase by itself; by visit, what it gives if it is the first of its day."""
    if terms.way == "per_visit":
        if purchase.kind != "punch" and filtered_quantity(purchase, terms.category) is None:
            return _unmatched(terms)
        return _stamps(terms.above)
    if terms.way == "per_item":
        quantity = filtered_quantity(purchase, terms.category)
        if quantity is None:
            return _unmatched(terms)
        return _stamps(terms.above * quantity.numerator // (terms.below * quantity.denominator))
    paid = (purchase.amount_minor, 1) if terms.category is None else filtered_minor(purchase, terms.category)
    if paid is None:
        return _unmatched(terms)
    return _stamps(terms.above * paid[0] // (terms.below * paid[1]))


def initial(terms: Terms) -> State:
    """The first card, with what it starts with."""
    return {"card": terms.endowed, "due": 0, "day": 0}


def step(terms: Terms, state: State, counted: Counted) -> Step:
    """Stamps on the card; by visit only the first purchase of a local day adds any."""
    day = counted.local_day.toordinal()
    adds = 0 if terms.way == "per_visit" and day == state["day"] else counted.adds
    full, card = divmod(state["card"] + adds, terms.required)
    due = state["due"] + full
    return Step({"card": card, "due": due, "day": day}, adds, due)


def progress(terms: Terms, state: State | None, standpoint: Standpoint) -> dict[str, Any]:
    """Stamps on the running card; 0 while vouchers given too many are worked off."""
    state = state or initial(terms)
    stamps = 0 if standpoint.issued > state["due"] else state["card"]
    return {"stamps": stamps, "required": terms.required}


def summary(config: Config, currency: str) -> str:
    """The card in one sentence."""
    way = {"per_visit": "a visit", "per_item": "an item", "per_dollar": f"for every {unit_text(currency)} spent"}
    rule = config.stamp_earn_rule
    stamps = f"{rule.value.normalize():f} stamp{'' if rule.value == 1 else 's'} {way[rule.type]}"
    return f"{stamps}; {config.stamps_required} make a full card: {reward_text(config, currency)}"


def _stamps(count: int) -> Contribution:
    return Contribution(adds=count, trace=[["stamps", {"stamps": count}]])


def _unmatched(terms: Terms) -> Miss:
    return Miss("category_not_matched", {"category": terms.category})
