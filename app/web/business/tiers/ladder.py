"""The ladder as a picture: a rung for each threshold, and beside it how many members stand how high."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.money import exponent
from app.domain.program import ProgramVersion
from app.web.business.tiers.thresholds import Thresholds, amount

BINS = 24
WIDTH = 360

_FOOT, _HEAD = 24, 20
_LEAST_HEIGHT, _LABEL = 360, 40
_LONGEST_BAR, _SHORTEST_BAR = 104, 3
_ROOM_ABOVE = 1.3
_SMALLEST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Scale:
    """``top`` is what the upper edge stands for, in minor units, visits or points; ``height`` the picture's."""

    top: int
    height: int

    def y(self, value: int) -> float:
        """Return how far below the upper edge a value lies."""
        room = self.height - _FOOT - _HEAD
        return round(self.height - _FOOT - room * min(value, self.top) / self.top, 1)


def scale_of(version: ProgramVersion, typed: Thresholds) -> Scale:
    """Leave room above the highest rung, whether it is in force or typed."""
    highest = max(*version.terms.values, *typed.values, 1)
    return Scale(round(highest * _ROOM_ABOVE), _FOOT + _HEAD + max(_LEAST_HEIGHT, _LABEL * len(version.terms.names)))


def ladder(version: ProgramVersion, typed: Thresholds, totals: Sequence[int], scale: Scale) -> dict[str, Any]:
    """Return the picture: {width, height, foot, head, top, step, currency or none, unit, bars, rungs, spoken}.

    ``top`` and ``step`` are in the units that one types; a bar is {y, height, width}, a rung {name, field, y, label_y,
    words}.
    """
    minor = 10 ** exponent(version.currency) if version.terms.metric == "spending" else 1
    room = scale.height - _FOOT - _HEAD
    most = max(*totals, 1)
    return {
        "width": WIDTH,
        "height": scale.height,
        "foot": scale.height - _FOOT,
        "head": _HEAD,
        "top": scale.top / minor,
        "step": _step(scale.top, minor) / minor,
        "bars": [
            {
                "y": round(scale.height - _FOOT - room * (place + 1) / BINS + 1, 1),
                "height": round(room / BINS - 2, 1),
                "width": max(_SHORTEST_BAR, round(_LONGEST_BAR * total / most)) if total else 0,
            }
            for place, total in enumerate(totals)
        ],
        "currency": version.currency if version.terms.metric == "spending" else None,
        "unit": version.terms.metric,
        "rungs": _rungs(version, typed, scale),
        "spoken": _spoken(version, typed),
    }


def _rungs(version: ProgramVersion, typed: Thresholds, scale: Scale) -> list[dict[str, Any]]:
    """The rungs from the lowest, each label far enough above the one before to be read."""
    rungs: list[dict[str, Any]] = []
    lowest = float(scale.height)
    for place, (name, value) in enumerate(zip(version.terms.names, typed.values, strict=True)):
        y = scale.y(value)
        lowest = min(y, lowest - _LABEL) if rungs else y
        rungs.append(
            {"name": name, "field": f"value-{place}", "y": y, "label_y": lowest, "words": amount(version, value)}
        )
    above = float(_HEAD)
    for rung in reversed(rungs):
        rung["label_y"] = max(rung["label_y"], above)
        above = rung["label_y"] + _LABEL
    return rungs


def _spoken(version: ProgramVersion, typed: Thresholds) -> str:
    steps = ", ".join(
        f"{name} from {amount(version, value)}" for name, value in zip(version.terms.names, typed.values, strict=True)
    )
    return f"The ladder: {steps}"


def _step(top: int, minor: int) -> int:
    """Return 1, 2 or 5, or ten times as much and so on, of which some two hundred make the whole ladder."""
    exact = max(1, top // minor // _SMALLEST_STEPS)
    size: int = 10 ** (len(str(exact)) - 1)
    return max(round_number for round_number in (1, 2, 5) if round_number * size <= exact) * size * minor
