"""Kinds are files: each rule type and each message is one module that knows none of the others."""

from __future__ import annotations

import pkgutil
from pathlib import Path

from app.domain import registry, rules
from app.domain.events import EventType
from app.domain.message_registry import MESSAGES, MESSAGES_BY_EVENT, WANTED
from app.models.program import RULE_TYPES


def test_each_rule_type_is_one_file_and_each_file_one_rule_type() -> None:
    files = {module.name.upper() for module in pkgutil.iter_modules(rules.__path__)}
    assert files == set(RULE_TYPES)
    assert set(registry.RULES) == set(RULE_TYPES)


def test_each_message_kind_has_its_two_templates_and_what_it_listens_to() -> None:
    assert {"welcome", "reward_earned"} <= set(MESSAGES)
    folder = Path(__file__).parents[2] / "app" / "templates" / "messages"
    assert {path.name for path in folder.iterdir()} == set(MESSAGES)
    for name in MESSAGES:
        assert {file.name for file in (folder / name).iterdir()} == {"mail.txt", "mail.html"}
    listening = {name for names in MESSAGES_BY_EVENT.values() for name in names}
    assert listening == {name for name, kind in MESSAGES.items() if kind.EVENT is not None}
    assert {event for event in EventType if MESSAGES_BY_EVENT[event.value]} == WANTED
