"""Draws the icon that a card has on a home screen: the first letters of the business on its colour."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from app.domain.branding import words_on

_FONT = Path(__file__).parent / "fonts" / "NotoSans-Bold.ttf"
_LETTERS_SHARE = 0.38
"""Of the icon's side; what a round mask leaves is 0.8 of it."""


@lru_cache(maxsize=256)
def icon_png(colour: str, letters: str, size: int) -> bytes:
    """Return a PNG of size × size pixels, filled to its edges so that every mask fits; ``colour`` is #rrggbb."""
    image = Image.new("RGB", (size, size), colour)
    font = ImageFont.truetype(_FONT, round(size * _LETTERS_SHARE))
    ImageDraw.Draw(image).text((size / 2, size / 2), letters, font=font, fill=words_on(colour), anchor="mm")
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
