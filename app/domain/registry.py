"""The rule types there are; adding one is a file in `rules`, its line here, and its test."""

from typing import cast

from app.domain.rule_type import CountingRule, RuleType
from app.domain.rules import (
    amount_spent,
    cash_back,
    points_based,
    punch_card,
    stamp_card,
    tier_based,
    visit_frequency,
)

_ALL = (points_based, punch_card, stamp_card, amount_spent, visit_frequency, tier_based, cash_back)

RULES: dict[str, RuleType] = {cast(RuleType, rule).NAME: cast(RuleType, rule) for rule in _ALL}

# Those that count, then owe vouchers (RULES 3).
COUNTING = frozenset({"PUNCH_CARD", "STAMP_CARD", "AMOUNT_SPENT", "VISIT_FREQUENCY"})


def counting_rule(name: str) -> CountingRule:
    """The rule as one that folds; TIER_BASED folds its metric and owes nothing."""
    return cast(CountingRule, RULES[name])
