"""The owner's page about tills: pairing one by a code, naming, moving and revoking them, and how they behave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for

from app.core.config import settings
from app.domain.errors import NotFound, ValidationErrors
from app.domain.permissions import Permission
from app.domain.till import AUTO_LOCKS, MOST_OFFLINE_REWARDS, TillSettings
from app.queries.businesses import locations_page
from app.queries.silent_tills import SilentTill, silent_tills
from app.queries.tills import people_with_pins, settings_of_tills, tills
from app.services.devices import change_device, change_till_settings, make_pairing_code, revoke_device
from app.web.support.doors import area, page
from app.web.support.formatting import ago, qr_svg
from app.web.support.htmx import SEE_OTHER

bp = area("devices", __name__, "/tills")

_MOST_LOCATIONS = 100
_HALF = 4


@page(bp, "", permission=Permission.TILL_EDIT)
def index() -> str:
    """List the paired tills, offer a new one, and show how all of them behave."""
    return _index({}, {})


@page(bp, "/codes", permission=Permission.TILL_EDIT, methods=("POST",))
def create() -> Any:
    """Show a code that pairs one device within ten minutes; it is on this page and nowhere else."""
    values = _typed()
    try:
        code = make_pairing_code(values["name"], _as_uuid(values["location_id"]), actor=g.caller.actor)
    except ValidationErrors as error:
        return _index(values, _first(error)), 422
    pair_url = f"{settings().base_url}{url_for('till_lock.pair', code=code)}"
    shown = {"text": f"{code[:_HALF]} {code[_HALF:]}", "url": f"{settings().base_url}{url_for('till_lock.pair')}"}
    return render_template("business/devices/code.html", name=values["name"], code=shown, qr=qr_svg(pair_url))


@page(bp, "/<uuid:device_id>", permission=Permission.TILL_EDIT, methods=("GET", "POST"))
def edit(device_id: UUID) -> Any:
    """Rename a till or move it to another location."""
    device = next((one for one in tills() if one["id"] == device_id), None)
    if device is None:
        raise NotFound("till")
    if request.method == "GET":
        values = {"name": device["name"], "location_id": str(device["locationId"] or "")}
        return _edit(device, values, {})
    values = _typed()
    try:
        place = _as_uuid(values["location_id"])
        change_device(device_id, name=values["name"], location_id=place, actor=g.caller.actor)
    except ValidationErrors as error:
        return _edit(device, values, _first(error)), 422
    flash("Saved.", "ok")
    return redirect(url_for("devices.index"), SEE_OTHER)


@page(bp, "/<uuid:device_id>/revoke", permission=Permission.TILL_EDIT, methods=("POST",))
def revoke(device_id: UUID) -> Any:
    """Take a till out of use at once."""
    revoke_device(device_id, actor=g.caller.actor)
    flash("This till opens no more. What it has not sent yet cannot arrive any more.", "ok")
    return redirect(url_for("devices.index"), SEE_OTHER)


@page(bp, "/settings", permission=Permission.TILL_EDIT, methods=("POST",))
def behave() -> Any:
    """Keep when tills lock and what they may do while they are cut off."""
    auto_lock, typed = request.form.get("auto_lock", ""), request.form.get("offline_rewards", "").strip()
    errors: dict[str, str] = {}
    if auto_lock not in AUTO_LOCKS:
        errors["auto_lock"] = "Choose when a till locks"
    if not (typed.isascii() and typed.isdigit() and int(typed) <= MOST_OFFLINE_REWARDS):
        errors["offline_rewards"] = f"Enter a number from 0 to {MOST_OFFLINE_REWARDS}"
    if errors:
        return _index({"auto_lock": auto_lock, "offline_rewards": typed}, errors), 422
    change_till_settings(TillSettings(auto_lock, int(typed)), actor=g.caller.actor)
    flash("Saved. It counts from the next tap on.", "ok")
    return redirect(url_for("devices.index"), SEE_OTHER)


def _index(values: Mapping[str, str], errors: dict[str, str]) -> str:
    kept, silent = settings_of_tills(), {one.id: one for one in silent_tills()}
    shown = {"auto_lock": kept.auto_lock, "offline_rewards": str(kept.offline_rewards), **values}
    return render_template(
        "business/devices/index.html",
        rows=[_row(one) | {"silence": _silence(silent.get(one["id"]))} for one in tills()],
        has_pins=bool(people_with_pins()),
        locations=_locations(),
        auto_locks=[(key, words) for key, (words, _) in AUTO_LOCKS.items()],
        most_rewards=MOST_OFFLINE_REWARDS,
        values=shown,
        errors=errors,
    )


def _edit(device: Mapping[str, Any], values: Mapping[str, str], errors: dict[str, str]) -> str:
    context = {"device": _row(device), "locations": _locations(), "values": values, "errors": errors}
    return render_template("business/devices/edit.html", **context)


def _row(device: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": device["id"],
        "name": device["name"],
        "place": device["locationName"] or "Asks where it stands",
        "seen": ago(device["lastSeenAt"]) if device["lastSeenAt"] else "never",
        "paired_at": device["pairedAt"],
    }


def _silence(found: SilentTill | None) -> str | None:
    """Say that a till is missed, and what it may still hold."""
    if found is None:
        return None
    return "It may hold work that it has not sent" if found.is_open else "Longer than it usually is"


def _locations() -> list[tuple[str, str]]:
    found = [(str(one["id"]), one["name"]) for one in locations_page(1, _MOST_LOCATIONS).rows]
    return [("", "Ask at each purchase"), *found] if found else []


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[:200] for name in ("name", "location_id")}


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise ValidationErrors({"location_id": ["Choose one of your locations"]}) from error


def _first(error: ValidationErrors) -> dict[str, str]:
    return {name: messages[0] for name, messages in error.errors.items()}
