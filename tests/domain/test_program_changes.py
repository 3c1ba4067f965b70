"""What a new version changed, in words."""

from decimal import Decimal
from typing import Any

from app.domain.program_changes import changes_between

CARD: dict[str, Any] = {
    "ruleType": "PUNCH_CARD",
    "ruleConfig": {"punchesRequired": 3},
    "ruleConfigDomain": "SIMPLE",
    "locationIds": [],
    "caps": [],
    "autoEnroll": True,
}


def changed(**fields: Any) -> list[str]:
    return changes_between(CARD, CARD | fields)


def test_nothing_changed_is_nothing_said() -> None:
    assert changed() == []


def test_a_field_of_the_config_stands_by_itself() -> None:
    assert changed(ruleConfig={"punchesRequired": 5, "minimumPurchaseAmount": Decimal("2.50")}) == [
        "Punches required: 3 → 5",
        "Minimum purchase amount: none → 2.50",
    ]


def test_lists_switches_and_objects_are_spelled_out() -> None:
    assert changed(locationIds=["a", "b"], autoEnroll=False, caps=[{"unit": "points", "max": 5, "per": "day"}]) == [
        "Location ids: all locations → a; b",
        "Caps: none → unit points, max 5, per day",
        "Auto enroll: yes → no",
    ]


def test_another_rule_type_says_only_that() -> None:
    assert changed(ruleType="POINTS_BASED", ruleConfig={"pointsPerDollar": 1}) == [
        "Rule type: PUNCH_CARD → POINTS_BASED"
    ]
