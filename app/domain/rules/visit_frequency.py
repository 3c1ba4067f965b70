"""VISIT_FREQUENCY: so many visits within so many days, or day after day (RULES 3)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from app.domain.boosts import Product
from app.domain.fields import Flag, Money, Whole
from app.domain.localtime import local_day
from app.domain.purchase import Purchase
from app.domain.rule_rewards import RewardFields, reward_text
from app.domain.rule_type import Contribution, Counted, Miss, Standpoint, State, Step

NAME = "VISIT_FREQUENCY"
TITLE = "Visit streak"
YIELDS = "visits"
_KEPT_DAYS = 366  # no window is longer


class Config(RewardFields):
    """What an owner sets for visits; money in minor units."""

    visits_required: Annotated[int, Whole("Visits required", 2, 365)]
    within_days: Annotated[int, Whole("Within days", 1, 365, reaching="visits_required")]
    consecutive_required: Annotated[bool, Flag("Consecutive days")] = False
    minimum_purchase_amount: Annotated[int | None, Money("Minimum purchase amount", optional=True)] = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The config as settling needs it; blackout dates as ordinals, since they do not break a run."""

    required: int
    within: int
    is_consecutive: bool
    minimum: int
    blackout: frozenset[int]


def compile_terms(config: Config, places: int, blackout_dates: frozenset[date]) -> Terms:
    """Ordinals out of dates, once for each version."""
    return Terms(
        required=config.visits_required,
        within=config.within_days,
        is_consecutive=config.consecutive_required,
        minimum=config.minimum_purchase_amount or 0,
        blackout=frozenset(day.toordinal() for day in blackout_dates),
    )


def contribute(terms: Terms, purchase: Purchase, local: datetime, boost: Product) -> Contribution | Miss:
    """Whether the purchase makes its day a visit; a till punch does."""
    if purchase.kind != "punch" and purchase.amount_minor < terms.minimum:
        return Miss("below_minimum", {"amount": purchase.amount_minor, "minimum": terms.minimum})
    return Contribution(adds=1, trace=[["visit", {}]])


def initial(terms: Terms) -> State:
    """No visits: `days` are unused ones, `used` those that a voucher has used, both as rising ordinals."""
    return {"days": [], "used": [], "due": 0}


def step(terms: Terms, state: State, counted: Counted) -> Step:
    """One more visit, unless the day was one before; every full set of visits in the window is used and owed."""
    day = counted.local_day.toordinal()
    is_new = day not in state["days"] and day not in state["used"]
    unused = [kept for kept in state["days"] if kept > day - _KEPT_DAYS]
    if is_new:
        unused = sorted([*unused, day])
    used = [kept for kept in state["used"] if kept > day - _KEPT_DAYS]
    due = state["due"]
    while len(window := _window(terms, unused, day)) >= terms.required:
        spent = window[: terms.required]
        unused = [kept for kept in unused if kept not in spent]
        used = sorted([*used, *spent])
        due += 1
    return Step({"days": unused, "used": used, "due": due}, int(is_new), due)


def progress(terms: Terms, state: State | None, standpoint: Standpoint) -> dict[str, Any]:
    """Visits that still count today; a run that can still go on today is not broken yet."""
    state = state or initial(terms)
    today = local_day(standpoint.now, standpoint.zone).toordinal()
    counting = _window(terms, state["days"], _run_end(terms, state["days"], today))
    visits = len([day for day in counting if day > today - terms.within])
    shown = 0 if standpoint.issued > state["due"] else visits
    return {"visits": min(shown, terms.required), "required": terms.required, "withinDays": terms.within}


def summary(config: Config, currency: str) -> str:
    """The goal in one sentence."""
    if config.consecutive_required:
        return f"Come {config.visits_required} days in a row, get {reward_text(config, currency)}"
    return f"Come on {config.visits_required} days within {config.within_days}, get {reward_text(config, currency)}"


def _window(terms: Terms, unused: list[int], day: int) -> list[int]:
    if not terms.is_consecutive:
        return [visit for visit in unused if day - terms.within < visit <= day]
    run: list[int] = []
    visits = set(unused)
    for earlier in range(day, day - terms.within, -1):
        if earlier in visits:
            run.append(earlier)
        elif earlier not in terms.blackout:
            break
    return run[::-1]


def _run_end(terms: Terms, unused: list[int], today: int) -> int:
    """The day a run is read at: today, or yesterday (past blackout dates) while today's visit may still come."""
    if not terms.is_consecutive or today in unused:
        return today
    end = today - 1
    while end in terms.blackout:
        end -= 1
    return end
