"""What became of a program: its versions with their differences, who changed what, and its events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, render_template, request, url_for

from app.domain.errors import NotFound
from app.domain.permissions import Permission
from app.domain.program_changes import changes_between
from app.queries import program_history
from app.queries import programs as found
from app.queries.location_names import location_names
from app.queries.paging import Slice, UnknownCursor
from app.queries.program_edits import edit_of
from app.web.business.history import drawn
from app.web.support.doors import area, page

bp = area("history", __name__, "/programs")

_CHANGEABLE = ("SCHEDULED", "ACTIVE", "PAUSED")


@page(bp, "/<uuid:program_id>/versions", permission=Permission.PROGRAM_VIEW)
def versions(program_id: UUID) -> str:
    """List the versions, the newest first; three statements."""
    program = found.program(program_id)
    may_edit = g.caller.may(Permission.PROGRAM_EDIT) and program["status"] in _CHANGEABLE
    shown = _slice(program_history.versions_page, program_id)
    newest = program["programVersion"]
    return render_template(
        "business/history/versions.html",
        program=_head(program),
        versions=[drawn.version(row, newest, may_restore=may_edit) for row in shown.rows],
        total=newest,
        may_edit=may_edit,
        has_edit=may_edit and edit_of(program_id, g.caller.actor.id) is not None,
        older_url=_older("history.versions", program_id, shown),
    )


@page(bp, "/<uuid:program_id>/versions/compare", permission=Permission.PROGRAM_VIEW)
def compare(program_id: UUID) -> str:
    """Show what differs between any two versions; by default the last two."""
    program = found.program(program_id)
    newest = program["programVersion"]
    first, second = (_number(name, fallback) for name, fallback in (("from", max(1, newest - 1)), ("to", newest)))
    bodies = program_history.snapshots(program_id, {first, second})
    if not {first, second} <= bodies.keys():
        raise NotFound("program version")
    ids = {each for body in bodies.values() for each in body["locationIds"]}
    return render_template(
        "business/history/compare.html",
        program=_head(program),
        numbers=[(str(number), f"Version {number}") for number in range(newest, 0, -1)],
        first=first,
        second=second,
        changes=changes_between(bodies[first], bodies[second], names=location_names(ids)),
    )


@page(bp, "/<uuid:program_id>/activity", permission=Permission.AUDIT_VIEW)
def activity(program_id: UUID) -> str:
    """List who did what to the program, or its events as integrations get them; two statements."""
    program = found.program(program_id)
    is_raw = request.args.get("view") == "events"
    shown = _slice(program_history.events_page if is_raw else program_history.changes_page, program_id)
    return render_template(
        "business/history/activity.html",
        program=_head(program),
        is_raw=is_raw,
        changes=[] if is_raw else [drawn.change(row, program["timezone"]) for row in shown.rows],
        events=[drawn.event(row) for row in shown.rows] if is_raw else [],
        older_url=_older("history.activity", program_id, shown, view="events" if is_raw else None),
    )


def _head(program: dict[str, Any]) -> dict[str, Any]:
    return {"id": program["id"], "name": program["name"], "status": program["status"].lower()}


def _slice(read: Any, program_id: UUID) -> Slice:
    """A page from the cursor in the address; an old or foreign one begins anew."""
    try:
        rows: Slice = read(program_id, cursor=request.args.get("after") or None)
    except UnknownCursor:
        rows = read(program_id, cursor=None)
    return rows


def _older(endpoint: str, program_id: UUID, shown: Slice, **more: Any) -> str | None:
    return url_for(endpoint, program_id=program_id, after=shown.next_cursor, **more) if shown.next_cursor else None


def _number(name: str, fallback: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else fallback
