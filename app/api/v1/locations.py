"""Locations of a business."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field, StringConstraints

from app.api.pagination import PageOf, PageQuery, page_answer
from app.api.routing import route
from app.api.shapes import Shape
from app.api.v1.business import Name, Timezone, sent
from app.domain.body import Body
from app.domain.permissions import Caller, Permission
from app.queries import businesses
from app.services.businesses import close_location, create_location, update_location

bp = Blueprint("locations", __name__, url_prefix="/locations")

_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
_Wall = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]


class Address(Body):
    """A postal address; every part may be missing."""

    street: _Line | None = None
    city: _Line | None = None
    region: _Line | None = None
    postal_code: _Line | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None


class Span(Body):
    """From when to when a day is open, in wall time."""

    opens: _Wall
    closes: _Wall


_Day = Annotated[list[Span], Field(max_length=6)]


class Hours(Body):
    """Opening hours by weekday; a day left out is closed."""

    mon: _Day = Field(default_factory=list)
    tue: _Day = Field(default_factory=list)
    wed: _Day = Field(default_factory=list)
    thu: _Day = Field(default_factory=list)
    fri: _Day = Field(default_factory=list)
    sat: _Day = Field(default_factory=list)
    sun: _Day = Field(default_factory=list)


class NewLocationBody(Body):
    """A new location; without a timezone it follows the business's."""

    name: Name
    address: Address = Field(default_factory=Address)
    timezone: Timezone | None = None
    hours: Hours = Field(default_factory=Hours)


class LocationBody(Body):
    """What may be changed."""

    name: Name | None = None
    address: Address | None = None
    timezone: Timezone | None = None
    hours: Hours | None = None


class LocationShape(Shape):
    """A location."""

    id: UUID
    name: str
    address: dict[str, Any]
    timezone: str | None
    hours: dict[str, Any]
    version: int
    created_at: datetime


@route(bp, "GET", "", permission=Permission.LOCATION_VIEW, query=PageQuery, answers={200: PageOf[LocationShape]})
def list_locations(query: PageQuery) -> dict[str, Any]:
    """List the locations in use."""
    return page_answer(businesses.locations_page(query.page, query.page_size))


@route(bp, "POST", "", permission=Permission.LOCATION_EDIT, body=NewLocationBody, answers={201: LocationShape})
def post_location(caller: Caller, body: NewLocationBody) -> dict[str, Any]:
    """Add a location."""
    fields = {
        "name": body.name,
        "timezone": body.timezone,
        "address": _plain(body.address),
        "hours": _plain(body.hours),
    }
    return businesses.location(create_location(fields, caller.actor))


@route(bp, "GET", "/<uuid:location_id>", permission=Permission.LOCATION_VIEW, answers={200: LocationShape})
def get_location(location_id: UUID) -> dict[str, Any]:
    """Show a location."""
    return businesses.location(location_id)


@route(
    bp,
    "PATCH",
    "/<uuid:location_id>",
    permission=Permission.LOCATION_EDIT,
    body=LocationBody,
    answers={200: LocationShape},
)
def patch_location(location_id: UUID, caller: Caller, body: LocationBody, if_match: int | None) -> dict[str, Any]:
    """Change a location; address and hours are replaced whole."""
    changes = sent(body, required=("name", "address", "hours"))
    for name in ("address", "hours"):
        if name in changes:
            changes[name] = _plain(getattr(body, name))
    update_location(location_id, changes, caller.actor, if_match)
    return businesses.location(location_id)


@route(bp, "DELETE", "/<uuid:location_id>", permission=Permission.LOCATION_EDIT, answers={204: None})
def delete_location(location_id: UUID, caller: Caller) -> None:
    """Take a location out of use; what was bought there stays."""
    close_location(location_id, caller.actor)


def _plain(part: Body) -> dict[str, Any]:
    return part.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
