"""An import as its pages show it: columns to choose, what a dry run found, how it went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.core import clock
from app.domain.member_file import FIELDS, OWN
from app.services.member_import_preview import fields_of_business
from app.services.member_imports import UNDO_FOR
from app.web.support.formatting import long_date, money, points
from app.web.support.words import counted

Import = Mapping[str, Any]

_STATES = {
    "draft": ("draft", "Not run yet"),
    "running": ("scheduled", "Running"),
    "done": ("active", "Imported"),
    "undoing": ("scheduled", "Being undone"),
    "undone": ("ended", "Undone"),
}
_COUNTS = {
    "created": ("new member", "new members"),
    "updated": ("member changed", "members changed"),
    "same": ("row already as in the file", "rows already as in the file"),
    "failed": ("row with a problem", "rows with a problem"),
    "waiting": ("row not done", "rows not done"),
    "undone": ("row undone", "rows undone"),
    "kept": ("member kept, who has been here since", "members kept, who have been here since"),
}


def read_form(form: Mapping[str, str]) -> tuple[dict[str, int], str, UUID | None]:
    """Read the choice for each column (``column-0`` …), the mode, and the program of the points."""
    columns: dict[str, int] = {}
    for name, meant in form.items():
        place = name.removeprefix("column-")
        if name.startswith("column-") and place.isdecimal() and meant:
            columns.setdefault(meant, int(place))
    try:
        program_id = UUID(form.get("program", ""))
    except ValueError:
        program_id = None
    return columns, form.get("mode", ""), program_id


def list_row(imported: Import) -> dict[str, Any]:
    """Return the row of an import in the list of imports."""
    kind, words = _STATES[imported["state"]]
    return {
        "id": imported["id"],
        "file_name": imported["file_name"],
        "chip": kind,
        "state_words": words,
        "rows_words": counted(imported["rows"], "row"),
        "created_at": imported["created_at"],
        "created_by": imported["created_by"],
    }


def mapping(imported: Import, columns: Mapping[str, int]) -> dict[str, Any]:
    """Return what each column may mean, and means now: columns [{place, title, meant}], meanings [(field, words)]."""
    own = {OWN + key: field.label for key, field in fields_of_business().items()}
    meant = {place: name for name, place in columns.items()}
    titles = imported["header"]
    return {
        "imported": imported,
        "columns": [
            {"place": place, "title": title or f"Column {place + 1}", "meant": meant.get(place, "")}
            for place, title in enumerate(titles)
        ],
        "meanings": [("", "Leave out"), *FIELDS.items(), *own.items()],
        "has_points": "points" in columns,
    }


def totals(imported: Import, currency: str) -> dict[str, Any] | None:
    """Return what the dry run found; None while there was none."""
    found = imported["totals"]
    if "dayOrder" not in found:
        return None
    made, changed, failed = (found.get(name, 0) for name in ("created", "updated", "failed"))
    words = [f"{made:,} new", f"{changed:,} to update", counted(failed, "problem")]
    given = found.get("points", 0)
    sign = "+" if given > 0 else "−"
    return {
        "words": ", ".join(words),
        "points_words": f"{sign}{points(abs(given))} points = {money(abs(found['liability']), currency)} liability"
        if given
        else None,
        "can_run": bool(made + changed),
        "rows_words": counted(made + changed, "row"),
        "failed": failed,
    }


def result(imported: Import) -> dict[str, Any]:
    """Return how an import went, and what can be done about it."""
    kind, words = _STATES[imported["state"]]
    finished, counts = imported["finished_at"], imported["counts"]
    until = finished + UNDO_FOR if finished else None
    return {
        "imported": imported,
        "chip": kind,
        "state_words": words,
        "lines": [counted(counts[name], *named) for name, named in _COUNTS.items() if counts.get(name)],
        "failed": counts.get("failed", 0),
        "operation_id": imported["undo_operation_id"] if imported["state"] == "undoing" else imported["operation_id"],
        "is_running": imported["state"] in ("running", "undoing"),
        "can_undo": imported["state"] == "done" and until is not None and clock.now() < until,
        "undo_until": long_date(until) if until else None,
    }
