"""AMOUNT_SPENT: a reward for every so much spent in a calendar period (RULES 3)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from app.domain.boosts import Product
from app.domain.fields import Choice, Flag, Money
from app.domain.localtime import local_day, period_end, period_key, start_of_day
from app.domain.money import brief_text
from app.domain.purchase import Purchase
from app.domain.rule_rewards import RewardFields, reward_text
from app.domain.rule_type import Contribution, Counted, Miss, Standpoint, State, Step

NAME = "AMOUNT_SPENT"
TITLE = "Spend goal"
YIELDS = "spend"
PERIODS = ("monthly", "quarterly", "yearly", "lifetime")


class Config(RewardFields):
    """What an owner sets for a spending goal; money in minor units."""

    threshold_amount: Annotated[int, Money("Threshold amount")]
    reset_period: Annotated[str, Choice("Reset period", PERIODS)] = "lifetime"
    repeatable: Annotated[bool, Flag("Repeatable")] = True


@dataclass(frozen=True, slots=True)
class Terms:
    """The config as settling needs it."""

    threshold: int
    period: str
    is_repeatable: bool


def compile_terms(config: Config, places: int, blackout_dates: frozenset[date]) -> Terms:
    """Nothing to work out, only to name."""
    return Terms(config.threshold_amount, config.reset_period, config.repeatable)


def contribute(terms: Terms, purchase: Purchase, local: datetime, boost: Product) -> Contribution | Miss:
    """The amount itself; a till punch is no money."""
    return Contribution(adds=purchase.amount_minor, trace=[["spent", {"amount": purchase.amount_minor}]])


def initial(terms: Terms) -> State:
    """Nothing spent: `rest` is spend that no voucher has used yet, `paid` the vouchers of the running period."""
    return {"day": 0, "rest": 0, "paid": 0, "due": 0}


def step(terms: Terms, state: State, counted: Counted) -> Step:
    """Spend towards the next threshold; a new period begins at nothing.

    Walked in time, so a day before the last one (a program moved to a zone further west) belongs to the last one's.
    """
    day = max(counted.local_day.toordinal(), state["day"])
    rest, paid = (state["rest"], state["paid"]) if _is_same_period(terms, state["day"], day) else (0, 0)
    rest += counted.adds
    new = _newly_due(terms, rest, paid)
    due = state["due"] + new
    after = {"day": day, "rest": rest - new * terms.threshold, "paid": paid + new, "due": due}
    return Step(after, counted.adds, due)


def progress(terms: Terms, state: State | None, standpoint: Standpoint) -> dict[str, Any]:
    """Spend towards the next reward in the period of now; the full threshold once a single reward is earned."""
    state = state or initial(terms)
    today = local_day(standpoint.now, standpoint.zone)
    ends = period_end(terms.period, today)
    return {
        "spent": _shown(terms, state, today, standpoint.issued),
        "threshold": terms.threshold,
        "periodEndsAt": None if ends is None else start_of_day(ends, standpoint.zone),
    }


def summary(config: Config, currency: str) -> str:
    """The goal in one sentence."""
    spans = {"monthly": " in a month", "quarterly": " in a quarter", "yearly": " in a year", "lifetime": ""}
    verb = "Every time you spend" if config.repeatable else "Spend"
    goal = f"{verb} {brief_text(config.threshold_amount, currency)}{spans[config.reset_period]}"
    return f"{goal}, get {reward_text(config, currency)}"


def _is_same_period(terms: Terms, before: int, day: int) -> bool:
    if not before:
        return True
    earlier, later = date.fromordinal(before), date.fromordinal(day)
    return period_key(terms.period, earlier) == period_key(terms.period, later)


def _newly_due(terms: Terms, rest: int, paid: int) -> int:
    full = rest // terms.threshold
    return full if terms.is_repeatable else min(full, max(0, 1 - paid))


def _shown(terms: Terms, state: State, today: date, issued: int) -> int:
    if not _is_same_period(terms, state["day"], today.toordinal()):
        return 0
    if not terms.is_repeatable and state["paid"]:
        return terms.threshold
    return 0 if issued > state["due"] else int(min(state["rest"], terms.threshold))
