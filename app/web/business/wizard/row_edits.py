"""Adds, removes and moves rows of a list in typed texts, as the buttons beside them ask (add:tiers, up:tiers.1)."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.wizard import Typed
from app.web.business.wizard.typed import row_count

ACTIONS = ("add", "remove", "up", "down")
_BLANK = "new"


def edited(typed: Mapping[str, str], action: str, target: str) -> Typed:
    """Return the texts after an action; one that points at no row changes nothing."""
    if action == "add":
        return {**typed, f"{target}.{row_count(typed, target)}.{_BLANK}": ""}
    path, _, place = target.rpartition(".")
    rows = [_row(typed, f"{path}.{number}.") for number in range(row_count(typed, path))]
    if not place.isdecimal() or int(place) >= len(rows):
        return dict(typed)
    _change(rows, action, int(place))
    others = {name: text for name, text in typed.items() if not name.startswith(f"{path}.")}
    for number, row in enumerate(rows):
        others.update({f"{path}.{number}.{name}": text for name, text in row.items()})
    return others


def _row(typed: Mapping[str, str], start: str) -> Typed:
    return {name[len(start) :]: text for name, text in typed.items() if name.startswith(start)}


def _change(rows: list[Typed], action: str, place: int) -> None:
    row = rows.pop(place)
    if action == "up":
        rows.insert(max(0, place - 1), row)
    elif action == "down":
        rows.insert(place + 1, row)
