"""What each rule type is for, and the sound config that a new draft of it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.money import exponent

_USUAL = {"UAH": 150, "USD": 6, "EUR": 5, "GBP": 5, "PLN": 20, "CZK": 120, "SEK": 60, "JPY": 700, "INR": 200}
_FREE = {"rewardType": "free_item", "rewardValue": "coffee", "rewardDescription": "Any coffee, free"}


@dataclass(frozen=True, slots=True)
class Start:
    """One rule type in the gallery: its name and sentence, a sprite's picture, and the first name of a draft."""

    name: str
    words: str
    best_for: str
    icon: str


STARTS: Mapping[str, Start] = {
    "PUNCH_CARD": Start("Punch card", "One punch for each purchase that counts; a full card is a reward.",
                        "quick purchases that repeat", "card"),
    "STAMP_CARD": Start("Stamp card", "Stamps by visit, by item or by money; one purchase may bring several.",
                        "buying several at once", "stamp"),
    "POINTS_BASED": Start("Points", "Points for every amount spent, worth money later.",
                          "purchases of very different sizes", "coin"),
    "AMOUNT_SPENT": Start("Spend goal", "A reward each time so much has been spent.", "larger baskets", "gift"),
    "VISIT_FREQUENCY": Start("Visit streak", "A reward for coming often within a few days.",
                             "filling quiet weeks", "flame"),
    "TIER_BASED": Start("Tiers", "Levels such as Silver and Gold with benefits of their own.",
                        "your best customers", "ladder"),
    "CASH_BACK": Start("Cash back", "A percentage of every purchase comes back.", "simple to explain", "again"),
}  # fmt: skip


def start_body(rule_type: str, currency: str) -> dict[str, Any]:
    """Return the body of a new draft: sound as it is, with amounts that fit the currency."""
    return {
        "name": STARTS[rule_type].name,
        "ruleType": rule_type,
        "ruleConfig": start_config(rule_type, usual_major(currency)),
    }


def usual_major(currency: str) -> int:
    """Return a usual small purchase in whole units of a currency, for a business that has not sold yet."""
    return _USUAL.get(currency, 10 if exponent(currency) else 1000)


def start_config(rule_type: str, usual: int) -> dict[str, Any]:
    """Return the first config of a rule type; ``usual`` is a usual purchase in whole units."""
    configs: dict[str, dict[str, Any]] = {
        "PUNCH_CARD": {"punchesRequired": 10, "endowedStart": 2, **_FREE},
        "STAMP_CARD": {
            "stampsRequired": 10,
            "stampEarnRule": {"type": "per_visit", "value": 1},
            "endowedStart": 2,
            **_FREE,
        },
        "POINTS_BASED": {"pointsPerDollar": 1, "redemptionRate": 20},
        "AMOUNT_SPENT": {
            "thresholdAmount": usual * 20,
            "rewardType": "credit",
            "rewardValue": usual,
            "rewardDescription": "Money off your next visit",
        },
        "VISIT_FREQUENCY": {"visitsRequired": 5, "withinDays": 30, **_FREE},
        "TIER_BASED": {"tiers": _tiers(usual), "evaluationPeriod": "yearly"},
        "CASH_BACK": {"rates": [{"minimumAmount": 0, "ratePercent": 3}]},
    }
    return configs[rule_type]


def _tiers(usual: int) -> list[dict[str, Any]]:
    levels = (("Silver", 20, "1.1"), ("Gold", 60, "1.25"), ("Platinum", 150, "1.5"))
    return [
        {
            "name": name,
            "threshold": {"type": "spending", "value": usual * times},
            "multipliers": {"points": multiplier},
        }
        for name, times, multiplier in levels
    ]
