"""The typeface of what is printed: how wide words are, and their outlines, so that no reader needs the font."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

REGULAR, BOLD = "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"
MM_A_POINT = 25.4 / 72

_reading = Lock()
"""A font reads its tables when they are first asked for, which two threads must not do at once."""

_FOLDER = Path(__file__).parent / "fonts"


def font_file(is_bold: bool) -> Path:
    """Return the file of a weight; Latin, Cyrillic and Greek (fonts/LICENSE)."""
    return _FOLDER / (BOLD if is_bold else REGULAR)


def width_mm(text: str, size: float, *, is_bold: bool) -> float:
    """Return how wide one line is at a size in points."""
    units = sum(_advance(letter, is_bold) for letter in text)
    return float(units * size * MM_A_POINT / _per_em(is_bold))


def wrapped(text: str, size: float, most_mm: float, *, is_bold: bool) -> list[str]:
    """Break words into lines of at most a width; a word that is wider than that stands on a line of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_mm(longer, size, is_bold=is_bold) <= most_mm:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def fitted(text: str, sizes: tuple[float, ...], most_mm: float, most_lines: int) -> tuple[float, list[str]]:
    """Return the largest of some bold sizes at which the text fits, with its lines; the smallest where none does."""
    for size in sizes:
        lines = wrapped(text, size, most_mm, is_bold=True)
        if len(lines) <= most_lines and all(width_mm(line, size, is_bold=True) <= most_mm for line in lines):
            return size, lines
    return sizes[-1], wrapped(text, sizes[-1], most_mm, is_bold=True)[:most_lines]


def outline(text: str, size: float, x: float, y: float, *, is_bold: bool) -> str:
    """Return one line as an SVG path in mm; ``x`` is its left end, ``y`` its baseline."""
    scale = size * MM_A_POINT / _per_em(is_bold)
    parts = []
    for letter in text:
        path = _glyph(letter, is_bold)
        if path:
            parts.append(f'<path transform="translate({x:.3f} {y:.3f}) scale({scale:.6f} {-scale:.6f})" d="{path}"/>')
        x += _advance(letter, is_bold) * scale
    return "".join(parts)


@cache
def _font(is_bold: bool) -> Any:
    return TTFont(font_file(is_bold))


@cache
def _per_em(is_bold: bool) -> int:
    with _reading:
        return int(_font(is_bold)["head"].unitsPerEm)


def _name(letter: str, is_bold: bool) -> str:
    return str(_font(is_bold).getBestCmap().get(ord(letter), ".notdef"))


@lru_cache(maxsize=4096)
def _advance(letter: str, is_bold: bool) -> int:
    with _reading:
        return int(_font(is_bold)["hmtx"][_name(letter, is_bold)][0])


@lru_cache(maxsize=4096)
def _glyph(letter: str, is_bold: bool) -> str:
    with _reading:
        glyphs = _font(is_bold).getGlyphSet()
        pen = SVGPathPen(glyphs)
        glyphs[_name(letter, is_bold)].draw(pen)
        return str(pen.getCommands())
