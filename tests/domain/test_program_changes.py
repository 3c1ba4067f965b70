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
    return [change.words for change in changes_between(CARD, CARD | fields, names={"a": "Podil", "b": "Lviv"})]


def test_nothing_changed_is_nothing_said() -> None:
    assert changed() == []


def test_a_field_of_the_config_stands_by_itself() -> None:
    assert changed(ruleConfig={"punchesRequired": 5, "minimumPurchaseAmount": Decimal("2.50")}) == [
        "Punches required 3 → 5",
        "Minimum purchase amount none → 2.50",
    ]


def test_lists_switches_and_objects_are_spelled_out() -> None:
    assert changed(locationIds=["a", "b"], autoEnroll=False, caps=[{"unit": "points", "max": 5, "per": "day"}]) == [
        "Locations all locations → Podil; Lviv",
        "Limits for one member none → unit points, max 5, per day",
        "Joining with the first purchase yes → no",
    ]


def test_a_location_without_a_name_is_counted() -> None:
    assert changed(locationIds=["a", "unknown"]) == ["Locations all locations → 2 locations"]


def test_instants_stand_on_the_clock_of_the_program() -> None:
    [change] = changes_between(
        CARD | {"endsAt": None, "timezone": "Europe/Kyiv"},
        CARD | {"endsAt": "2026-12-24T15:00:00+00:00", "timezone": "Europe/Kyiv"},
    )
    assert change.words == "End date none → 24 Dec 2026, 17:00"


def test_rows_are_compared_one_by_one_while_there_are_as_many() -> None:
    tiers = [{"name": "Silver", "threshold": {"value": 100}}, {"name": "Gold", "threshold": {"value": 500}}]
    higher = [tiers[0], {"name": "Gold", "threshold": {"value": 600}}]
    before, after = (CARD | {"ruleConfig": {"tiers": each}} for each in (tiers, higher))
    [change] = changes_between(before, after)
    assert (change.path, change.words) == (
        "ruleConfig.tiers.1.threshold.value",
        "Tiers 2, threshold, value 500 → 600",
    )


def test_another_rule_type_says_only_that() -> None:
    assert changed(ruleType="POINTS_BASED", ruleConfig={"pointsPerDollar": 1}) == [
        "Rule type PUNCH_CARD → POINTS_BASED"
    ]


def test_lists_of_plain_values_of_one_length_are_said_as_a_whole() -> None:
    before, after = CARD | {"segments": ["new"]}, CARD | {"segments": ["old"]}
    assert [change.words for change in changes_between(before, after, names={})] == ["Who can earn new → old"]
