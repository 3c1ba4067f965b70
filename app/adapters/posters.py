"""Lays out what a business hangs up so that customers join: poster, table tent and sticker, in millimetres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import segno

from app.adapters.typeface import fitted, width_mm, wrapped
from app.domain.branding import words_on
from app.domain.colour import mix
from app.domain.print_shapes import Box, Code, Disc, Drawing, Face, Fold, Picture, Shape, Sheet, Words

PAPER = "#ffffff"
INK, MUTED, LINE = "#14171c", "#545b66", "#d5d9e0"
STEPS = ("Scan with your camera", "Type your phone number or e-mail address", "Say it when you pay")

_QUIET = 4
"""Modules around a code that stay white (ISO 18004)."""
_LINE_HEIGHT = 0.3528 * 1.12
_CAP = 0.3528 * 0.72


@dataclass(frozen=True, slots=True)
class PosterWords:
    """What a poster says; ``link`` is what the code holds, ``link_words`` the same for people who type.

    ``logo`` is (content, width, height) of a picture in pixels; without one the initials stand in its place.
    """

    business_name: str
    initials: str
    colour: str
    headline: str
    gift: str | None
    place: str
    link: str
    link_words: str
    stamps: tuple[int, int] | None
    drawing: tuple[str, ...]
    logo: tuple[bytes, int, int] | None = None


def poster(kind: str, words: PosterWords, *, bleed: float = 0) -> Sheet:
    """Return the sheet of a kind of SIZES; ``bleed`` in mm for whoever cuts it."""
    width, height = SIZES[kind]
    title = f"Join {words.business_name}"
    return Sheet(width, height, title, bleed, _LAYOUTS[kind](words, width, height, bleed))


def _poster(words: PosterWords, width: float, height: float, bleed: float) -> list[Face]:
    """The promise on the brand's colour, the code across its lower edge, the way to type it at the bottom."""
    edge, side, on_brand = 17.0, height * 0.31, words_on(words.colour)
    foot, stamps = height - 18, height - 48
    top = (stamps - 17 if words.stamps else foot - 27) - side
    ground_height = top + side * 0.36
    promise = _promise(words, edge, edge + 30, top - 7, width - 2 * edge, (62, 56, 50, 44, 38, 32, 26, 22))
    shapes: list[Shape] = [
        Box(-bleed, -bleed, width + 2 * bleed, ground_height + bleed, words.colour),
        Drawing(width - 84, -10, 110, mix(on_brand, words.colour, 0.13), words.drawing),
        *_head(words, edge, edge, 16, width - edge),
        *promise,
        *_plate(words.link, edge, top, side),
        *_steps(edge + side + 11, ground_height + 15, width - edge),
        *(_stamps(words, edge, stamps, width - 2 * edge) if words.stamps else ()),
        *_foot(words, edge, foot, width - edge, 15, 23),
    ]
    return [Face(shapes)]


def _tent(words: PosterWords, width: float, height: float, _bleed: float) -> list[Face]:
    """Two faces back to back: folded in the middle, it stands and is read from both sides."""
    half = height / 2
    lower = _shifted_face(words, width, half, half)
    return [Face(lower.shapes, (width / 2, half)), Face([*lower.shapes, Fold(half)])]


def _shifted_face(words: PosterWords, width: float, tall: float, top: float) -> Face:
    on_brand, left = words_on(words.colour), width * 0.58
    shapes: list[Shape] = [
        Box(0, top, left, tall, words.colour),
        Drawing(left - 70, top + tall - 74, 70, mix(on_brand, words.colour, 0.13), words.drawing),
        *_head(words, 13, top + 13, 13, left - 6),
    ]
    shapes += _promise(words, 13, top + 38, top + tall - 13, left - 26, (42, 38, 34, 30, 26, 22, 18))
    middle, side = (left + width) / 2, 70.0
    shapes += _plate(words.link, middle - side / 2, top + 18, side)
    shapes.append(Words(middle, top + 18 + side + 11, "Scan to get your card", 15, INK, is_bold=True, anchor="middle"))
    shapes.append(Words(middle, top + 18 + side + 18, "No app needed", 12, MUTED, anchor="middle"))
    link = _narrowed(words.link_words, 13, width - left - 14)
    shapes.append(Words(middle, top + tall - 19, "or go to", 11, MUTED, anchor="middle"))
    shapes.append(Words(middle, top + tall - 12, words.link_words, link, INK, is_bold=True, anchor="middle"))
    return Face(shapes)


def _sticker(words: PosterWords, width: float, height: float, bleed: float) -> list[Face]:
    """A square for the door or the counter: who, the code, how to type it."""
    on_brand, side = words_on(words.colour), 62.0
    name = _narrowed(words.business_name, 18, width - 14)
    shapes: list[Shape] = [
        Box(-bleed, -bleed, width + 2 * bleed, height + 2 * bleed, words.colour),
        Words(width / 2, 13, words.business_name, name, on_brand, is_bold=True, anchor="middle"),
        *_plate(words.link, (width - side) / 2, 18, side),
        Words(width / 2, 89, "Scan to get your card", 12, on_brand, is_bold=True, anchor="middle"),
        Words(width / 2, 95, words.link_words, _narrowed(words.link_words, 10, width - 10), on_brand, anchor="middle"),
    ]
    return [Face(shapes)]


def _promise(
    words: PosterWords, x: float, top: float, bottom: float, most_mm: float, sizes: tuple[float, ...]
) -> list[Shape]:
    """The offer as large as it fits between two heights, and what the card starts with below it."""
    on_brand = words_on(words.colour)
    for place in range(len(sizes)):
        size, lines = fitted(words.headline, sizes[place:], most_mm, 4)
        y = top + size * _CAP + (len(lines) - 1) * size * _LINE_HEIGHT
        gift_size = max(14.0, size * 0.42)
        if y + (gift_size * _LINE_HEIGHT * 1.5 if words.gift else 0) <= bottom:
            break
    first = top + size * _CAP
    shapes: list[Shape] = [
        Words(x, first + number * size * _LINE_HEIGHT, line, size, on_brand, is_bold=True)
        for number, line in enumerate(lines)
    ]
    if words.gift:
        shapes.append(Words(x, y + gift_size * _LINE_HEIGHT * 1.5, words.gift, gift_size, on_brand))
    return shapes


def _head(words: PosterWords, x: float, y: float, side: float, end: float) -> list[Shape]:
    """The logo or the initials on a white plate, and the name beside it, up to ``end``."""
    on_brand = words_on(words.colour)
    face = _logo(words.logo, x, y, side) if words.logo else _initials(words.initials, x, y, side)
    right = max(shape.x + shape.width for shape in face if isinstance(shape, Box))
    size = _narrowed(words.business_name, side * 1.3, end - right - 5)
    return [*face, Words(right + 5, y + side * 0.62, words.business_name, size, on_brand, is_bold=True)]


def _initials(initials: str, x: float, y: float, side: float) -> list[Shape]:
    letters = Words(x + side / 2, y + side * 0.64, initials, side * 1.15, INK, is_bold=True, anchor="middle")
    return [Box(x, y, side, side, PAPER, radius=side * 0.22), letters]


def _logo(logo: tuple[bytes, int, int], x: float, y: float, side: float) -> list[Shape]:
    """A wide logo gets a wide plate, up to three times as wide as it is tall."""
    content, wide, tall = logo
    rim = side * 0.14
    inside = side - 2 * rim
    scale = min(inside / tall, 3 * inside / wide)
    width, height = wide * scale, tall * scale
    plate = max(side, width + 2 * rim)
    return [
        Box(x, y, plate, side, PAPER, radius=side * 0.22),
        Picture(x + (plate - width) / 2, y + (side - height) / 2, width, height, content),
    ]


def _plate(link: str, x: float, y: float, side: float) -> list[Shape]:
    """Black on a white plate whatever the brand, with the whole quiet zone on it."""
    rows = tuple(bytes(row) for row in segno.make(link, error=_level(link), micro=False, boost_error=False).matrix)
    quiet = side * _QUIET / (len(rows) + 2 * _QUIET)
    return [Box(x, y, side, side, PAPER, radius=quiet, edge=LINE), Code(x + quiet, y + quiet, side - 2 * quiet, rows)]


def _level(link: str) -> str:
    """A link in capitals is packed so densely that the highest level of correction costs no larger code."""
    return "h" if link == link.upper() else "q"


def _steps(x: float, y: float, right: float) -> list[Shape]:
    shapes: list[Shape] = []
    for number, step in enumerate(STEPS, start=1):
        lines = wrapped(step, 14, right - x - 12, is_bold=False)
        shapes.append(Disc(x + 4, y - 1.6, 4, None, INK, 0.45))
        shapes.append(Words(x + 4, y, str(number), 12, INK, is_bold=True, anchor="middle"))
        for line in lines:
            shapes.append(Words(x + 12, y, line, 14, INK))
            y += 6
        y += 5.5
    return shapes


def _stamps(words: PosterWords, x: float, y: float, width: float) -> list[Shape]:
    filled, total = words.stamps or (0, 0)
    step = width / total
    radius = min(step * 0.4, 7.5)
    shapes: list[Shape] = []
    for number in range(1, total + 1):
        middle = x + step * (number - 0.5)
        is_on = number <= filled
        shapes.append(Disc(middle, y, radius, words.colour if is_on else PAPER, words.colour))
        fill = words_on(words.colour) if is_on else INK
        size = radius * 2.1
        shapes.append(Words(middle, y + size * _CAP / 2, str(number), size, fill, is_bold=True, anchor="middle"))
    return shapes


def _foot(words: PosterWords, x: float, y: float, right: float, small: float, large: float) -> list[Shape]:
    place = _narrowed(words.place, small, (right - x) * 0.42) if words.place else small
    link = _narrowed(words.link_words, large, (right - x) * 0.56)
    return [
        Words(x, y - 9, "No camera? Go to", small, MUTED),
        Words(x, y, words.link_words, link, INK, is_bold=True),
        Words(right, y - 9, "No app needed", small + 3, INK, is_bold=True, anchor="end"),
        Words(right, y, words.place, place, MUTED, anchor="end"),
    ]


def _narrowed(text: str, size: float, most_mm: float) -> float:
    """Return the size, smaller where the line would be too wide."""
    wide = width_mm(text, size, is_bold=True)
    return size if wide <= most_mm else size * most_mm / wide


SIZES: dict[str, tuple[float, float]] = {
    "a4": (210, 297),
    "letter": (215.9, 279.4),
    "tent": (210, 297),
    "sticker": (100, 100),
}
"""Kinds of print, with their width and height in mm."""

_LAYOUTS: dict[str, Callable[[PosterWords, float, float, float], list[Face]]] = {
    "a4": _poster,
    "letter": _poster,
    "tent": _tent,
    "sticker": _sticker,
}
