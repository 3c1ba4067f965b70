"""Configs as owners set them: every bound with its sentence, what holds between fields, and the JSON Schema of each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import ValidationErrors
from app.domain.program_body import parse_program
from app.domain.program_fields import ProgramFields
from app.domain.registry import RULES
from tests.domain.support import REWARD, settled, version

POINTS = {"pointsPerDollar": 1, "redemptionRate": 100}
CARD = {"punchesRequired": 5, **REWARD}
STAMPS = {"stampsRequired": 5, "stampEarnRule": {"type": "per_visit", "value": 1}, **REWARD}
VISITS = {"visitsRequired": 3, "withinDays": 7, **REWARD}
CASH = {"rates": [{"minimumAmount": 0, "ratePercent": 1}]}


def tier(name: str, value: Any, kind: str = "spending", **more: Any) -> dict[str, Any]:
    return {"name": name, "threshold": {"type": kind, "value": value, **more.pop("threshold", {})}, **more}


TIERS = {"tiers": [tier("A", 1), tier("B", 2)], "evaluationPeriod": "monthly"}

REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("POINTS_BASED", {**POINTS, "pointsPerDollar": True}, "pointsPerDollar", "must be a number"),
    ("POINTS_BASED", {**POINTS, "pointsPerDollar": 1001}, "pointsPerDollar", "at most 1,000"),
    ("POINTS_BASED", {**POINTS, "pointsPerDollar": Decimal("0.00001")}, "pointsPerDollar", "at most 4 decimals"),
    ("POINTS_BASED", {**POINTS, "redemptionRate": 0}, "redemptionRate", "between 1 and 1,000,000"),
    ("POINTS_BASED", {**POINTS, "minimumPurchaseAmount": "0.001"}, "minimumPurchaseAmount", "at most 2 decimals"),
    ("POINTS_BASED", {**POINTS, "minimumPurchaseAmount": 10**9}, "minimumPurchaseAmount", "at most"),
    ("POINTS_BASED", {**POINTS, "categoryMultipliers": []}, "categoryMultipliers", "each category"),
    ("POINTS_BASED", {**POINTS, "categoryMultipliers": {" ": 2}}, "categoryMultipliers", "1 to 100 characters"),
    ("POINTS_BASED", {**POINTS, "categoryMultipliers": {"a": 2, "A ": 3}}, "categoryMultipliers", "once"),
    ("POINTS_BASED", {**POINTS, "categoryMultipliers": {str(n): 1 for n in range(51)}}, "categoryMultipliers", "50"),
    (
        "POINTS_BASED",
        {**POINTS, "redemptionSteps": [{"points": 2, "value": 1}, {"points": 2, "value": 2}]},
        "redemptionSteps.1.points",
        "higher",
    ),
    ("POINTS_BASED", {**POINTS, "rounding": "sideways"}, "rounding", "one of down, nearest, up"),
    ("PUNCH_CARD", {**CARD, "punchesRequired": Decimal("2.5")}, "punchesRequired", "whole number"),
    ("PUNCH_CARD", {**CARD, "endowedStart": 5}, "endowedStart", "less than punches required, 5"),
    ("PUNCH_CARD", {**CARD, "categoryFilter": 7}, "categoryFilter", "must be text"),
    ("PUNCH_CARD", {**CARD, "categoryFilter": "\x00"}, "categoryFilter", "readable"),
    ("PUNCH_CARD", {**CARD, "rewardDescription": "x" * 201}, "rewardDescription", "1 to 200 characters"),
    ("PUNCH_CARD", {**CARD, "rewardType": "discount", "rewardValue": 101}, "rewardValue", "at most 100"),
    ("PUNCH_CARD", {**CARD, "rewardType": "credit", "rewardValue": 0}, "rewardValue", "greater than $0"),
    ("PUNCH_CARD", {**CARD, "rewardExpiresAfterDays": 731}, "rewardExpiresAfterDays", "between 1 and 730"),
    (
        "STAMP_CARD",
        {**STAMPS, "stampEarnRule": {"type": "per_visit", "value": Decimal("1.5")}},
        "stampEarnRule.value",
        "whole number for a visit",
    ),
    ("VISIT_FREQUENCY", {**VISITS, "withinDays": 2}, "withinDays", "at least visits required, 3"),
    ("VISIT_FREQUENCY", {**VISITS, "consecutiveRequired": 1}, "consecutiveRequired", "true or false"),
    ("CASH_BACK", {"rates": []}, "rates", "at least 1 entries"),
    ("CASH_BACK", {"rates": [{"minimumAmount": -1, "ratePercent": 1}]}, "rates.0.minimumAmount", "at least $0"),
    ("CASH_BACK", {"rates": [{"minimumAmount": 0, "ratePercent": -1}]}, "rates.0.ratePercent", "0 or more"),
    ("TIER_BASED", {**TIERS, "tiers": [tier("A", 2), tier("a", 2)]}, "tiers.1.name", "differ"),
    (
        "TIER_BASED",
        {**TIERS, "tiers": [tier("A", 2), tier("B", 2)]},
        "tiers.1.threshold.value",
        "more than the one before",
    ),
    (
        "TIER_BASED",
        {**TIERS, "tiers": [tier("A", 1), tier("B", 2, "visits")]},
        "tiers.1.threshold.type",
        "the same thing",
    ),
    (
        "TIER_BASED",
        {**TIERS, "tiers": [tier("A", 1), tier("B", 2, threshold={"period": "yearly"})]},
        "tiers.1.threshold.period",
        "the same period",
    ),
    ("TIER_BASED", {**TIERS, "tiers": [tier("A", 1, threshold={"period": "yearly"})]}, "evaluationPeriod", "shorter"),
    ("TIER_BASED", {**TIERS, "tiers": [tier("A", "x")]}, "tiers.0.threshold.value", "must be a number"),
    ("TIER_BASED", {**TIERS, "tiers": [tier("A", 1, multipliers=[])]}, "tiers.0.multipliers", "at most 10"),
    ("TIER_BASED", {**TIERS, "tiers": [tier("A", 1, multipliers={"points": 0})]}, "tiers.0.multipliers", "positive"),
]


@pytest.mark.parametrize(
    ("rule", "config", "path", "words"), REFUSED, ids=[f"{line[0]}-{line[2]}-{i}" for i, line in enumerate(REFUSED)]
)
def test_a_bound_that_breaks_says_so_in_its_field(rule: str, config: dict[str, Any], path: str, words: str) -> None:
    with pytest.raises(ValidationErrors) as refused:
        parse_program({"name": "x", "ruleType": rule, "ruleConfig": config}, currency="USD")
    assert words in " ".join(refused.value.errors[f"ruleConfig.{path}"])


def test_null_is_nothing_where_a_field_may_be_left_out() -> None:
    config = {**CARD, "minimumPurchaseAmount": None, "categoryFilter": None, "rewardExpiresAfterDays": None}
    said = {"recurrence": None, "budget": None, "startsAt": None, "timezone": None, "exclusiveGroup": None}
    parse_program({"name": "x", "ruleType": "PUNCH_CARD", "ruleConfig": config, **said}, currency="USD")


@pytest.mark.parametrize(
    "model", [*(rule.Config for rule in RULES.values()), ProgramFields], ids=lambda model: model.__module__
)
def test_every_config_has_a_json_schema_with_titles_and_bounds(model: Any) -> None:
    schema = model.model_json_schema()
    assert schema["additionalProperties"] is False
    described = [part for part in schema["properties"].values() if "title" in part or "$ref" in part or "anyOf" in part]
    assert len(described) == len(schema["properties"])


@pytest.mark.parametrize("name", RULES)
def test_a_rule_without_a_state_shows_the_progress_of_a_newcomer(name: str) -> None:
    configs: dict[str, dict[str, Any]] = {
        "POINTS_BASED": POINTS,
        "PUNCH_CARD": CARD,
        "STAMP_CARD": STAMPS,
        "VISIT_FREQUENCY": VISITS,
        "CASH_BACK": CASH,
        "TIER_BASED": TIERS,
        "AMOUNT_SPENT": {"thresholdAmount": 9, **REWARD},
    }
    assert settled(version(name, configs[name])).progress


def test_days_of_a_program_are_calendar_days() -> None:
    body = {"name": "x", "ruleType": "CASH_BACK", "ruleConfig": CASH, "blackoutDates": ["2026-12-25"]}
    draft = parse_program(body, currency="USD")
    assert [date.fromisoformat(day) for day in draft.snapshot["blackoutDates"]] == [date(2026, 12, 25)]
