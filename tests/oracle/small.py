"""Short ways of writing a purchase, a program and an instant in the judge's own tests."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.model import Arrival, Item, Program, Purchase, Refund
from tests.oracle.oracle import compute

KYIV = ZoneInfo("Europe/Kyiv")
REWARD = {"rewardType": "free_item", "rewardValue": "free_coffee", "rewardDescription": "A coffee"}
Figures = dict[str, Any]


def at(text: str) -> datetime:
    """A local instant: ``2024-08-24T10:00`` or just ``2024-08-24`` for noon."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T12:00").replace(tzinfo=KYIV)


def minor(money: str) -> int:
    return int(Decimal(money) * 100)


def buy(order_id: str, when: str, amount: str, *items: tuple[str | None, int, str], member: str = "m") -> Purchase:
    listed = tuple(Item(category, Fraction(quantity), minor(price)) for category, quantity, price in items)
    return Purchase(order_id, at(when), member, minor(amount), listed)


def till(order_id: str, when: str, count: int) -> Purchase:
    return Purchase(order_id, at(when), "m", 0, (), "punch", count)


def back(order_id: str, amount: str, when: str = "2025-03-24T00:00", *items: tuple[int, int]) -> Arrival:
    taken = tuple((index, Fraction(quantity)) for index, quantity in items) or None
    return ("refund", Refund(order_id, at(when), minor(amount), taken))


def rule(rule_type: str, config: Figures, key: str = "it", priority: int = 1, **more: Any) -> Program:
    return {"key": key, "ruleType": rule_type, "priority": priority, "ruleConfig": config, **more}


def points(**config: Any) -> Program:
    return rule("POINTS_BASED", {"pointsPerDollar": 1, "redemptionRate": 50, **config})


def punch(required: int = 3, **config: Any) -> Program:
    return rule("PUNCH_CARD", {"punchesRequired": required, **REWARD, **config})


def stamp(required: int, kind: str, value: Any, **config: Any) -> Program:
    return rule("STAMP_CARD", {"stampsRequired": required, "stampEarnRule": {"type": kind, "value": value}, **config})


def spent(threshold: int, **config: Any) -> Program:
    return rule("AMOUNT_SPENT", {"thresholdAmount": threshold, **REWARD, **config})


def visits(required: int, within: int, consecutive: bool = False, **more: Any) -> Program:
    config = {"visitsRequired": required, "withinDays": within, "consecutiveRequired": consecutive, **REWARD}
    return rule("VISIT_FREQUENCY", config, **more)


def tier(period: str = "yearly", grace: int = 0, enabled: bool = True, evaluation: str | None = None) -> Program:
    """Bronze at 100 with × 1, Silver at 200 with × 1.5."""
    rungs = [
        {
            "name": name,
            "threshold": {"type": "spending", "value": value, "period": period},
            "multipliers": {"points": m},
        }
        for name, value, m in [("Bronze", 100, 1), ("Silver", 200, Decimal("1.5"))]
    ]
    degradation = {"enabled": enabled, "gracePeriodMonths": grace}
    config = {"evaluationPeriod": evaluation or period, "degradationRules": degradation, "tiers": rungs}
    return rule("TIER_BASED", config, key="tier", priority=9)


def run(arrivals: list[Arrival], *programs: Program, clock: str = "2025-03-24T00:00") -> dict[str, Figures]:
    """{program key: figures} of the only member."""
    return compute(arrivals, programs, at(clock))["m"]


def one(program: Program, *purchases: Purchase, clock: str = "2025-03-24T00:00") -> Figures:
    return run([("purchases", list(purchases))], program, clock=clock)[program["key"]]


def codes(figures: Figures) -> list[tuple[str | None, int]]:
    """[(code, granted)] in the order of the purchases."""
    return [(row["code"], row["granted"]) for row in figures["purchases"].values()]
