"""The small print of a live program, drawn from its configuration: conditions, expiry, limits, in short sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from app.domain.money import exponent
from app.domain.program import ProgramVersion
from app.web.portal.tiers import benefits
from app.web.support.formatting import money, points, short_day, today
from app.web.support.words import category_words, counted, listed

_PERIODS = {"monthly": "in a month", "quarterly": "in a quarter", "yearly": "in a year", "lifetime": "in all"}
_WINDOWS = {"day": "a day", "week": "a week", "month": "a month", "program": "in all"}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}


def facts(version: ProgramVersion, location_names: Mapping[UUID, str]) -> list[str]:
    """Return what a member should know of a program beyond its one sentence."""
    say = _BY_TYPE.get(version.rule_type, _nothing)
    found = [*say(version.config, version.currency), *_shared(version)]
    if version.location_ids:
        places = sorted(location_names.get(one, "a closed place") for one in version.location_ids)
        found.append(f"Counts at {listed(places)}.")
    return found


def tier_rows(version: ProgramVersion) -> list[dict[str, Any]]:
    """Return the tiers of a tier program: {name, from_words, benefits}; empty for all others."""
    tiers = getattr(version.config, "tiers", ())
    return [{"name": tier.name, "from_words": _threshold(tier, version), "benefits": benefits(tier)} for tier in tiers]


def _threshold(tier: Any, version: ProgramVersion) -> str:
    threshold = tier.threshold
    period = _PERIODS[threshold.period or version.config.evaluation_period]  # type: ignore[attr-defined]
    if not threshold.value:
        return "from the start"
    if threshold.type == "spending":
        return f"from {money(threshold.value, version.currency)} {period}"
    return f"from {counted(threshold.value, threshold.type.removesuffix('s'))} {period}"


def _points(config: Any, currency: str) -> Iterator[str]:
    yield from _minimum(config, currency)
    for category, weight in config.category_multipliers.items():
        yield f"{category_words(category)} counts × {weight.normalize():f}."
    if config.redemption_steps:
        steps = [f"{points(step.points)} points are {money(step.value, currency)}" for step in config.redemption_steps]
        yield f"{listed(steps)}."
    else:
        worth = money(10 ** exponent(currency), currency)
        yield f"{counted(config.redemption_rate, 'point')} for {worth} off."
    if config.minimum_redemption_points > 1:
        yield f"Can be used from {counted(config.minimum_redemption_points, 'point')} on."
    if config.pending_days:
        yield f"New points can be used after {counted(config.pending_days, 'day')}."
    if config.expiration_months:
        months = counted(config.expiration_months, "month")
        yield f"Points run out {months} after they were earned. We write to you before."
    else:
        yield "Points do not run out while the program lasts."


def _punches(config: Any, currency: str) -> Iterator[str]:
    yield from _minimum(config, currency)
    yield from _category(config)
    if config.valid_hours:
        yield f"Counts between {config.valid_hours.start}:00 and {config.valid_hours.end}:00."
    yield from _start_and_reward(config, "punch", "punches")


def _stamps(config: Any, _currency: str) -> Iterator[str]:
    yield from _category(config)
    yield from _start_and_reward(config, "stamp", "stamps")


def _spent(config: Any, _currency: str) -> Iterator[str]:
    if config.reset_period != "lifetime":
        yield f"Counts what you spend {_PERIODS[config.reset_period].replace('a ', 'the same calendar ', 1)}."
    if not config.repeatable:
        yield "Pays once in that time."
    yield from _reward_expiry(config)


def _visits(config: Any, currency: str) -> Iterator[str]:
    yield "Several purchases on one day are one visit."
    yield from _minimum(config, currency)
    yield from _reward_expiry(config)


def _tiers(config: Any, _currency: str) -> Iterator[str]:
    rules = config.degradation_rules
    if not rules.enabled:
        yield "A tier that you have reached is yours for good."
        return
    grace = f", {counted(rules.grace_period_months, 'month')} later" if rules.grace_period_months else ""
    once = _PERIODS[config.evaluation_period].removeprefix("in ")
    yield f"Looked at once {once}: who has not earned the tier again moves down{grace}."
    if rules.inactivity_months:
        yield f"Without a purchase for {counted(rules.inactivity_months, 'month')} you move down by one."


def _cash_back(config: Any, currency: str) -> Iterator[str]:
    for bracket in config.rates[1:]:
        yield f"From {money(bracket.minimum_amount, currency)} on: {bracket.rate_percent.normalize():f} %."
    if config.maximum_per_purchase:
        yield f"At most {money(config.maximum_per_purchase, currency)} a purchase."
    if config.minimum_payout:
        yield f"Paid out once it reaches {money(config.minimum_payout, currency)}."


def _nothing(_config: Any, _currency: str) -> Iterator[str]:
    return iter(())


def _minimum(config: Any, currency: str) -> Iterator[str]:
    if config.minimum_purchase_amount:
        yield f"For purchases of {money(config.minimum_purchase_amount, currency)} or more."


def _category(config: Any) -> Iterator[str]:
    if config.category_filter:
        yield f"Only {category_words(config.category_filter)} counts."


def _start_and_reward(config: Any, one: str, many: str) -> Iterator[str]:
    if config.endowed_start:
        yield f"Your first card starts with {counted(config.endowed_start, one, many)}."
    yield from _reward_expiry(config)


def _reward_expiry(config: Any) -> Iterator[str]:
    if config.reward_expires_after_days:
        yield f"A reward can be used for {counted(config.reward_expires_after_days, 'day')}."


def _shared(version: ProgramVersion) -> Iterator[str]:
    if version.recurrence:
        yield _window(version.recurrence)
    if closed := [short_day(day) for day in sorted(version.blackout_dates) if day >= today()]:
        yield f"Nothing is earned on {listed(closed)}."
    for cap in version.caps:
        yield f"At most {_limited(cap.maximum, cap.unit, version.currency)} {_WINDOWS[cap.per]} for each member."
    if version.budget:
        budget = version.budget
        most = _limited(budget.maximum, budget.unit, version.currency)
        yield f"At most {most} {_WINDOWS[budget.per]} for all members together."
    if version.exclusive_group:
        yield "One purchase counts for one of the offers that exclude each other."


def _window(window: Any) -> str:
    named = re.search(r"BYDAY=([A-Z,]+)", window.rule)
    days = [_DAYS[key] for key in named[1].split(",") if key in _DAYS] if named else []
    when = f"on {listed(days)}" if days else "on its days"
    hours = window.duration.total_seconds() / 3600
    return f"Counts {when} from {window.start:%H:%M}, for {hours:g} hour{'' if hours == 1 else 's'}."


def _limited(amount: int, unit: str, currency: str) -> str:
    return money(amount, currency) if unit == "cashback" else counted(amount, unit.removesuffix("s"))


_BY_TYPE: dict[str, Callable[[Any, str], Iterator[str]]] = {
    "POINTS_BASED": _points,
    "PUNCH_CARD": _punches,
    "STAMP_CARD": _stamps,
    "AMOUNT_SPENT": _spent,
    "VISIT_FREQUENCY": _visits,
    "TIER_BASED": _tiers,
    "CASH_BACK": _cash_back,
}
