"""What an owner says of a program besides its rule: name, dates, places, limits; every bound in one place (API.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from app.domain.body import is_day, is_instant
from app.domain.fields import Choice, ConfigModel, FieldKind, Flag, Money, Text, Whole, refuse
from app.domain.localtime import zone_names
from app.domain.recurrence import LONGEST_MINUTES, RecurrenceError, check_rule

LIMIT_UNITS = ("points", "rewards", "cashback")
MOST_ENTRIES = 500
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class Instant(FieldKind):
    """A time with an offset, or null."""

    optional: bool = True

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> datetime:
        """The aware instant."""
        try:
            at = value if isinstance(value, datetime) else _instant(str(value))
        except ValueError as error:
            raise refuse(f"{self.title} must be a time such as 2026-12-25T09:00:00+02:00") from error
        if at.tzinfo is None:
            raise refuse(f"{self.title} needs an offset, such as 2026-12-25T09:00:00+02:00")
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise refuse(f"{self.title} must lie between {FIRST_YEAR} and {LAST_YEAR}")
        return at

    def schema(self) -> dict[str, Any]:
        """An RFC 3339 time."""
        return {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}


def _instant(text: str) -> datetime:
    if not is_instant(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Day(FieldKind):
    """A calendar day, kept as its ISO text."""

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> str:
        """The day as YYYY-MM-DD."""
        try:
            return date.fromisoformat(value if isinstance(value, str) and is_day(value) else "").isoformat()
        except ValueError as error:
            raise refuse(f"{self.title} must be a date such as 2026-12-25") from error

    def schema(self) -> dict[str, Any]:
        """A date."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Zone(FieldKind):
    """An IANA time zone, or null for the business's."""

    optional: bool = True

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> str:
        """The name itself."""
        if not isinstance(value, str) or value not in zone_names():
            raise refuse(f"{self.title} must be a zone such as Europe/Berlin")
        return value

    def schema(self) -> dict[str, Any]:
        """A name."""
        return {"anyOf": [{"type": "string"}, {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class Rrule(FieldKind):
    """The days of a recurring window, as an RFC 5545 rule."""

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> str:
        """The rule in one spelling."""
        try:
            return check_rule(value)
        except RecurrenceError as error:
            raise refuse(str(error)) from error

    def schema(self) -> dict[str, Any]:
        """A text."""
        return {"type": "string", "examples": ["FREQ=WEEKLY;BYDAY=MO,WE"]}


@dataclass(frozen=True, slots=True)
class ClockTime(FieldKind):
    """A local time of day, HH:MM."""

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> str:
        """The time as HH:MM."""
        try:
            return datetime.strptime(str(value), "%H:%M").strftime("%H:%M")  # noqa: DTZ007 - a time of day
        except ValueError as error:
            raise refuse(f"{self.title} must be a time such as 09:30") from error

    def schema(self) -> dict[str, Any]:
        """HH:MM."""
        return {"type": "string", "pattern": r"^\d\d:\d\d$"}


@dataclass(frozen=True, slots=True)
class Most(FieldKind):
    """How much a limit allows: money when it limits cashback, else a whole number."""

    def read(self, value: object, currency: str, others: Mapping[str, Any]) -> Any:
        """The value as it was sent, once it is sound."""
        kind = Money(self.title) if others.get("unit") == "cashback" else Whole(self.title, 1, 1_000_000_000)
        kind.read(value, currency, others)
        return value

    def schema(self) -> dict[str, Any]:
        """A number above nothing."""
        return {"type": "number", "exclusiveMinimum": 0}


class RecurrenceFields(ConfigModel):
    """A window that opens again and again."""

    rrule: Annotated[str, Rrule("Repetition")]
    start_time: Annotated[str, ClockTime("Start time")]
    duration_minutes: Annotated[int, Whole("Duration", 1, LONGEST_MINUTES)]


class CapFields(ConfigModel):
    """At most so much for one member."""

    unit: Annotated[str, Choice("Unit", LIMIT_UNITS)]
    max: Annotated[Any, Most("Limit")]
    per: Annotated[str, Choice("Period", ("day", "week", "month", "program"))]


class BudgetFields(ConfigModel):
    """At most so much for all members together."""

    unit: Annotated[str, Choice("Unit", LIMIT_UNITS)]
    max: Annotated[Any, Most("Budget")]
    per: Annotated[str, Choice("Period", ("month", "program"))]


class ProgramFields(ConfigModel):
    """The body of a program without its ruleType and ruleConfig."""

    name: Annotated[str, Text("Program name", 100)]
    description: Annotated[str, Text("Description", 2000, shortest=0)] = ""
    is_active: Annotated[bool, Flag("Active")] = False
    rule_config_domain: Annotated[str | None, Choice("Domain", ("SIMPLE", "ADVANCED", "PREMIUM"), optional=True)] = None
    timezone: Annotated[str | None, Zone("Time zone")] = None
    starts_at: Annotated[datetime | None, Instant("Start date")] = None
    ends_at: Annotated[datetime | None, Instant("End date")] = None
    redeem_until: Annotated[datetime | None, Instant("Redeem until")] = None
    location_ids: list[Annotated[str, Text("Location", 36)]] = Field(default_factory=list, max_length=MOST_ENTRIES)
    blackout_dates: list[Annotated[str, Day("Blackout date")]] = Field(default_factory=list, max_length=MOST_ENTRIES)
    recurrence: RecurrenceFields | None = None
    segments: list[Annotated[str, Text("Segment", 64)]] = Field(default_factory=list, max_length=50)
    priority: Annotated[int, Whole("Priority", 1, 1000)] = 100
    exclusive_group: Annotated[str | None, Text("Exclusive group", 60, optional=True)] = None
    auto_enroll: Annotated[bool, Flag("Enrol automatically")] = True
    caps: list[CapFields] = Field(default_factory=list, max_length=10)
    budget: BudgetFields | None = None
