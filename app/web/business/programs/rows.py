"""One row of the list of programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.registry import RULES
from app.web.support.formatting import local_time, long_date
from app.web.support.sentences import program_sentence
from app.web.support.words import counted

Program = Mapping[str, Any]

_QUICK = {"DRAFT": "activate", "SCHEDULED": "pause", "ACTIVE": "pause", "PAUSED": "resume"}


def list_row(program: Program, now: datetime, *, may_edit: bool) -> dict[str, Any]:
    """Return the row of a program object; a program that nobody could join yet has no figures."""
    has_figures = program["status"] not in ("DRAFT", "SCHEDULED")
    return {
        "id": program["id"],
        "name": program["name"],
        "sentence": program_sentence(program),
        "type_words": RULES[program["ruleType"]].TITLE,
        "locations_words": locations_words(program),
        "status": program["status"],
        "status_note": status_note(program, now),
        "members": program["enrollmentCount"] if has_figures else None,
        "active": program["activeParticipants"] if has_figures else None,
        "redeemed": program["totalRedemptions"] if has_figures else None,
        "action": _QUICK.get(program["status"]) if may_edit else None,
    }


def locations_words(program: Program) -> str:
    """Say where a program counts."""
    return counted(len(program["locationIds"]), "location") if program["locationIds"] else "Everywhere"


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
