"""The customer's card of a program as its owner sees it: a likely standing of somebody who comes often."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.domain.money import exponent
from app.web.support.standings import standing

_NAME, _NUMBER = "Your customer", "Card with a likely standing"
_SHARE = Fraction(3, 4)


def sample_card(program: Mapping[str, Any], currency: str, icon: str) -> dict[str, Any]:
    """Return the card (components/card.html) of a program object, three quarters of the way to its next reward."""
    config = program["ruleConfig"]
    progress, next_reward, more = _PROGRESS[program["ruleType"]](config, 10 ** exponent(currency))
    enrollment = {
        "programId": program["id"],
        "programName": program["name"],
        "programStatus": "ACTIVE",
        "ruleType": program["ruleType"],
        "balance": 0,
        "pending": 0,
        "owed": 0,
        "tier": None,
        "metricUnit": None,
        "progress": progress,
        "nextReward": next_reward,
        **more,
    }
    drawn = standing(enrollment, currency=currency, icon=icon)
    return {
        "program_name": program["name"],
        "headline": drawn["headline"],
        "member_name": _NAME,
        "member_number": _NUMBER,
        "standing": drawn if drawn["total"] else None,
        "art": "art-cup" if icon == "cup" else "art-stamp",
    }


_Sample = tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any]]


def _punches(config: Mapping[str, Any], _unit: int) -> _Sample:
    return _counting("punches", config["punchesRequired"], config)


def _stamps(config: Mapping[str, Any], _unit: int) -> _Sample:
    return _counting("stamps", config["stampsRequired"], config)


def _visits(config: Mapping[str, Any], _unit: int) -> _Sample:
    return _counting("visits", config["visitsRequired"], config)


def _counting(unit: str, required: Any, config: Mapping[str, Any]) -> _Sample:
    total = int(required)
    done = min(total - 1, int(total * _SHARE))
    return {unit: done, "required": total}, _reward(config, total - done), {}


def _spent(config: Mapping[str, Any], unit: int) -> _Sample:
    threshold = int(Fraction(str(config["thresholdAmount"])) * unit)
    done = int(threshold * _SHARE)
    return {"spent": done, "threshold": threshold, "periodEndsAt": None}, _reward(config, threshold - done), {}


def _points(config: Mapping[str, Any], _unit: int) -> _Sample:
    steps = config.get("redemptionSteps") or []
    goal = int(steps[0]["points"]) if steps else int(config["redemptionRate"])
    balance = int(goal * _SHARE)
    upcoming = {"description": f"{goal:,} points", "rewardType": "credit", "remaining": goal - balance}
    return {"lifetime": balance, "nextExpiry": None}, upcoming, {"balance": balance, "unit": "points"}


def _tier(config: Mapping[str, Any], unit: int) -> _Sample:
    first = config["tiers"][0]
    kind, value = first["threshold"]["type"], first["threshold"]["value"]
    goal = int(Fraction(str(value)) * (unit if kind == "spending" else 1))
    done = int(goal * _SHARE)
    progress = {"tier": None, "metric": done, "nextTier": first["name"], "toNext": goal - done, "toKeep": None}
    return progress, None, {"metricUnit": kind}


def _cash_back(_config: Mapping[str, Any], unit: int) -> _Sample:
    return {"earned": 0, "paid": 0, "pending": 0}, None, {"pending": 5 * unit, "unit": "money"}


def _reward(config: Mapping[str, Any], remaining: int) -> dict[str, Any]:
    return {
        "description": config["rewardDescription"],
        "rewardType": config["rewardType"],
        "remaining": remaining,
    }


_PROGRESS = {
    "PUNCH_CARD": _punches,
    "STAMP_CARD": _stamps,
    "VISIT_FREQUENCY": _visits,
    "AMOUNT_SPENT": _spent,
    "POINTS_BASED": _points,
    "TIER_BASED": _tier,
    "CASH_BACK": _cash_back,
}
