"""A week of hours as people type it: one field for each day, hours_mon to hours_sun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.opening_hours import WEEKDAYS, Hours, day_text, read_day

FIELDS = tuple(f"hours_{day}" for day in WEEKDAYS)


def typed_week(hours: Hours) -> dict[str, str]:
    """Return kept hours as they would be typed."""
    return {f"hours_{day}": day_text(hours.get(day, ())) for day in WEEKDAYS}


def read_week(typed: Mapping[str, str]) -> tuple[dict[str, list[dict[str, str]]], dict[str, str]]:
    """Return (the hours, only days that have some; what is wrong, by field)."""
    hours: dict[str, list[dict[str, str]]] = {}
    errors: dict[str, str] = {}
    for day, name in WEEKDAYS.items():
        try:
            spans = read_day(typed[f"hours_{day}"])
        except ValueError as error:
            errors[f"hours_{day}"] = f"{name}: {error}"
            continue
        if spans:
            hours[day] = spans
    return hours, errors


def with_mondays_hours(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed with Monday's hours on every day."""
    return dict(typed) | dict.fromkeys(FIELDS, typed["hours_mon"])
