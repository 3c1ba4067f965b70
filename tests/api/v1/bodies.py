"""Bodies of programs as an owner would send them."""

from __future__ import annotations

from typing import Any

PUNCH_CARD: dict[str, Any] = {
    "name": "Coffee card",
    "ruleType": "PUNCH_CARD",
    "ruleConfig": {
        "punchesRequired": 3,
        "rewardType": "free_item",
        "rewardValue": "free_coffee",
        "rewardDescription": "A coffee on the house",
    },
}
POINTS: dict[str, Any] = {
    "name": "Points",
    "ruleType": "POINTS_BASED",
    "ruleConfig": {"pointsPerDollar": 1.25, "redemptionRate": 50},
}
CASH_BACK: dict[str, Any] = {
    "name": "Cash back",
    "ruleType": "CASH_BACK",
    "ruleConfig": {"rates": [{"minimumAmount": 0, "ratePercent": 5}]},
}
SPEND: dict[str, Any] = {
    "name": "Spend and get",
    "ruleType": "AMOUNT_SPENT",
    "ruleConfig": {
        "thresholdAmount": 100,
        "rewardType": "credit",
        "rewardValue": 20,
        "rewardDescription": "20 off",
    },
}
TIERS: dict[str, Any] = {
    "name": "Circle",
    "ruleType": "TIER_BASED",
    "ruleConfig": {
        "evaluationPeriod": "yearly",
        "tiers": [
            {"name": "Friend", "threshold": {"type": "spending", "value": 50}, "multipliers": {"points": 1.5}},
            {"name": "Family", "threshold": {"type": "spending", "value": 500}},
        ],
    },
}
