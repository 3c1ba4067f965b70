"""Reads the join posters of a business: drawn anew each time, from what it offers now."""

from __future__ import annotations

from app.adapters.posters import SIZES, PosterWords, poster
from app.adapters.sheets import pdf_of, svg_of

__all__ = ["BLEED", "KINDS", "PosterWords", "poster_pdf", "poster_svg"]

KINDS = tuple(SIZES)
BLEED = 3.0
"""Millimetres around a sheet for whoever cuts it."""


def poster_pdf(kind: str, words: PosterWords, *, has_bleed: bool = False) -> bytes:
    """Return a PDF of one page: vectors and an embedded font alone; ``kind`` is one of KINDS."""
    return pdf_of(poster(kind, words, bleed=BLEED if has_bleed else 0))


def poster_svg(kind: str, words: PosterWords, *, has_bleed: bool = False) -> bytes:
    """Return the same as SVG, its words as outlines."""
    return svg_of(poster(kind, words, bleed=BLEED if has_bleed else 0))
