"""Reads the icon of a business for home screens; it is drawn, not stored."""

from __future__ import annotations

from app.adapters.app_icons import icon_png

SIZES = (180, 192, 512)
"""Pixels: Apple's, and the two that browsers ask of something that can be installed."""


def app_icon(colour: str, letters: str, size: int) -> bytes:
    """Return the PNG for one of SIZES; ``colour`` is the brand's #rrggbb, ``letters`` one or two."""
    return icon_png(colour, letters, size)
