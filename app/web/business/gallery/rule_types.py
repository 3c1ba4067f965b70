"""The rule types for owners who start from scratch: what each is, so that two are not taken for one another."""

from __future__ import annotations

from typing import Any

from app.domain.registry import RULES

_SAID = {
    "PUNCH_CARD": ("art-punches", "One punch for each purchase that counts. A full card is a reward."),
    "STAMP_CARD": ("art-stamps", "Stamps for a visit, an item or an amount: one purchase may bring several."),
    "POINTS_BASED": ("art-coins", "Points for what is spent, and money off for points."),
    "AMOUNT_SPENT": ("art-goal", "A reward whenever so much has been spent, in a month or over time."),
    "VISIT_FREQUENCY": ("art-days", "A reward for coming often within some days, or day after day."),
    "TIER_BASED": ("art-steps", "Levels such as Silver and Gold, each with benefits of its own."),
    "CASH_BACK": ("art-back", "A percentage of every purchase comes back as money."),
}


def rule_types() -> list[dict[str, Any]]:
    """Return every rule type as `rule_type` does, the simplest first."""
    return [rule_type(key) for key in _SAID]


def rule_type(key: str) -> dict[str, Any]:
    """Return {key, words, icon, sentence}: the icon is a drawing of the sprite."""
    icon, sentence = _SAID[key]
    return {"key": key, "words": RULES[key].TITLE, "icon": icon, "sentence": sentence}
