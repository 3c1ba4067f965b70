"""The rule types for owners who start from scratch: what each is, so that two are not taken for one another."""

from __future__ import annotations

from typing import Any

from app.domain.registry import RULES

_SAID = {
    "PUNCH_CARD": ("card", "One punch for each purchase that counts. A full card is a reward."),
    "STAMP_CARD": ("stamp", "Stamps for a visit, an item or an amount: one purchase may bring several."),
    "POINTS_BASED": ("coin", "Points for what is spent, and money off for points."),
    "AMOUNT_SPENT": ("gift", "A reward whenever so much has been spent, in a month or over time."),
    "VISIT_FREQUENCY": ("flame", "A reward for coming often within some days, or day after day."),
    "TIER_BASED": ("ladder", "Levels such as Silver and Gold, each with benefits of its own."),
    "CASH_BACK": ("again", "A percentage of every purchase comes back as money."),
}


def rule_types() -> list[dict[str, Any]]:
    """Return {key, words, icon, sentence} of every rule type, the simplest first."""
    return [
        {"key": key, "words": RULES[key].TITLE, "icon": icon, "sentence": sentence}
        for key, (icon, sentence) in _SAID.items()
    ]
