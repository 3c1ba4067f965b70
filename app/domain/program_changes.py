"""What a new version of a program changed, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.domain.body import label

_ALL = {"locationIds": "all locations", "segments": "everyone"}


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """One sentence for each field of two snapshots that differs; fields of ruleConfig stand by themselves."""
    if before["ruleType"] != after["ruleType"]:
        return [f"Rule type: {before['ruleType']} → {after['ruleType']}"]
    return [*_differences(_plain(before), _plain(after)), *_differences(before["ruleConfig"], after["ruleConfig"])]


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was != now:
            yield f"{label(key)}: {_words(key, was)} → {_words(key, now)}"


def _plain(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in snapshot.items() if key not in ("ruleType", "ruleConfig", "ruleConfigDomain")}


def _words(key: str, value: Any) -> str:
    if value in (None, [], {}, ""):
        return _ALL.get(key, "none")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{label(name).lower()} {_words(name, each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(_words("", each) for each in value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)
