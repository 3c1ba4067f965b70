"""The form of a location: name, address, time zone, and hours as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.errors import ValidationErrors
from app.domain.localtime import zone_names
from app.domain.opening_hours import WEEKDAYS, day_text, read_day
from app.web.business.settings.forms import checked_name

ADDRESS = {"street": "Street and number", "postalCode": "Postal code", "city": "City", "region": "Region"}

_LONGEST_LINE = 200


def typed_location(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, field by field: name, timezone, the address's lines, and hours_mon … hours_sun."""
    names = ("name", "timezone", *ADDRESS, *(f"hours_{day}" for day in WEEKDAYS))
    return {name: form.get(name, "").strip() for name in names}


def typed_from(location: Mapping[str, Any]) -> dict[str, str]:
    """Return a kept location as it would be typed."""
    address = {name: location["address"].get(name) or "" for name in ADDRESS}
    hours = {f"hours_{day}": day_text(location["hours"].get(day, ())) for day in WEEKDAYS}
    return {"name": location["name"], "timezone": location["timezone"] or ""} | address | hours


def with_mondays_hours(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed with Monday's hours on every day."""
    return dict(typed) | {f"hours_{day}": typed["hours_mon"] for day in WEEKDAYS}


def fields_of(typed: Mapping[str, str], kept_address: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields for `create_location`; ValidationErrors name every field that needs another value.

    What the address has beside the form's lines (the country, from the API) stays.
    """
    errors: dict[str, list[str]] = {}
    try:
        checked_name(typed["name"], "a name for the location")
    except ValueError as error:
        errors["name"] = [str(error)]
    if typed["timezone"] and typed["timezone"] not in zone_names():
        errors["timezone"] = ["Choose a time zone"]
    errors |= {
        name: [f"Use at most {_LONGEST_LINE} characters"] for name in ADDRESS if len(typed[name]) > _LONGEST_LINE
    }
    hours = _hours(typed, errors)
    if errors:
        raise ValidationErrors(errors)
    address = dict(kept_address) | {name: typed[name] for name in ADDRESS}
    return {
        "name": typed["name"],
        "timezone": typed["timezone"] or None,
        "address": {name: line for name, line in address.items() if line},
        "hours": hours,
    }


def field_of(path: str) -> str:
    """Return the field that an error of the service belongs to: "hours.fri" is hours_fri."""
    return path.replace("hours.", "hours_")


def _hours(typed: Mapping[str, str], errors: dict[str, list[str]]) -> dict[str, list[dict[str, str]]]:
    hours = {}
    for day in WEEKDAYS:
        try:
            spans = read_day(typed[f"hours_{day}"])
        except ValueError as error:
            errors[f"hours_{day}"] = [f"{WEEKDAYS[day]}: {error}"]
            continue
        if spans:
            hours[day] = spans
    return hours
