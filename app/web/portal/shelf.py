"""Rewards for points as the member's card draws them: what they can have now, and the line of goals ahead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.web.support.formatting import points
from app.web.support.words import counted

_MOST_GOALS = 3
_LONGEST_GOAL = 16

Entry = dict[str, Any]


def shelf_rows(shelf: Sequence[Entry]) -> list[Entry]:
    """Return what can be had now: {id, name, note, image_key, image_alt}."""
    return [_row(entry) for entry in shelf if entry["refusal"] is None]


def locked_rows(shelf: Sequence[Entry]) -> list[Entry]:
    """Return what cannot be had yet, each with the reason: {name, cost, reason}."""
    return [
        {"name": entry["name"], "cost": counted(entry["pointsCost"], "point"), "reason": _reason(entry)}
        for entry in shelf
        if entry["refusal"] is not None
    ]


def tracker(shelf: Sequence[Entry]) -> dict[str, Any] | None:
    """Return the line of goals (components/progress.html) with ``words`` on the nearest one; None without one ahead."""
    ahead = [entry for entry in shelf if entry["refusal"] and entry["refusal"]["code"] == "insufficient_points"]
    if not ahead:
        return None
    nearest = min(ahead, key=lambda entry: entry["pointsToGo"])
    same = [one for one in shelf if one["programId"] == nearest["programId"]]
    goals = sorted({one["pointsCost"]: one["name"] for one in same}.items())
    passed = [goal for goal in goals if goal[0] <= nearest["balance"]]
    shown = [*passed[-1:], *[goal for goal in goals if goal[0] > nearest["balance"]][: _MOST_GOALS - len(passed[-1:])]]
    words = f"{counted(nearest['pointsToGo'], 'point')} to {nearest['name']}."
    return {
        "value": nearest["balance"],
        "spoken": f"You have {counted(nearest['balance'], 'point')}. {words}",
        "goals": [{"at": cost, "words": _short(name)} for cost, name in shown],
        "words": words,
    }


def _row(entry: Entry) -> Entry:
    note = counted(entry["pointsCost"], "point")
    if entry["quantityRemaining"] is not None:
        note = f"{note}. {points(entry['quantityRemaining'])} left"
    shown = {"image_key": entry["imageKey"], "image_alt": entry["imageAlt"]}
    return {"id": entry["id"], "name": entry["name"], "note": note, **shown}


def _reason(entry: Entry) -> str:
    if entry["refusal"]["code"] == "out_of_stock":
        return "Back soon"
    return str(entry["refusal"]["message"])


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_GOAL else f"{name[: _LONGEST_GOAL - 1].rstrip()}…"
