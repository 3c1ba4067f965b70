"""Settings of the locations: the places, their hours and their time zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.errors import PreconditionFailed, ValidationErrors
from app.domain.opening_hours import WEEKDAYS, hours_words
from app.domain.permissions import Permission
from app.queries import businesses
from app.services.businesses import close_location, create_location, update_location
from app.web.business.settings.forms import MOVED, first_messages, version_of
from app.web.business.settings.location_form import (
    ADDRESS,
    field_of,
    fields_of,
    typed_from,
    typed_location,
)
from app.web.support import choices
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.settings_tabs import settings_tabs
from app.web.support.week_form import with_mondays_hours

bp = area("settings_locations", __name__, "/settings/locations")

_PAGE_SIZE = 50
_COPY = "copy_monday"


@page(bp, "", permission=Permission.LOCATION_EDIT)
def index() -> str:
    """List the locations in use, page by page."""
    number = request.args.get("page", "1")
    if not number.isdecimal() or not 1 <= int(number) <= 10_000:
        abort(404)
    found = businesses.locations_page(int(number), _PAGE_SIZE)
    return render_template(
        "business/settings/locations.html",
        tabs=settings_tabs("settings_locations.index"),
        locations=[_row(row) for row in found.rows],
        newer_url=url_for("settings_locations.index", page=found.page - 1) if found.page > 1 else None,
        older_url=url_for("settings_locations.index", page=found.page + 1) if found.page < found.total_pages else None,
    )


@page(bp, "/new", permission=Permission.LOCATION_EDIT, methods=("GET", "POST"))
def create() -> Any:
    """Show the form, or add a location."""
    typed = typed_location(request.form)
    if request.method == "GET":
        return _form(None, typed, {})
    if request.form.get("action") == _COPY:
        return _form(None, with_mondays_hours(typed), {})
    try:
        create_location(fields_of(typed, {}), g.caller.actor)
    except ValidationErrors as error:
        return _form(None, typed, _messages(error)), 422
    flash(f"{typed['name']} is one of your locations now.", "ok")
    return go_to(url_for("settings_locations.index"))


@page(bp, "/<uuid:location_id>", permission=Permission.LOCATION_EDIT, methods=("GET", "POST"))
def edit(location_id: UUID) -> Any:
    """Show a location, or change it."""
    location = businesses.location(location_id)
    if request.method == "GET":
        return _form(location, typed_from(location), {})
    typed = typed_location(request.form)
    if request.form.get("action") == _COPY:
        return _form(location, with_mondays_hours(typed), {})
    try:
        changes = fields_of(typed, location["address"])
        update_location(location_id, changes, g.caller.actor, version_of(request.form))
    except ValidationErrors as error:
        return _form(location, typed, _messages(error)), 422
    except PreconditionFailed:
        return _form(location, typed, {"": MOVED}), 422
    flash("Saved. Changes apply from now on.", "ok")
    return go_to(url_for("settings_locations.index"))


@page(bp, "/<uuid:location_id>/close", permission=Permission.LOCATION_EDIT, methods=("POST",))
def close(location_id: UUID) -> Response:
    """Take a location out of use; its past stays in the books under its name."""
    location = businesses.location(location_id)
    close_location(location_id, g.caller.actor)
    flash(f"{location['name']} is closed. What happened there stays in your books.", "ok")
    return go_to(url_for("settings_locations.index"))


def _row(location: Mapping[str, Any]) -> dict[str, Any]:
    address = [location["address"].get(name) for name in ADDRESS]
    return {
        "id": location["id"],
        "name": location["name"],
        "address": ", ".join(line for line in address if line),
        "hours": hours_words(location["hours"]),
        "timezone": (location["timezone"] or "").replace("_", " "),
    }


def _messages(error: ValidationErrors) -> dict[str, str]:
    return {field_of(path): message for path, message in first_messages(error.errors).items()}


def _form(location: Mapping[str, Any] | None, values: dict[str, str], errors: dict[str, str]) -> str:
    own = g.business["timezone"].replace("_", " ")
    return render_template(
        "business/settings/location.html",
        location=location,
        values=values,
        errors=errors,
        address=list(ADDRESS.items()),
        weekdays=list(WEEKDAYS.items()),
        timezones=[("", f"As the business: {own}"), *choices.timezones()],
        copy_action=_COPY,
    )
