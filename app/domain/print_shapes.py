"""What a printed sheet is made of, in millimetres from its top left corner, whatever draws it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle, its corners rounded by ``radius``; ``edge`` is the colour of a hairline around it."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    radius: float = 0
    edge: str | None = None


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle around (x, y)."""

    x: float
    y: float
    radius: float
    fill: str | None
    edge: str
    line: float = 0.35


@dataclass(frozen=True, slots=True)
class Words:
    """One line; ``x`` is its left end, middle or right end by ``anchor``, ``y`` its baseline; ``size`` in points."""

    x: float
    y: float
    text: str
    size: float
    fill: str
    is_bold: bool = False
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code's black squares: rows of 0 and 1, without the quiet zone, ``side`` mm wide."""

    x: float
    y: float
    side: float
    rows: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A line drawing on a grid of 64, ``side`` mm wide; ``paths`` are SVG's."""

    x: float
    y: float
    side: float
    colour: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster picture with the proportions of ``width`` × ``height``; ``content`` is a file that Pillow reads."""

    x: float
    y: float
    width: float
    height: float
    content: bytes


@dataclass(frozen=True, slots=True)
class Fold:
    """A dashed line across, where the paper is folded."""

    y: float


Shape = Box | Disc | Words | Code | Drawing | Picture | Fold


@dataclass(frozen=True, slots=True)
class Face:
    """Shapes that stand together; ``turned`` upside down around the middle of a sheet's upper half."""

    shapes: list[Shape]
    turned_around: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of ``width`` × ``height``, with ``bleed`` more on each side for whoever cuts it."""

    width: float
    height: float
    title: str
    bleed: float = 0
    faces: list[Face] = field(default_factory=list)
