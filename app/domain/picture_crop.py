"""How an uploaded picture is cut to a shape: where the frame lies, and how close it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CLOSEST = 3
"""How many times closer than the whole picture a frame may be."""

_MIDDLE, _WHOLE = 50, 100


@dataclass(frozen=True, slots=True)
class Crop:
    """A frame of 4 by 3: ``x`` and ``y`` from 0 (left, top) to 100, ``zoom`` in percent from 100 to 300."""

    x: int = _MIDDLE
    y: int = _MIDDLE
    zoom: int = _WHOLE

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of the frame in a picture of so many pixels; at least one pixel."""
        across = min(width, height * 4 / 3) * 100 / self.zoom
        down = across * 3 / 4
        wide, high = max(1, round(across)), max(1, round(down))
        left, top = round((width - wide) * self.x / 100), round((height - high) * self.y / 100)
        return left, top, left + wide, top + high


def read_crop(typed: Mapping[str, str]) -> Crop:
    """Return what `crop_x`, `crop_y` and `crop_zoom` say; nothing or nonsense is the middle of the whole picture."""
    return Crop(
        _within(typed.get("crop_x", ""), 0, 100, _MIDDLE),
        _within(typed.get("crop_y", ""), 0, 100, _MIDDLE),
        _within(typed.get("crop_zoom", ""), 100, 100 * CLOSEST, _WHOLE),
    )


def _within(text: str, least: int, most: int, otherwise: int) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) < 5
    return min(most, max(least, int(text))) if is_number else otherwise
