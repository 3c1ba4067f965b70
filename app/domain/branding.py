"""The colours a business may wear: its own colour, moved only in lightness until everyone can read it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.domain.colour import contrast, lightness_of, mix, with_lightness

TEXT_CONTRAST = 4.5
EDGE_CONTRAST = 3.0
WHITE, BLACK = "#ffffff", "#000000"
HEX_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Ground:
    """The surfaces of one theme, and the share (0..1) of brand ink that its wash holds."""

    name: str
    surfaces: tuple[str, ...]
    wash_share: float
    is_dark: bool


@dataclass(frozen=True, slots=True)
class Palette:
    """What one theme takes from a business: fill, the same under the pointer, words on it, ink, edge."""

    brand: str
    hover: str
    on_brand: str
    ink: str
    edge: str


LIGHT = Ground("light", ("#ffffff", "#f6f7f9"), 0.07, is_dark=False)
DARK = Ground("dark", ("#111318", "#15181e", "#191c23"), 0.11, is_dark=True)


def palette(brand: str, ground: Ground) -> Palette:
    """Return the colours of `brand` on `ground`, each of which reaches its contrast.

    `brand` is `#rrggbb`; anything else raises ValueError. Words on the fill and ink reach 4.5:1, ink also on its
    own wash; the edge reaches 3:1. In the dark the fill itself is lifted to the edge, so that a dark brand still
    shows (UX 6.3).
    """
    colour = checked_colour(brand)
    edge = _moved(colour, ground, lambda shade: _reaches(shade, ground.surfaces, EDGE_CONTRAST))
    fill = edge if ground.is_dark else colour
    ink = _moved(colour, ground, lambda shade: _is_readable_ink(shade, ground))
    return Palette(fill, _under_pointer(fill), words_on(fill), ink, edge)


def brand_stylesheet(brand: str, part: str = "") -> str:
    """Return the stylesheet of a business, as the pages load it after the theme; with `part` for that class alone."""
    within = f" .{part}" if part else ""
    light = _rule(
        f'[data-bs-theme="light"]{within}' if part else ':root, [data-bs-theme="light"]', palette(brand, LIGHT)
    )
    dark = _rule(f'[data-bs-theme="dark"]{within}', palette(brand, DARK))
    return f"{light}\n{dark}\n"


def adjustments(brand: str) -> list[tuple[Ground, str]]:
    """Return (ground, ink) for each theme in which words in the brand's own colour would be hard to read."""
    inks = [(ground, palette(brand, ground).ink) for ground in (LIGHT, DARK)]
    return [(ground, ink) for ground, ink in inks if ink != checked_colour(brand)]


def checked_colour(colour: str) -> str:
    """Return `colour` in lower case; raise ValueError where it is not `#rrggbb`."""
    lowered = colour.strip().lower()
    if not HEX_COLOUR.fullmatch(lowered):
        raise ValueError(f"not a colour of the form #rrggbb: {colour!r}")
    return lowered


def words_on(fill: str) -> str:
    """Return white where white words are readable on `fill`, else black; one of the two always is."""
    return WHITE if contrast(WHITE, fill) >= TEXT_CONTRAST else BLACK


def _under_pointer(fill: str) -> str:
    """Move `fill` a tenth away from its words, so that they become no harder to read."""
    return mix(BLACK if words_on(fill) == WHITE else WHITE, fill, 0.1)


def _moved(colour: str, ground: Ground, is_enough: Callable[[str], bool]) -> str:
    """Move `colour` the least it takes, darker on paper and lighter in the dark; hue and chroma are kept."""
    if is_enough(colour):
        return colour
    too_little, enough = lightness_of(colour), 1.0 if ground.is_dark else 0.0
    for _ in range(16):
        middle = (too_little + enough) / 2
        if is_enough(with_lightness(colour, middle)):
            enough = middle
        else:
            too_little = middle
    return with_lightness(colour, enough)


def _is_readable_ink(shade: str, ground: Ground) -> bool:
    wash = mix(shade, ground.surfaces[0], ground.wash_share)
    return _reaches(shade, (*ground.surfaces, wash), TEXT_CONTRAST)


def _reaches(shade: str, surfaces: Iterable[str], target: float) -> bool:
    return all(contrast(shade, surface) >= target for surface in surfaces)


def _rule(selector: str, colours: Palette) -> str:
    return (
        f"{selector} {{ --brand: {colours.brand}; --brand-hover: {colours.hover}; --on-brand: {colours.on_brand}; "
        f"--brand-ink: {colours.ink}; --brand-edge: {colours.edge}; }}"
    )
