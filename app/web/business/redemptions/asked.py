"""What the address of a list of redemptions asks for: a way, a location, an age, and what was ticked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import request

from app.core import clock
from app.domain.errors import NotFound
from app.queries import businesses
from app.web.business.redemptions import shown

MOST_PICKED = 100

_NAMES = ("method", "location", "age")
_AGES = (("", "Any age"), ("1", "Older than a day"), ("7", "Older than a week"))
_MOST_PLACES = 100

Places = dict[UUID, str]


def places_of_all() -> Places:
    """Return the names of the locations by id."""
    return {place["id"]: place["name"] for place in businesses.locations_page(1, _MOST_PLACES).rows}


def wanted(places: Places) -> dict[str, Any]:
    """Return the filters of the address for queries.redemptions; unknown values ask for nothing."""
    method, age, location = (request.args.get(name, "") for name in ("method", "age", "location"))
    days = int(age) if age and age in dict(_AGES) else 0
    return {
        "delivery_method": method if method in shown.METHODS else None,
        "location_id": next((key for key in places if str(key) == location), None),
        "requested_before": clock.now() - timedelta(days=days) if days else None,
    }


def kept(*more: str) -> dict[str, Any]:
    """Return the filters as they stand in the address, to be carried into the next."""
    return {name: request.args.get(name) or None for name in (*_NAMES, *more)}


def filters(places: Places) -> list[dict[str, Any]]:
    """Return the fields of the filters: {name, label, options, value}."""
    fields = [choice("method", "How", (("", "Any way"), *shown.METHODS.items())), choice("age", "Age", _AGES)]
    if len(places) > 1:
        named = (("", "All locations"), *((str(key), name) for key, name in places.items()))
        fields.insert(1, choice("location", "Location", named))
    return fields


def choice(name: str, label: str, options: Any) -> dict[str, Any]:
    """Return one field of the filters, as it is set now."""
    return {"name": name, "label": label, "options": options, "value": request.args.get(name, "")}


def ticked(texts: list[str]) -> list[UUID]:
    """Read the ids that were ticked, at most a hundred. Raises NotFound for what is none."""
    try:
        return [UUID(text) for text in texts[:MOST_PICKED]]
    except ValueError as error:
        raise NotFound("redemption") from error
