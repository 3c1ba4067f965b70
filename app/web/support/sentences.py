"""What a rule offers, in the one sentence that owners, staff and customers read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g

from app.domain.program import ProgramVersion
from app.domain.registry import RULES
from app.domain.rule_type import config_of


def rule_sentence(version: ProgramVersion) -> str:
    """Return the rule's own summary with this business's money."""
    return version.rule.summary(version.config, version.currency)


def program_sentence(program: Mapping[str, Any]) -> str:
    """Return the rule of a program object (API.md) in one sentence."""
    currency = g.business["currency"]
    rule = RULES[program["ruleType"]]
    return rule.summary(config_of(rule, program["ruleConfig"], currency), currency)
