"""What a changed card means to those in the middle of one: over-full cards are filled at the next purchase."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.change_impact import card_impact
from app.domain.registry import counting_rule
from app.domain.rule_type import config_of

REWARD = {"rewardType": "free_item", "rewardValue": "coffee", "rewardDescription": "A coffee"}
STAMPS = {"stampEarnRule": {"type": "per_visit", "value": 1}}


def terms(rule_type: str, required: int) -> Any:
    """The compiled terms of a card of so many."""
    rule = counting_rule(rule_type)
    key = {"PUNCH_CARD": "punchesRequired", "STAMP_CARD": "stampsRequired"}[rule_type]
    more = STAMPS if rule_type == "STAMP_CARD" else {}
    return rule.compile_terms(config_of(rule, {key: required, **more, **REWARD}, "UAH"), 2, frozenset())


@pytest.mark.parametrize("rule_type", ["PUNCH_CARD", "STAMP_CARD"])
def test_a_smaller_card_is_filled_at_the_next_purchase(rule_type: str) -> None:
    cards = {0: 5, 6: 3, 7: 31, 8: 9, 9: 3}
    found = card_impact(counting_rule(rule_type), terms(rule_type, 10), terms(rule_type, 8), cards)
    assert (found.away_before[1], found.away_after[1]) == (3, 31 + 9 + 3)
    assert found.filled == 12
    assert found.members == 51


def test_a_larger_card_moves_everybody_away() -> None:
    found = card_impact(counting_rule("PUNCH_CARD"), terms("PUNCH_CARD", 8), terms("PUNCH_CARD", 10), {7: 31, 0: 2})
    assert (found.away_before, found.away_after, found.filled) == ({1: 31, 8: 2}, {3: 31, 10: 2}, 0)
