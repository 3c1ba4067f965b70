"""What people read: explanations, money, and the messages of the program form."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain import explain, money
from app.domain.errors import ValidationErrors
from app.domain.explain import sentence
from app.domain.program_body import parse_program
from app.domain.registry import RULES
from tests.domain.support import REWARD, version

POINTS = [
    "points",
    {
        "amount": 4250,
        "rate": "10",
        "points": 937,
        "categories": [["wine", "2"], ["sour_beer", "1.2"]],
        "factors": [["tier", "Gold", "1.5"], ["campaign", None, "2"]],
    },
]
SAID = [
    (
        [POINTS],
        "$42.50 × 10 points, wine counts double, sour beer counts × 1.2, Gold × 1.5, the bonus × 2 = 937 points",
    ),
    ([["points", {"points": 1}]], "1 point"),
    ([["punches", {"punches": 1}], ["reward_earned", {"rewards": 1}]], "1 punch; 1 reward earned"),
    ([["punches", {"punches": 3}]], "3 punches"),
    ([["below_minimum", {"amount": 499, "minimum": 500}]], "$4.99 is below the minimum of $5.00"),
    ([["category_not_matched", {"category": "hot_chocolate"}]], "Only hot chocolate counts"),
    (
        [["cashback", {"amount": 3800, "rate": "5", "cashback": 150, "maximum": 150}]],
        "5 % of $38.00 = $1.50 back (at most $1.50 a purchase)",
    ),
    (
        [["member_cap_reached", {"unit": "cashback", "wanted": 9, "granted": 5, "max": 5, "per": "day"}]],
        "$0.05 of it granted, the most for one member is $0.05 a day",
    ),
    ([["taken_back", {"points": 1200, "reason": "refund"}]], "1,200 taken back for a refund"),
    ([["some_new_code", {}]], "Some new code"),
    ([], "Counted"),
]


@pytest.mark.parametrize(("trace", "said"), SAID, ids=[said for _, said in SAID])
def test_a_trace_is_one_plain_sentence(trace: list[Any], said: str) -> None:
    assert sentence(trace, "USD") == said


def test_arithmetic_is_hidden_from_those_with_a_private_multiplier() -> None:
    assert sentence([POINTS], "USD", hide_arithmetic=True) == "937 points"


def test_every_code_that_the_engine_can_write_has_a_sentence() -> None:
    written = set()
    for path in Path(explain.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Miss" and node.args:
                written |= {leaf.value for leaf in ast.walk(node.args[0]) if isinstance(leaf, ast.Constant)}
    assert len(written) > 10
    params = {"amount": 1, "minimum": 2, "category": "a", "date": "2026-01-01", "hour": 3, "group": "c"}
    for code in written:
        assert code in explain._LINES, code
        assert explain._LINES[code](params, "USD")


def test_every_rule_says_itself_in_a_sentence() -> None:
    configs: dict[str, list[dict[str, Any]]] = {
        "POINTS_BASED": [
            {"pointsPerDollar": 1, "redemptionRate": 100},
            {
                "pointsPerDollar": Decimal("1.25"),
                "redemptionRate": 1,
                "minimumPurchaseAmount": 5,
                "categoryMultipliers": {"a": 2},
            },
        ],
        "PUNCH_CARD": [
            {"punchesRequired": 9, **REWARD},
            {"punchesRequired": 9, "rewardType": "credit", "rewardValue": 5, "rewardDescription": "Five off"},
        ],
        "STAMP_CARD": [
            {"stampsRequired": 9, "stampEarnRule": {"type": "per_visit", "value": 1}, **REWARD},
            {
                "stampsRequired": 9,
                "stampEarnRule": {"type": "per_item", "value": 2},
                "rewardType": "discount",
                "rewardValue": 25,
                "rewardDescription": "A quarter off",
            },
        ],
        "AMOUNT_SPENT": [{"thresholdAmount": 50, **REWARD}, {"thresholdAmount": 50, "repeatable": False, **REWARD}],
        "VISIT_FREQUENCY": [
            {"visitsRequired": 3, "withinDays": 7, **REWARD},
            {"visitsRequired": 3, "withinDays": 7, "consecutiveRequired": True, **REWARD},
        ],
        "TIER_BASED": [
            {
                "evaluationPeriod": "yearly",
                "tiers": [
                    {"name": n, "threshold": {"type": "visits", "value": v}} for n, v in (("A", 1), ("B", 2))[:k]
                ],
            }
            for k in (1, 2)
        ],
        "CASH_BACK": [
            {"rates": [{"minimumAmount": 0, "ratePercent": 1}]},
            {"rates": [{"minimumAmount": 0, "ratePercent": 1}, {"minimumAmount": 9, "ratePercent": 2}]},
        ],
    }
    assert configs.keys() == RULES.keys()
    for name, each in configs.items():
        for config in each:
            made = version(name, config)
            said = made.rule.summary(made.config, "USD")
            assert len(said.split()) >= 4, said


PRESCRIBED = [
    (
        "PUNCH_CARD",
        {"punchesRequired": 12, "minimumPurchaseAmount": 0},
        "minimumPurchaseAmount",
        "Minimum purchase amount must be greater than $0",
    ),
    ("PUNCH_CARD", {"punchesRequired": 51}, "punchesRequired", "Punches required must be between 2 and 50"),
    ("POINTS_BASED", {"pointsPerDollar": 0}, "pointsPerDollar", "Points per dollar must be a positive number"),
]


@pytest.mark.parametrize(("rule", "config", "field", "message"), PRESCRIBED, ids=[line[2] for line in PRESCRIBED])
def test_the_prescribed_messages_are_word_for_word(rule: str, config: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(ValidationErrors) as refused:
        parse_program({"name": "x", "ruleType": rule, "ruleConfig": config}, currency="USD")
    assert refused.value.errors[f"ruleConfig.{field}"] == [message]


def test_the_end_must_come_after_the_start() -> None:
    body = {"name": "x", "ruleType": "CASH_BACK", "ruleConfig": {"rates": [{"minimumAmount": 0, "ratePercent": 1}]}}
    dates = {
        "startsAt": "2026-01-02T00:00:00Z",
        "endsAt": "2026-01-02T00:00:00Z",
        "redeemUntil": "2026-01-01T00:00:00Z",
    }
    with pytest.raises(ValidationErrors) as refused:
        parse_program(body | dates, currency="USD")
    assert refused.value.errors["endsAt"] == ["End date must be after start date"]
    assert refused.value.errors["redeemUntil"] == ["Redeem until must not be before the end date"]


def test_a_date_is_of_our_times_and_a_reward_waits_for_its_type() -> None:
    card = {"punchesRequired": 9, **REWARD, "rewardType": "gift", "rewardValue": {"any": "thing"}}
    body = {"name": "x", "ruleType": "PUNCH_CARD", "ruleConfig": card, "startsAt": "1899-12-31T00:00:00Z"}
    with pytest.raises(ValidationErrors) as refused:
        parse_program(body, currency="USD")
    assert refused.value.errors == {
        "startsAt": ["Start date must lie between 1900 and 2200"],
        "ruleConfig.rewardType": ["Reward type must be one of free_item, discount, credit"],
    }


def test_every_violation_is_reported_at_once() -> None:
    body = {
        "name": " ",
        "surprise": 1,
        "ruleType": "PUNCH_CARD",
        "timezone": "Mars/Olympus",
        "startsAt": "yesterday",
        "endsAt": "2026-01-01T00:00:00",
        "blackoutDates": ["2026-13-01", 5],
        "recurrence": {"rrule": "FREQ=NEVER", "startTime": "25:00", "durationMinutes": 0},
        "priority": 0,
        "autoEnroll": "yes",
        "caps": [{"unit": "points", "max": 5, "per": "day"}, {"unit": "cashback", "max": "x", "per": "hour"}],
        "ruleConfig": {"punchesRequired": 2.5, "validHours": {"start": 3, "end": 3}, "rewardType": "gift", "extra": 1},
    }
    with pytest.raises(ValidationErrors) as refused:
        parse_program(body, currency="USD")
    assert refused.value.errors.keys() >= {
        "name",
        "surprise",
        "timezone",
        "startsAt",
        "endsAt",
        "blackoutDates.0",
        "blackoutDates.1",
        "recurrence.rrule",
        "recurrence.startTime",
        "recurrence.durationMinutes",
        "priority",
        "autoEnroll",
        "caps.1.max",
        "caps.1.per",
        "ruleConfig.punchesRequired",
        "ruleConfig.rewardType",
        "ruleConfig.rewardDescription",
        "ruleConfig.extra",
        "ruleConfig.validHours.end",
    }


@pytest.mark.parametrize(
    "body", [{}, {"ruleType": 5}, {"ruleType": "PUNCH_CARD"}, {"ruleType": "PUNCH_CARD", "ruleConfig": 5}]
)
def test_a_body_without_a_rule_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationErrors):
        parse_program({"name": "x", **body}, currency="USD")


def test_limits_must_be_of_what_the_rule_gives_and_tiers_stand_alone() -> None:
    tiers = {"tiers": [{"name": "A", "threshold": {"type": "visits", "value": 1}}], "evaluationPeriod": "yearly"}
    budget = {"unit": "cashback", "max": 5, "per": "month"}
    body = {"name": "x", "ruleType": "TIER_BASED", "ruleConfig": tiers, "exclusiveGroup": "c", "budget": budget}
    with pytest.raises(ValidationErrors) as refused:
        parse_program(body, currency="USD")
    assert refused.value.errors.keys() == {"exclusiveGroup", "budget.unit"}


def test_the_domain_follows_how_far_the_owner_went() -> None:
    card = {"punchesRequired": 9, **REWARD}
    body = {"name": "x", "ruleType": "PUNCH_CARD", "ruleConfig": card}
    found = [
        parse_program({**body, **more}, currency="USD").snapshot["ruleConfigDomain"]
        for more in (
            {},
            {"blackoutDates": ["2026-12-25"]},
            {"ruleConfig": {**card, "endowedStart": 1}},
            {"segments": ["new"]},
            {"ruleConfigDomain": "SIMPLE", "segments": ["new"]},
        )
    ]
    assert found == ["SIMPLE", "ADVANCED", "ADVANCED", "PREMIUM", "SIMPLE"]


def test_money_is_read_exactly_and_written_with_the_currencys_decimals() -> None:
    assert [money.to_minor(value, "USD") for value in (1, "1.50", Decimal("0.01"))] == [100, 150, 1]
    assert [money.format_money(5, code) for code in ("USD", "JPY", "KWD")] == ["0.05", "5", "0.005"]
    assert money.format_money(-150, "USD") == "-1.50"
    assert [money.money_text(-123456, code) for code in ("USD", "SEK", "JPY")] == [
        "−$1,234.56",
        "−1,234.56 SEK",
        "−¥123,456",
    ]


@pytest.mark.parametrize(
    "value", [True, None, 1.5, "", "1e5", "١", "1,5", "0.001", Decimal("NaN"), Decimal("1e99"), "9" * 30]
)
def test_what_is_no_exact_amount_is_refused(value: object) -> None:
    with pytest.raises(money.MoneyError):
        money.to_minor(value, "USD")  # type: ignore[arg-type]


def test_a_currency_without_decimals_asks_for_whole_amounts() -> None:
    with pytest.raises(money.MoneyError, match="whole"):
        money.to_minor("1.5", "JPY")
