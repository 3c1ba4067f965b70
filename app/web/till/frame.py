"""The frame of every page of the till: where it stands, who is at it, and what its scripts need to know."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, request, session, url_for

from app.core import clock
from app.domain.money import exponent
from app.domain.permissions import Permission
from app.queries.businesses import locations_page
from app.queries.program_names import live_names
from app.queries.tills import AtTill
from app.services.till_items import note_done
from app.web.support import guards

HAND_COOKIE = "till-hand"
SOUND_COOKIE = "till-sound"

_LOCATION = "till_location"
_MOST_LOCATIONS = 100


def frame() -> dict[str, Any]:
    """Return the context of layouts/till.html; a place that the till stands at is not asked for again."""
    locations = [(str(found["id"]), found["name"]) for found in locations_page(1, _MOST_LOCATIONS).rows]
    at, till = at_till(), guards.till_here()
    fixed = str(at.location_id) if at and at.location_id else None
    return {
        "locations": [pair for pair in locations if pair[0] == fixed] if fixed else locations,
        "location": _stands_at(locations, fixed or session.get(_LOCATION)),
        "is_owner": till is None and g.caller.may(Permission.DASHBOARD_VIEW),
        "device": {"name": till.name} if till else None,
        "staff": {"name": at.caller.actor.name} if at else None,
        "hand": request.cookies.get(HAND_COOKIE),
        "has_sound": request.cookies.get(SOUND_COOKIE) == "on",
        "programs": live_names(),
        "script": script_facts(at) if at else None,
    }


def at_till() -> AtTill | None:
    """Return who has typed their PIN here; None for somebody signed in to the dashboard."""
    found: AtTill | None = g.get("till")
    return found


def chosen_location() -> UUID | None:
    """Return where this till stands, if it is known before anything is typed."""
    at = at_till()
    return at.location_id if at else None


def note_here(kind: str, item_id: UUID, purchase_id: UUID | None = None, **ids: UUID) -> None:
    """Keep what was done by a form on a paired till; ``ids`` say whose and which (memberId, voucherId)."""
    till, at = guards.till_here(), at_till()
    if till is None or at is None:
        return
    payload = {name: str(found) for name, found in {**ids, "staffId": at.staff_id}.items()}
    note_done(till.id, item_id, kind, payload, purchase_id=purchase_id)


def remember_location(location_id: str) -> None:
    """Keep the place that was chosen for the next purchase."""
    session[_LOCATION] = location_id


def remembered_location() -> str:
    """Return the place chosen last, "" for none."""
    found: str = session.get(_LOCATION, "")
    return found


def script_facts(at: AtTill | None) -> dict[str, Any]:
    """Return what the scripts read from the page: addresses, who and where, and our clock."""
    till = guards.till_here()
    base = url_for("till.find")
    return {
        "base": base,
        "worker": url_for("till_offline.worker"),
        "contact": url_for("till_offline.contact"),
        "people": url_for("till_offline.people"),
        "shell": url_for("till_offline.shell"),
        "queue": url_for("till_offline.queue"),
        "staff": str(at.staff_id) if at else "",
        "location": str(at.location_id) if at and at.location_id else "",
        "idle": int(till.settings.idle.total_seconds()) if till else 0,
        "rewards": till.settings.offline_rewards if till else 0,
        "decimals": exponent(g.business["currency"]),
        "symbol": g.business["currency"],
        "now": clock.now().isoformat(),
    }


def _stands_at(locations: list[tuple[str, str]], location_id: str | None) -> dict[str, str] | None:
    names = dict(locations)
    if location_id in names:
        return {"name": names[location_id]}
    return {"name": locations[0][1]} if len(locations) == 1 else None
