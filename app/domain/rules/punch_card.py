"""PUNCH_CARD: one punch a qualifying purchase, a reward for a full card (RULES 3)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from app.domain.baskets import filtered_minor
from app.domain.boosts import Product
from app.domain.fields import ConfigModel, Money, Text, Whole
from app.domain.purchase import Purchase, category_key
from app.domain.rule_rewards import RewardFields, reward_text
from app.domain.rule_type import Contribution, Counted, Miss, Standpoint, State, Step

NAME = "PUNCH_CARD"
TITLE = "Punch card"
YIELDS = "punches"


class ValidHours(ConfigModel):
    """Local hours h with start <= h < end; a start after the end runs over midnight."""

    start: Annotated[int, Whole("Start hour", 0, 23)]
    end: Annotated[int, Whole("End hour", 1, 24)]

    def violations(self) -> list[tuple[tuple[str | int, ...], str]]:
        """Equal ends would leave no hour."""
        return [(("validHours", "end"), "End hour must differ from start hour")] if self.start == self.end else []


class Config(RewardFields):
    """What an owner sets for a punch card; money in minor units."""

    punches_required: Annotated[int, Whole("Punches required", 2, 50)]
    minimum_purchase_amount: Annotated[int | None, Money("Minimum purchase amount", optional=True)] = None
    category_filter: Annotated[str | None, Text("Category filter", 100, optional=True)] = None
    valid_hours: ValidHours | None = None
    endowed_start: Annotated[int, Whole("Endowed start", 0, 49, below="punches_required")] = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """The config as the till needs it; `hours` are the local hours that count, None for all."""

    required: int
    minimum: int
    category: str | None
    hours: frozenset[int] | None
    endowed: int


def compile_terms(config: Config, places: int, blackout_dates: frozenset[date]) -> Terms:
    """Sets and keys out of the config, once for each version."""
    return Terms(
        required=config.punches_required,
        minimum=config.minimum_purchase_amount or 0,
        category=category_key(config.category_filter),
        hours=_hours(config.valid_hours),
        endowed=config.endowed_start,
    )


def contribute(terms: Terms, purchase: Purchase, local: datetime, boost: Product) -> Contribution | Miss:
    """One punch, or a till punch's count; category, then minimum, then hours."""
    is_punch = purchase.kind == "punch"
    missed = None if is_punch else _missed(terms, purchase)
    if missed:
        return missed
    if terms.hours is not None and local.hour not in terms.hours:
        return Miss("outside_valid_hours", {"hour": local.hour})
    adds = purchase.count if is_punch else 1
    return Contribution(adds=adds, trace=[["punches", {"punches": adds}]])


def initial(terms: Terms) -> State:
    """The first card, with what it starts with."""
    return {"card": terms.endowed, "due": 0}


def step(terms: Terms, state: State, counted: Counted) -> Step:
    """Punches on the card; every full card is owed, the surplus goes on the next."""
    full, card = divmod(state["card"] + counted.adds, terms.required)
    due = state["due"] + full
    return Step({"card": card, "due": due}, counted.adds, due)


def progress(terms: Terms, state: State | None, standpoint: Standpoint) -> dict[str, Any]:
    """Punches on the running card; 0 while vouchers given too many are worked off."""
    state = state or initial(terms)
    punches = 0 if standpoint.issued > state["due"] else state["card"]
    return {"punches": punches, "required": terms.required}


def summary(config: Config, currency: str) -> str:
    """The card in one sentence."""
    return f"Collect {config.punches_required} punches, get {reward_text(config, currency)}"


def _hours(valid: ValidHours | None) -> frozenset[int] | None:
    if valid is None:
        return None
    if valid.start < valid.end:
        return frozenset(range(valid.start, valid.end))
    return frozenset(range(24)) - frozenset(range(valid.end, valid.start))


def _missed(terms: Terms, purchase: Purchase) -> Miss | None:
    above, below = purchase.amount_minor, 1
    if terms.category is not None:
        filtered = filtered_minor(purchase, terms.category)
        if filtered is None:
            return Miss("category_not_matched", {"category": terms.category})
        above, below = filtered
    if above < terms.minimum * below:
        return Miss("below_minimum", {"amount": above // below, "minimum": terms.minimum})
    return None
