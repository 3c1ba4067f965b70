"""The tier history of one member in one TIER_BASED program, worked out from the first purchase on (RULES section 3).

A pure function of the purchases that have arrived and of the refunds with their instants. Supports the metrics
``spending`` and ``visits``; inactivity and the metric ``points`` are not in the demo and are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from tests.oracle.model import (
    Program,
    Purchase,
    Refund,
    add_months,
    exact,
    instant,
    local_date,
    next_period_start,
    period_start,
    start_of_day,
)

NO_TIER = -1


@dataclass(frozen=True)
class TierChange:
    at: datetime
    tier: str | None
    reason: str  # automatic | period_end


@dataclass(frozen=True)
class TierBook:
    """Everything the metric is made of: the purchases that passed the gates, in full, and the refunds on them."""

    purchases: list[Purchase]
    refunds: list[Refund]


def check_supported(program: Program) -> None:
    config = program["ruleConfig"]
    if any(tier["threshold"]["type"] not in ("spending", "visits") for tier in config["tiers"]):
        raise ValueError("only the metrics spending and visits are modelled")
    if config.get("degradationRules", {}).get("inactivityMonths") is not None:
        raise ValueError("inactivityMonths is not modelled")


def metric_period(program: Program) -> str:
    config = program["ruleConfig"]
    return str(config["tiers"][0]["threshold"].get("period", config["evaluationPeriod"]))


def metric(
    program: Program, book: TierBook, day_in_period: datetime, until: tuple[datetime, str], zone: ZoneInfo
) -> int:
    """Minor units spent, or visits, in the calendar period that holds the given instant, as known at ``until``:
    purchases up to and including that place in the order, less what was refunded on them by that instant."""
    period = metric_period(program)
    wanted = period_start(local_date(day_in_period, zone), period)
    spent, days = 0, set()
    for purchase in book.purchases:
        day = local_date(purchase.occurred_at, zone)
        if purchase.order > until or period_start(day, period) != wanted:
            continue
        back = sum(
            r.amount_minor for r in book.refunds if r.order_id == purchase.order_id and instant(r.at) <= until[0]
        )
        spent += purchase.amount_minor - back
        if purchase.amount_minor - back > 0 or purchase.kind == "punch":
            days.add(day)
    return spent if program["ruleConfig"]["tiers"][0]["threshold"]["type"] == "spending" else len(days)


def tier_for(program: Program, value: int, digits: int) -> int:
    reached = NO_TIER
    for index, tier in enumerate(program["ruleConfig"]["tiers"]):
        unit = 10**digits if tier["threshold"]["type"] == "spending" else 1
        if value >= exact(tier["threshold"]["value"]) * unit:
            reached = index
    return reached


@dataclass
class Climb:
    """Where the member stands on the ladder while the history is walked."""

    names: list[str]
    held: int = NO_TIER
    changes: list[TierChange] = field(default_factory=list)
    falls: list[tuple[datetime, int]] = field(default_factory=list)  # (when, down to which tier)

    def fall_until(self, now: datetime) -> None:
        due = sorted(fall for fall in self.falls if fall[0] <= now)
        self.falls = [fall for fall in self.falls if fall[0] > now]
        for when, target in due:
            if target < self.held:
                self.held = target
                self.changes.append(TierChange(when, None if target == NO_TIER else self.names[target], "period_end"))

    def purchase(self, at: datetime, reached: int) -> None:
        if reached >= self.held:
            self.falls = []  # the held tier's threshold is reached again before the fall
        if reached > self.held:
            self.held = reached
            self.changes.append(TierChange(at, self.names[reached], "automatic"))


def history(program: Program, book: TierBook, until: datetime, zone: ZoneInfo, digits: int) -> list[TierChange]:
    """All changes of tier up to and including the instant ``until``."""
    check_supported(program)
    config, until = program["ruleConfig"], instant(until)
    rules = config.get("degradationRules", {})
    purchases = sorted((p for p in book.purchases if instant(p.occurred_at) <= until), key=lambda p: p.order)
    moments: list[tuple[datetime, str]] = [p.order for p in purchases]
    if purchases and rules.get("enabled", False):  # "" sorts before every order id: the first instant of the period
        looks = evaluation_instants(config["evaluationPeriod"], purchases[0].occurred_at, until, zone)
        moments += [(look, "") for look in looks]
    climb = Climb([tier["name"] for tier in config["tiers"]])
    for at, order_id in sorted(moments):
        climb.fall_until(at)
        if order_id:
            climb.purchase(at, tier_for(program, metric(program, book, at, (at, order_id), zone), digits))
            continue
        just_ended = at - timedelta(microseconds=1)  # an instant of the period that has just ended
        earned = tier_for(program, metric(program, book, just_ended, (at, ""), zone), digits)
        if earned < climb.held:
            fall_day = add_months(local_date(at, zone), rules.get("gracePeriodMonths", 0))
            climb.falls.append((start_of_day(fall_day, zone), earned))
    climb.fall_until(until)
    return climb.changes


def evaluation_instants(period: str, first: datetime, until: datetime, zone: ZoneInfo) -> list[datetime]:
    """The first instants after each evaluation period, from the first purchase's period on."""
    looks, day = [], next_period_start(local_date(first, zone), period)
    while start_of_day(day, zone) <= until:
        looks.append(start_of_day(day, zone))
        day = next_period_start(day, period)
    return looks


def tier_name(changes: list[TierChange]) -> str | None:
    return changes[-1].tier if changes else None


def points_multiplier(program: Program, name: str | None) -> Fraction:
    for tier in program["ruleConfig"]["tiers"]:
        if tier["name"] == name:
            return exact(tier.get("multipliers", {}).get("points", 1))
    return Fraction(1)


def held_before(program: Program, book: TierBook, purchase: Purchase, zone: ZoneInfo, digits: int) -> str | None:
    """The tier held at the purchase's occurredAt, just before it."""
    earlier = [p for p in book.purchases if p.order < purchase.order]
    return tier_name(history(program, TierBook(earlier, book.refunds), purchase.occurred_at, zone, digits))
