"""A program version as the engine reads it: the stored snapshot, compiled once and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from app.domain.money import exact, exponent, scaled
from app.domain.recurrence import Recurrence
from app.domain.registry import RULES
from app.domain.rule_type import RuleType, config_of


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `maximum` (points, rewards, or minor units of cashback) for one member in a window of local days."""

    unit: str
    maximum: int
    per: str


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `maximum` for all members together, by month or for the life of the program."""

    unit: str
    maximum: int
    per: str


@dataclass(frozen=True, slots=True)
class ProgramVersion:
    """One immutable version (RULES 1). `order` is its place in evaluation: tiers last, then priority, then creation."""

    id: UUID
    program_id: UUID
    number: int
    rule_type: str
    rule: RuleType
    config: BaseModel
    terms: Any
    zone: ZoneInfo
    currency: str
    location_ids: frozenset[UUID]
    blackout_dates: frozenset[date]
    recurrence: Recurrence | None
    segments: frozenset[str]
    priority: int
    created_order: tuple[datetime, UUID]
    exclusive_group: str | None
    auto_enroll: bool
    caps: tuple[Cap, ...]
    budget: Budget | None
    order: tuple[bool, int, datetime, UUID]

    @classmethod
    def compile(
        cls,
        snapshot: Mapping[str, Any],
        *,
        id: UUID,
        program_id: UUID,
        number: int,
        created_order: tuple[datetime, UUID],
        currency: str,
    ) -> "ProgramVersion":
        """A stored snapshot (camelCase JSON; numbers as int, Decimal or text) made ready for settling.

        `created_order` is the program's (created_at, id), which breaks ties of priority.
        """
        rule = RULES[snapshot["ruleType"]]
        config = config_of(rule, snapshot["ruleConfig"], currency)
        zone = ZoneInfo(snapshot["timezone"])
        blackout_dates = frozenset(date.fromisoformat(day) for day in snapshot.get("blackoutDates") or ())
        priority = int(snapshot.get("priority") or 100)
        return cls(
            id=id,
            program_id=program_id,
            number=number,
            rule_type=rule.NAME,
            rule=rule,
            config=config,
            terms=rule.compile_terms(config, exponent(currency), blackout_dates),
            zone=zone,
            currency=currency,
            location_ids=frozenset(UUID(str(location)) for location in snapshot.get("locationIds") or ()),
            blackout_dates=blackout_dates,
            recurrence=_recurrence(snapshot.get("recurrence"), zone),
            segments=frozenset(snapshot.get("segments") or ()),
            priority=priority,
            created_order=created_order,
            exclusive_group=snapshot.get("exclusiveGroup") or None,
            auto_enroll=snapshot.get("autoEnroll", True) is not False,
            caps=tuple(_cap(cap, currency) for cap in snapshot.get("caps") or ()),
            budget=_budget(snapshot.get("budget"), currency),
            order=(rule.NAME == "TIER_BASED", priority, *created_order),
        )


def _recurrence(stored: Mapping[str, Any] | None, zone: ZoneInfo) -> Recurrence | None:
    if not stored:
        return None
    return Recurrence.compile(stored["rrule"], stored["startTime"], int(stored["durationMinutes"]), zone)


def _cap(stored: Mapping[str, Any], currency: str) -> Cap:
    return Cap(stored["unit"], _maximum(stored, currency), stored["per"])


def _budget(stored: Mapping[str, Any] | None, currency: str) -> Budget | None:
    return Budget(stored["unit"], _maximum(stored, currency), stored["per"]) if stored else None


def _maximum(stored: Mapping[str, Any], currency: str) -> int:
    return scaled(exact(stored["max"]), exponent(currency) if stored["unit"] == "cashback" else 0)
