"""Versions, changes and events of a program as its pages draw them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.program_changes import changes_between, in_body_terms
from app.queries.location_names import location_names
from app.web.support.words import counted

Row = Mapping[str, Any]

_DONE = {
    "program.created": "created the program",
    "program.updated": "changed the program",
    "program.activated": "activated it",
    "program.unscheduled": "took it off the schedule",
    "program.paused": "paused it",
    "program.resumed": "resumed it",
    "program.ended": "ended it",
    "program.deleted": "deleted it",
    "program.restored": "restored it",
}
_BY_THE_CLOCK = {"program.activated": "It started, as scheduled", "program.ended": "It ended, as scheduled"}
_ICONS = {
    "program.created": "plus",
    "program.updated": "pencil",
    "program.activated": "play",
    "program.paused": "pause",
    "program.resumed": "play",
    "program.ended": "lock",
    "program.deleted": "x",
    "program.restored": "undo",
}


def version(row: Row, newest: int, *, may_restore: bool) -> dict[str, Any]:
    """Return one version: what it changed, who, when, since when it counted, and what earned under it."""
    return {
        "number": row["number"],
        "words": list(row["changes"]) or ["Created"],
        "by": row["created_by"] or "Regulars",
        "at": row["created_at"],
        "live_from": row["live_from"],
        "earned_words": f"{counted(row['earned'], 'purchase')} earned under it" if row["earned"] else None,
        "is_current": row["number"] == newest,
        "may_restore": may_restore and row["number"] != newest,
    }


def change(row: Row, timezone: str) -> dict[str, Any]:
    """Return one audit record: who did what, and each field from what to what."""
    action = row["action"]
    if row["actor_kind"] == "system" and action in _BY_THE_CLOCK:
        words = _BY_THE_CLOCK[action]
    else:
        words = f"{row['actor_name'] or 'Somebody'} {_DONE.get(action, action.partition('.')[2])}"
    return {
        "icon": _ICONS.get(action, "pencil"),
        "words": words,
        "at": row["recorded_at"],
        "changes": _fields(row, timezone),
    }


def event(row: Row) -> dict[str, Any]:
    """Return one event as integrations get it, a line for each key."""
    return {
        "name": row["event_type"],
        "sequence": row["sequence"],
        "at": row["recorded_at"],
        "payload": [(key, _plain(value)) for key, value in row["payload"].items()],
    }


def _fields(row: Row, timezone: str) -> list[str]:
    """The fields of an update in words; the states that an action leads from and to say themselves."""
    if row["action"] != "program.updated":
        return []
    before, after = (in_body_terms(row[side] or {}) for side in ("before", "after"))
    ids = {each for body in (before, after) for each in body.get("locationIds", [])}
    zoned = ({"timezone": timezone, **body} for body in (before, after))
    return [each.words for each in changes_between(*zoned, names=location_names(ids))]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(str(each) for each in value)
    return "–" if value is None else str(value)
