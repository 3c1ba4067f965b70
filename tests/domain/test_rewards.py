"""Rewards and redemptions by themselves: what is refused, and in which words they are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.errors import ValidationErrors
from app.domain.redemptions import money_for_points, moved_words
from app.domain.reward_body import read_reward
from app.domain.reward_registry import value_words
from app.domain.rules.points_based import Config

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
COFFEE = {"name": "A coffee", "rewardType": "free_product", "pointsCost": 100, "value": {"products": [" Coffee ", " "]}}


def problems(**fields: Any) -> dict[str, list[str]]:
    """What is wrong with a reward."""
    with pytest.raises(ValidationErrors) as found:
        read_reward(COFFEE | fields, "UAH", NOW)
    return found.value.errors


def test_products_are_kept_without_blanks() -> None:
    assert read_reward(COFFEE, "UAH", NOW).value == {"products": ["Coffee"]}


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"codeKind": "shared", "sharedCode": "A\x07CODE"}, "sharedCode", "without control characters"),
        ({"codeKind": "shared"}, "sharedCode", "Enter the code that every member gets"),
        ({"codeKind": "none", "codes": ["ABC"]}, "codes", "only where the code type is a list"),
        ({"codeKind": "list", "codes": ["ABC", "DEF", "ABC"]}, "codes", "The code ABC stands twice"),
        ({"deliveryMethods": ["in_store", "in_store"]}, "deliveryMethods", "Name each way once"),
    ],
)
def test_a_reward_that_contradicts_itself_is_refused_there(fields: dict[str, Any], field: str, says: str) -> None:
    assert says in problems(**fields)[field][0]


def test_codes_that_all_differ_are_taken() -> None:
    assert read_reward(COFFEE | {"codeKind": "list", "codes": ["ABC", "DEF"]}, "UAH", NOW).codes == ["ABC", "DEF"]


def test_an_amount_off_is_told_in_money() -> None:
    assert value_words("discount", {"amount": 4250}, "UAH").startswith("₴42.50 off")


@pytest.mark.parametrize(("ago", "words"), [(5, "5 s"), (150, "2 min"), (7200, "2 h"), (200_000, "2 d")])
def test_who_was_faster_is_named_with_the_time(ago: int, words: str) -> None:
    assert moved_words("approved", "Sam", NOW - timedelta(seconds=ago), NOW) == f"Sam approved this {words} ago"


def test_points_between_two_steps_name_the_nearest_below() -> None:
    steps = [{"points": 100, "value": "5"}, {"points": 200, "value": "12"}]
    told = {"pointsPerDollar": "1", "redemptionRate": 100, "redemptionSteps": steps}
    config = Config.model_validate(told, context={"currency": "UAH"})
    assert money_for_points(200, config, "UAH") == 1200
    with pytest.raises(ValidationErrors) as found:
        money_for_points(150, config, "UAH")
    [sentence] = found.value.errors["points"]
    assert sentence == "150 points are none of the steps. The nearest below is 100. Use one of 100, 200"
