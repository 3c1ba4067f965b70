"""The form of a location: name, address, time zone, and hours as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.errors import ValidationErrors
from app.domain.localtime import zone_names
from app.web.business.settings.forms import checked_name
from app.web.support.week_form import FIELDS, read_week, typed_week

ADDRESS = {"street": "Street and number", "postalCode": "Postal code", "city": "City", "region": "Region"}

_LONGEST_LINE = 200


def typed_location(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, field by field: name, timezone, the address's lines, and hours_mon … hours_sun."""
    names = ("name", "timezone", *ADDRESS, *FIELDS)
    return {name: form.get(name, "").strip() for name in names}


def typed_from(location: Mapping[str, Any]) -> dict[str, str]:
    """Return a kept location as it would be typed."""
    address = {name: location["address"].get(name) or "" for name in ADDRESS}
    return {"name": location["name"], "timezone": location["timezone"] or ""} | address | typed_week(location["hours"])


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
    hours, wrong = read_week(typed)
    errors |= {name: [message] for name, message in wrong.items()}
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
