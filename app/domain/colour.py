"""Colour arithmetic: contrast as WCAG counts it, and lightness as the eye does (OKLCH). Colours are `#rrggbb`."""

import colorsys
import math

Triple = tuple[float, float, float]

_HUES: tuple[tuple[int, str], ...] = (
    (15, "red"),
    (42, "orange"),
    (68, "yellow"),
    (165, "green"),
    (190, "turquoise"),
    (205, "sky blue"),
)
_HUES += ((255, "blue"), (290, "purple"), (345, "pink"), (361, "red"))
_NEARLY_BLACK, _DARK, _LIGHT, _NEARLY_WHITE = 0.08, 0.34, 0.8, 0.96
_GREYISH = 0.12


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2.2 contrast ratio of two colours, 1.0 to 21.0."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """Return `share` (0..1) of `one` in `other`, as CSS `color-mix(in srgb, …)` does."""
    channels = zip(_channels(one), _channels(other), strict=True)
    red, green, blue = (first * share + second * (1 - share) for first, second in channels)
    return _hex((red, green, blue))


def lightness_of(colour: str) -> float:
    """Return the OKLCH lightness, 0.0 (black) to 1.0 (white)."""
    return _oklab(colour)[0]


def with_lightness(colour: str, lightness: float) -> str:
    """Return `colour` at another OKLCH lightness: same hue, and as much of its chroma as sRGB can show there."""
    _, a, b = _oklab(colour)
    shown, hidden = 0.0, 1.0
    if _is_in_srgb(_linear_from_oklab((lightness, a, b))):
        shown = 1.0
    else:
        for _ in range(16):
            share = (shown + hidden) / 2
            if _is_in_srgb(_linear_from_oklab((lightness, a * share, b * share))):
                shown = share
            else:
                hidden = share
    red, green, blue = _linear_from_oklab((lightness, a * shown, b * shown))
    return _hex((_encoded(red), _encoded(green), _encoded(blue)))


def colour_name(colour: str) -> str:
    """Return what people call a colour: "yellow", "sky blue", "dark green", "grey"."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    if lightness <= _NEARLY_BLACK or lightness >= _NEARLY_WHITE or saturation < _GREYISH:
        return "black" if lightness <= _NEARLY_BLACK else "white" if lightness >= _NEARLY_WHITE else "grey"
    name = next(name for end, name in _HUES if hue * 360 < end)
    if lightness < _DARK:
        return "brown" if name == "orange" else f"dark {name}"
    return f"light {name}" if lightness > _LIGHT else name


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> Triple:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _hex(channels: Triple) -> str:
    return "#" + "".join(f"{round(min(max(channel, 0.0), 1.0) * 255):02x}" for channel in channels)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else math.pow((channel + 0.055) / 1.055, 2.4)


def _encoded(linear: float) -> float:
    clipped = min(max(linear, 0.0), 1.0)
    return clipped * 12.92 if clipped <= 0.0031308 else 1.055 * math.pow(clipped, 1 / 2.4) - 0.055


def _oklab(colour: str) -> Triple:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear_from_oklab(lab: Triple) -> Triple:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _is_in_srgb(linear: Triple) -> bool:
    return all(-1e-6 <= channel <= 1 + 1e-6 for channel in linear)
