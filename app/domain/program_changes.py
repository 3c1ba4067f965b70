"""What differs between two states of a program, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.body import label

_ALL = {"locationIds": "all locations", "segments": "everyone", "startsAt": "at once", "redeemUntil": "90 days after"}
_LABELS = {
    "locationIds": "Locations",
    "segments": "Who can earn",
    "autoEnroll": "Joining with the first purchase",
    "caps": "Limits for one member",
    "startsAt": "Start date",
    "endsAt": "End date",
    "redeemUntil": "Rewards until",
    "rrule": "Days",
}
_BODY_KEYS = {"starts_at": "startsAt", "ends_at": "endsAt", "redeem_until": "redeemUntil"}
_SILENT = frozenset({"ruleConfigDomain"})
_NAMED = frozenset({"locationIds"})


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; ``path`` is the field's, such as ``ruleConfig.punchesRequired``, the rest is for people."""

    path: str
    label: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """Return the change as one phrase: "Punches required 8 → 10"."""
        return f"{self.label} {self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class _Words:
    """How values are said: ids by their names where known, instants on the clock of a zone."""

    names: Mapping[str, str]
    zone: ZoneInfo

    def of(self, key: str, value: Any) -> str:
        if value in (None, [], {}, ""):
            return _ALL.get(key, "none")
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Mapping):
            return ", ".join(f"{_label(name).lower()} {self.of(name, each)}" for name, each in value.items())
        if isinstance(value, list):
            return self._listed(key, value)
        if key.endswith("At") or key == "redeemUntil":
            at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            local = at.astimezone(self.zone)
            return f"{local.day} {local:%b %Y, %H:%M}"
        return format(value, "f") if isinstance(value, Decimal) else str(value)

    def _listed(self, key: str, values: list[Any]) -> str:
        if key in _NAMED and not all(str(each) in self.names for each in values):
            return f"{len(values)} location{'s' if len(values) > 1 else ''}"
        return "; ".join(self.names.get(str(each)) or self.of("", each) for each in values)


def changes_between(
    before: Mapping[str, Any], after: Mapping[str, Any], *, names: Mapping[str, str] | None = None
) -> list[Change]:
    """One change for each field that differs between two bodies or snapshots, the rule's own fields last.

    ``names`` say locations by their ids. A rule of another type says only that.
    """
    if before.get("ruleType") != after.get("ruleType"):
        return [Change("ruleType", "Rule type", str(before.get("ruleType")), str(after.get("ruleType")))]
    words = _Words(names or {}, ZoneInfo(after.get("timezone") or "UTC"))
    rules = [each.get("ruleConfig") or {} for each in (before, after)]
    return [
        *_differences("", "", _plain(before), _plain(after), words),
        *_differences("ruleConfig.", "", rules[0], rules[1], words),
    ]


def in_body_terms(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as an audit record keeps them, under the keys of a body (``starts_at`` is ``startsAt``)."""
    return {_BODY_KEYS.get(key, key): value for key, value in fields.items()}


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The same as phrases, for an event."""
    return [change.words for change in changes_between(before, after)]


def _differences(
    path: str, lead: str, before: Mapping[str, Any], after: Mapping[str, Any], words: _Words
) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        title = f"{lead}, {_label(key).lower()}" if lead else _label(key)
        parts = list(_parts(was, now))
        if parts:
            for place, part_before, part_after in parts:
                name = f" {place + 1}" if place is not None else ""
                dotted = f"{path}{key}{'' if place is None else f'.{place}'}."
                yield from _differences(dotted, f"{title}{name}", part_before, part_after, words)
        else:
            yield Change(f"{path}{key}", title, words.of(key, was), words.of(key, now))


def _parts(was: Any, now: Any) -> Iterator[tuple[int | None, Mapping[str, Any], Mapping[str, Any]]]:
    """The pairs to compare inside a value that is there before and after; none where it is said as a whole."""
    if isinstance(was, Mapping) and isinstance(now, Mapping) and was and now:
        yield None, was, now
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        pairs = list(zip(was, now, strict=True))
        if all(isinstance(each, Mapping) for pair in pairs for each in pair):
            yield from ((place, *pair) for place, pair in enumerate(pairs))


def _label(key: str) -> str:
    return _LABELS.get(key) or label(key)


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in ("ruleType", "ruleConfig") and key not in _SILENT}
