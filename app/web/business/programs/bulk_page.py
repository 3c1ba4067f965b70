"""What the pages of a bulk say: how many, what happened to each, and why nothing happened to some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for

from app.queries.programs import programs_of
from app.web.support.words import counted

_SHOWN_NAMES = 10
_PAST = {
    "activate": "activated",
    "pause": "paused",
    "resume": "resumed",
    "end": "ended",
    "delete": "deleted",
    "duplicate": "duplicated",
}
_DOING = {
    "activate": "Activating",
    "pause": "Pausing",
    "resume": "Resuming",
    "end": "Ending",
    "delete": "Deleting",
    "duplicate": "Duplicating",
}
_WHY = {
    ("ENDED", None): "already ended",
    ("DRAFT", None): "still a draft",
    ("PAUSED", "pause"): "already paused",
    ("PAUSED", "activate"): "paused, so resume it",
    ("ACTIVE", "activate"): "already active",
    ("ACTIVE", "resume"): "already active",
    ("SCHEDULED", "activate"): "already scheduled",
    ("SCHEDULED", "resume"): "not started yet",
}
_GONE = "no longer there"


def run_context(run: Mapping[str, Any], back_url: str, back: str | None) -> dict[str, Any]:
    """Return the context of business/programs/bulk_result.html."""
    failed = [answer for answer in run["results"] if not answer["ok"]]
    done = len(run["results"]) - len(failed)
    skipped = Counter(_why(answer, run["action"]) for answer in failed)
    return {
        "run": run,
        "title": f"{_DOING[run['action']]} {counted(run['total'], 'program')}",
        "is_done": run["is_done"],
        "summary": _summary(done, _PAST[run["action"]], skipped),
        "failed": [
            {
                "name": answer["name"] or "Unknown program",
                "url": _url(answer),
                "why": _why(answer, run["action"]).capitalize(),
                "message": answer["message"],
            }
            for answer in failed
        ],
        "back_url": back_url,
        "back": back,
    }


def confirm_context(action: str, ids: Sequence[UUID], errors: Mapping[str, str], typed: str) -> dict[str, Any]:
    """Return the context of business/programs/bulk_confirm.html; one statement."""
    known = programs_of(ids)
    programs = [known[each] for each in ids if each in known]
    members = sum(program["enrollmentCount"] for program in programs)
    return {
        "action": action,
        "ids": ids,
        "total_words": counted(len(programs), "program"),
        "names": [program["name"] for program in programs[:_SHOWN_NAMES]],
        "more": max(0, len(programs) - _SHOWN_NAMES),
        "members_words": counted(members, "enrollment") if members else None,
        "errors": errors,
        "typed": typed,
    }


def _summary(done: int, past: str, skipped: Counter[str]) -> str:
    """ "41 paused, 2 skipped: already ended"."""
    words = f"{done} {past}"
    if not skipped:
        return words
    if len(skipped) == 1:
        return f"{words}, {skipped.total()} skipped: {next(iter(skipped))}"
    reasons = ", ".join(f"{number} {why}" for why, number in skipped.most_common())
    return f"{words}, {skipped.total()} skipped: {reasons}"


def _why(answer: Mapping[str, Any], action: str) -> str:
    if answer["status"] is None:
        return _GONE if answer["name"] is None or action != "duplicate" else "not sound any more"
    status = answer["status"]
    return _WHY.get((status, action)) or _WHY.get((status, None)) or f"{status.lower()}"


def _url(answer: Mapping[str, Any]) -> str | None:
    return url_for("programs.show", program_id=answer["id"]) if answer["status"] else None
