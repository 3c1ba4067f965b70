"""What long work is called on its page, what came of it, and where its page leads back to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from app.web.support.formatting import points
from app.web.support.words import counted

Operation = Mapping[str, Any]

_TITLES = {
    "member_import_check": "Checking the file",
    "member_import": "Importing members",
    "member_import_undo": "Undoing the import",
    "member_export": "Exporting members",
    "purchase_import_check": "Checking the file",
    "purchase_import": "Importing purchases",
    "purchase_export": "Exporting purchases",
}
_STATES = {
    "waiting": "Waiting for its turn",
    "running": "Running",
    "done": "Finished",
    "failed": "Stopped by an error",
    "cancelled": "Stopped",
}
_FIGURES = {
    "created": ("new member", "new members"),
    "updated": ("member changed", "members changed"),
    "same": ("row already as in the file", "rows already as in the file"),
    "failed": ("row failed", "rows failed"),
    "undone": ("row undone", "rows undone"),
    "kept": ("member kept, because they have been here since", "members kept, because they have been here since"),
    "rows": ("member in the file", "members in the file"),
    "purchases": ("purchase in the file", "purchases in the file"),
    "recorded": ("purchase recorded", "purchases recorded"),
    "knownBefore": ("purchase known before", "purchases known before"),
    "withoutMember": ("row without a member", "rows without a member"),
    "rejected": ("row refused", "rows refused"),
}


def words_of(operation: Operation) -> dict[str, str]:
    """Return title, state, what is counted, and where to go when it is over."""
    left = operation["secondsLeft"]
    back, back_words = _back(operation)
    return {
        "title": _TITLES.get(operation["kind"], "Working"),
        "state": _STATES[operation["state"]],
        "count": f"{operation['done']:,} of {operation['total']:,}",
        "left": "" if left is None else f"about {_span(left)} left",
        "back_url": back,
        "back_words": back_words,
    }


def outcome_lines(operation: Operation) -> list[str]:
    """Return what came of it so far, one line for each figure that is not zero."""
    figures = operation["figures"]
    lines = [counted(figures[name], one, many) for name, (one, many) in _FIGURES.items() if figures.get(name)]
    if given := figures.get("points"):
        lines.append(f"{'+' if given > 0 else '−'}{points(abs(given))} points")
    return lines


def _back(operation: Operation) -> tuple[str, str]:
    if operation["kind"].startswith("member_import"):
        return url_for("member_imports.show", import_id=operation["subjectId"]), "To the import"
    return url_for("members.index"), "To the members"


def _span(seconds: int) -> str:
    return counted(seconds, "second") if seconds < 90 else counted(round(seconds / 60), "minute")
