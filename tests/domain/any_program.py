"""Hypothesis strategies for programs that an owner could set up and purchases that a member could make."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from app.domain.purchase import Item, Purchase, category_key

CATEGORIES = ["wine", " Wine", "food", "straße", "STRASSE"]
ZONES = ["Europe/Kyiv", "America/New_York", "America/St_Johns", "Pacific/Apia", "Asia/Tokyo"]
_FROM = datetime(2026, 1, 1, tzinfo=UTC)

decimals = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(50), places=4)
money = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(300), places=2)
filters = st.sampled_from(CATEGORIES)
periods = st.sampled_from(["monthly", "quarterly", "yearly", "lifetime"])


@st.composite
def rewards(draw: st.DrawFn) -> dict[str, Any]:
    """The reward of a rule."""
    kind = draw(st.sampled_from(["free_item", "discount", "credit"]))
    value: Any = {"free_item": "coffee", "discount": 10, "credit": Decimal("3.50")}[kind]
    return {"rewardType": kind, "rewardValue": value, "rewardDescription": "Something good"}


@st.composite
def points(draw: st.DrawFn) -> dict[str, Any]:
    """POINTS_BASED."""
    optional = {
        "minimumPurchaseAmount": money,
        "categoryMultipliers": st.fixed_dictionaries({}, optional={"wine": decimals, "straße": decimals}),
        "expirationMonths": st.integers(1, 120),
        "pendingDays": st.integers(0, 90),
        "rounding": st.sampled_from(["down", "nearest", "up"]),
    }
    required = {"pointsPerDollar": decimals, "redemptionRate": st.integers(1, 1000)}
    return draw(st.fixed_dictionaries(required, optional=optional))


@st.composite
def punches(draw: st.DrawFn) -> dict[str, Any]:
    """PUNCH_CARD."""
    required = draw(st.integers(2, 50))
    start = draw(st.integers(0, 23))
    end = draw(st.integers(1, 24).filter(lambda hour: hour != start))
    hours = st.just({"start": start, "end": end})
    optional = {
        "minimumPurchaseAmount": money,
        "categoryFilter": filters,
        "validHours": hours,
        "endowedStart": st.integers(0, required - 1),
    }
    return {**draw(rewards()), "punchesRequired": required, **draw(st.fixed_dictionaries({}, optional=optional))}


@st.composite
def stamps(draw: st.DrawFn) -> dict[str, Any]:
    """STAMP_CARD."""
    required = draw(st.integers(2, 100))
    way = draw(st.sampled_from(["per_visit", "per_item", "per_dollar"]))
    value = draw(st.integers(1, 20) if way == "per_visit" else decimals)
    optional = {"categoryFilter": filters, "endowedStart": st.integers(0, required - 1)}
    rule = {"stampsRequired": required, "stampEarnRule": {"type": way, "value": value}}
    return {**draw(rewards()), **rule, **draw(st.fixed_dictionaries({}, optional=optional))}


@st.composite
def spending(draw: st.DrawFn) -> dict[str, Any]:
    """AMOUNT_SPENT."""
    optional = {"resetPeriod": periods, "repeatable": st.booleans()}
    goal = {"thresholdAmount": draw(money)}
    return {**draw(rewards()), **goal, **draw(st.fixed_dictionaries({}, optional=optional))}


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    """VISIT_FREQUENCY."""
    required = draw(st.integers(2, 12))
    within = draw(st.integers(required, 365))
    optional = {"consecutiveRequired": st.booleans(), "minimumPurchaseAmount": money}
    rule = {"visitsRequired": required, "withinDays": within}
    return {**draw(rewards()), **rule, **draw(st.fixed_dictionaries({}, optional=optional))}


@st.composite
def tiers(draw: st.DrawFn) -> dict[str, Any]:
    """TIER_BASED."""
    kind, period = draw(st.sampled_from(["spending", "visits", "points"])), draw(periods)
    values = sorted(draw(st.sets(st.integers(0, 500), min_size=1, max_size=5)))
    levels = [
        {
            "name": f"Level {place}",
            "threshold": {"type": kind, "value": value, "period": period},
            "multipliers": {"points": draw(decimals)},
        }
        for place, value in enumerate(values)
    ]
    return {"tiers": levels, "evaluationPeriod": "yearly"}


@st.composite
def cashback(draw: st.DrawFn) -> dict[str, Any]:
    """CASH_BACK."""
    minimums = [0, *sorted(draw(st.sets(st.integers(1, 400), max_size=4)))]
    rates = [{"minimumAmount": minimum, "ratePercent": draw(decimals)} for minimum in minimums]
    return {"rates": rates, **draw(st.fixed_dictionaries({}, optional={"maximumPerPurchase": money}))}


RULES = {
    "POINTS_BASED": points(),
    "PUNCH_CARD": punches(),
    "STAMP_CARD": stamps(),
    "AMOUNT_SPENT": spending(),
    "VISIT_FREQUENCY": visits(),
    "TIER_BASED": tiers(),
    "CASH_BACK": cashback(),
}
COUNTING = ["PUNCH_CARD", "STAMP_CARD", "AMOUNT_SPENT", "VISIT_FREQUENCY"]


@st.composite
def bodies(draw: st.DrawFn, rule_types: list[str] | None = None) -> dict[str, Any]:
    """A program as its owner sends it."""
    rule_type = draw(st.sampled_from(rule_types or list(RULES)))
    unit = {"POINTS_BASED": "points", "CASH_BACK": "cashback"}.get(rule_type, "rewards")
    window = {"rrule": "FREQ=WEEKLY;BYDAY=MO,SA,SU", "startTime": "02:30", "durationMinutes": 1500}
    optional: dict[str, st.SearchStrategy[Any]] = {
        "blackoutDates": st.just(["2026-01-04", "2026-03-29"]),
        "recurrence": st.just(window),
    }
    if rule_type != "TIER_BASED":
        per = st.sampled_from(["day", "week", "month", "program"])
        cap = st.fixed_dictionaries({"unit": st.just(unit), "max": st.integers(1, 200), "per": per})
        optional["caps"] = st.lists(cap, max_size=2)
    said = {"name": "Any program", "ruleType": rule_type, "ruleConfig": draw(RULES[rule_type])}
    return {**said, "timezone": draw(st.sampled_from(ZONES)), **draw(st.fixed_dictionaries({}, optional=optional))}


@st.composite
def purchases(draw: st.DrawFn, count: int = 50) -> list[Purchase]:
    """So many purchases of one member, in time: several on some days, and days without any."""
    chance = Random(draw(st.integers(0, 2**32)))
    at = _FROM
    made = []
    for place in range(count):
        at += timedelta(minutes=chance.choice([0, 7, 240, 1440, 1500, chance.randrange(5000)]))
        made.append(_purchase(chance, place, at))
    return made


def _purchase(chance: Random, place: int, at: datetime) -> Purchase:
    number, order_id = UUID(int=place + 1), f"{place:03d}"
    if place % 11 == 10:
        return Purchase(number, "punch", chance.randint(1, 5), 0, (), at, order_id, None)
    amount = chance.choice([0, 1, 99, 100, 2_500, chance.randint(1, 40_000), 9_999_999_999])
    basket = tuple(
        Item(category_key(chance.choice([*CATEGORIES, None])), Fraction(chance.randint(1, 5000), 1000), amount // 2)
        for _ in range(chance.choice([0, 0, 1, 3]))
    )
    return Purchase(number, "sale", 1, amount, basket, at, order_id, None)
