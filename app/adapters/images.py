"""Pictures that people upload, made new: only pixels survive, nothing that was hidden in the file."""

from __future__ import annotations

import colorsys
import io
import threading
import warnings
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from PIL import Image, ImageOps

from app.domain.picture_crop import CLOSEST, Crop

MOST_PIXELS = 25_000_000
ADVICE = "Choose a PNG, JPEG or WebP picture of at most 25 megapixels"

_FORMATS = ("PNG", "JPEG", "WEBP")
_DRAWN_COLOURS, _DRAWN_BYTES = 4096, 256 * 1024
_QUALITY = 86
_ROUGHLY = 4
_SAMPLE_SIDE, _HUES = 64, 24
_OPAQUE, _COLOURED, _LIT = 128, 0.25, 0.2

_one_at_a_time = threading.Lock()

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class NotAPicture(ValueError):
    """The bytes are no picture that we take; its text is what to do instead."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as we made it; width and height in pixels."""

    content: bytes
    content_type: str
    width: int
    height: int


def reencoded(content: bytes, *, longest_side: int, crop: Crop | None = None) -> Picture:
    """Return the picture as WebP, upright, at most ``longest_side`` pixels wide and high, never larger than it was.

    ``crop`` cuts the upright picture before it is made small.

    PNG, JPEG and WebP are taken, of an animation the first frame. Its size is read from the header before anything
    is decoded. EXIF, colour profiles and texts are left behind. One picture at a time is decoded in a process: the
    largest takes some 400 MB while it lasts. Raises NotAPicture.
    """
    with _one_at_a_time:
        pixels = _decoded(content, longest_side if crop is None else longest_side * CLOSEST)
        if crop is not None:
            pixels = pixels.crop(crop.box(*pixels.size))
            pixels.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    written = _written(pixels)
    return Picture(written, "image/webp", pixels.width, pixels.height)


def main_colour(content: bytes) -> str | None:
    """Return the colour that most of a picture has as ``#rrggbb``; None where nothing but greys is in it.

    Greys, near-blacks and near-whites do not count, nor does what shines through. Pixels vote for one of 24 hues,
    the stronger the colour the more; the answer is the middle of the winning hue's pixels. Raises NotAPicture.
    """
    raw = iter(_decoded(content, _SAMPLE_SIDE).convert("RGBA").tobytes())
    votes: dict[int, list[tuple[float, tuple[int, ...]]]] = defaultdict(list)
    for red, green, blue, alpha in zip(raw, raw, raw, raw, strict=True):
        hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        if alpha >= _OPAQUE and saturation >= _COLOURED and value >= _LIT:
            votes[round(hue * _HUES) % _HUES].append((saturation * value, (red, green, blue)))
    if not votes:
        return None
    winning = max(votes.values(), key=lambda pixels: sum(weight for weight, _ in pixels))
    middle = (int(median(pixel[part] for _, pixel in winning)) for part in range(3))
    return "#" + "".join(f"{part:02x}" for part in middle)


def _decoded(content: bytes, longest_side: int) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAPicture(ADVICE)
            opened.draft("RGB", (longest_side * 2, longest_side * 2))
            upright = ImageOps.exif_transpose(_smaller(opened, longest_side))
            assert upright is not None
            return _plain(upright)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Warning) as error:
        raise NotAPicture(ADVICE) from error


def _smaller(opened: Image.Image, longest_side: int) -> Image.Image:
    """Shrink before anything else is done: what follows copies the pixels several times."""
    rough = longest_side * _ROUGHLY
    if max(opened.size) > rough:
        share = rough / max(opened.size)
        size = (max(1, round(opened.width * share)), max(1, round(opened.height * share)))
        opened = opened.resize(size, Image.Resampling.NEAREST)
    kept = opened if opened.mode in ("RGB", "RGBA", "L") else _plain(opened)
    kept.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return kept


def _plain(picture: Image.Image) -> Image.Image:
    """Return it as RGB, or as RGBA where something shines through."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _written(pixels: Image.Image) -> bytes:
    """Write what was drawn, such as a logo, without loss; photographs lose what nobody sees.

    What was drawn has few colours and becomes small; a photograph in grey has few as well, but stays large.
    """
    drawn = _webp(pixels, lossless=True, quality=60) if pixels.getcolors(_DRAWN_COLOURS) else b""
    return drawn if 0 < len(drawn) <= _DRAWN_BYTES else _webp(pixels, quality=_QUALITY)


def _webp(pixels: Image.Image, **options: int | bool) -> bytes:
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    file = io.BytesIO()
    clean.save(file, "WEBP", method=4, **options)
    return file.getvalue()
