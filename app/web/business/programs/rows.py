"""One row of the lists of programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import url_for

from app.domain.registry import RULES
from app.web.support.formatting import local_time, long_date
from app.web.support.sentences import program_sentence
from app.web.support.words import counted

Program = Mapping[str, Any]

_QUICK = {"DRAFT": "activate", "SCHEDULED": "pause", "ACTIVE": "pause", "PAUSED": "resume"}


def list_row(
    program: Program, now: datetime, locations: Mapping[str, str] | None = None, *, may_edit: bool
) -> dict[str, Any]:
    """Return the row of a program object; a program that nobody could join yet has no figures."""
    has_figures = program["status"] not in ("DRAFT", "SCHEDULED")
    return {
        "id": program["id"],
        "name": program["name"],
        "sentence": program_sentence(program),
        "type_words": RULES[program["ruleType"]].TITLE,
        "locations_words": locations_words(program, locations),
        "status": program["status"],
        "status_note": status_note(program, now),
        "members": program["enrollmentCount"] if has_figures else None,
        "members_unit": "member" if program["enrollmentCount"] == 1 else "members",
        "active": program["activeParticipants"] if has_figures else None,
        "redeemed": program["totalRedemptions"] if has_figures else None,
        "action": _QUICK.get(program["status"]) if may_edit else None,
        "edit_url": edit_url(program) if may_edit else None,
        "may_copy": may_edit,
    }


def deleted_row(program: Program, now: datetime) -> dict[str, Any]:
    """Return the row of a deleted program: what restoring it would make of it, and until when that is possible."""
    until = program["redeemUntil"]
    is_over = until is not None and until <= now
    becomes = "an ended program" if program["status"] == "ENDED" else "a draft"
    note = "It can no longer be restored" if is_over else f"Restoring it makes it {becomes} again"
    return {
        "id": program["id"],
        "name": program["name"],
        "sentence": program_sentence(program),
        "deleted_at": program["deletedAt"],
        "note": note if is_over or until is None else f"{note}, until {local_time(until)}",
        "may_restore": not is_over,
    }


def edit_url(program: Program) -> str | None:
    """Return where a program is edited, by GET a draft, by POST a live one; what has ended is not edited."""
    if program["status"] == "ENDED":
        return None
    step = "wizard.review" if program["status"] == "DRAFT" else "wizard.edit"
    return url_for(step, program_id=program["id"])


def locations_words(program: Program, names: Mapping[str, str] | None = None) -> str:
    """Say where a program counts: a single location by its name, if it is known."""
    ids = program["locationIds"]
    if not ids:
        return "Everywhere"
    only = (names or {}).get(str(ids[0])) if len(ids) == 1 else None
    return only or counted(len(ids), "location")


def status_note(program: Program, now: datetime) -> str:
    """Say since when, or until when."""
    starts_at, ends_at = program["startsAt"], program["endsAt"]
    match program["status"]:
        case "DRAFT":
            return "Not visible yet"
        case "SCHEDULED":
            return f"Starts {local_time(starts_at)}"
        case "ENDED":
            return f"Ended {long_date(min(ends_at or now, now, program['updatedAt']))}"
        case _:
            return f"Ends {local_time(ends_at)}" if ends_at else "No end date"
