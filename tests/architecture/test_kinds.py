"""Kinds are files: each rule type is one module that registers itself and knows none of the others."""

from __future__ import annotations

import pkgutil

from app.domain import registry, rules
from app.models.program import RULE_TYPES


def test_each_rule_type_is_one_file_and_each_file_one_rule_type() -> None:
    files = {module.name.upper() for module in pkgutil.iter_modules(rules.__path__)}
    assert files == set(RULE_TYPES)
    assert set(registry.RULES) == set(RULE_TYPES)
