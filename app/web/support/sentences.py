"""What a rule offers, in the one sentence that owners, staff and customers read."""

from __future__ import annotations

from app.domain.program import ProgramVersion


def rule_sentence(version: ProgramVersion) -> str:
    """Return the rule's own summary with this business's money."""
    return version.rule.summary(version.config, version.currency)
