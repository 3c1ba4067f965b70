"""A business may bring any colour; whatever it brings, everyone can read the page."""

from itertools import product

import pytest

from app.domain.branding import DARK, LIGHT, Ground, adjustments, brand_stylesheet, palette, words_on
from app.domain.colour import colour_name, contrast, lightness_of, mix, with_lightness

STEPS = (0, 51, 102, 153, 204, 255)
GRID = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(STEPS, repeat=3)]


@pytest.mark.parametrize("ground", [LIGHT, DARK], ids=lambda ground: ground.name)
def test_every_colour_of_a_grid_reaches_every_contrast(ground: Ground) -> None:
    assert [colour for colour in GRID if not _is_readable(colour, ground)] == []


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ffffff", "#ffffff", 1.0),
        ("#ff0000", "#0000ff", 2.15),
    ],
)
def test_contrast_is_counted_as_wcag_counts_it(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_words_on_yellow_are_black_and_on_brown_white() -> None:
    assert (words_on("#ffde00"), words_on("#7f3b1c")) == ("#000000", "#ffffff")


def test_a_colour_that_is_readable_already_is_left_alone() -> None:
    assert palette("#7F3B1C ", LIGHT).ink == "#7f3b1c"
    assert palette("#ffde00", DARK) == palette("#FFDE00", DARK)
    assert palette("#ffde00", DARK).ink == "#ffde00"


def test_a_pale_colour_keeps_its_fill_and_gets_a_darker_edge_and_ink() -> None:
    yellow = palette("#ffde00", LIGHT)
    assert yellow.brand == "#ffde00"
    assert lightness_of(yellow.ink) < lightness_of(yellow.edge) < lightness_of(yellow.brand)


def test_a_colour_moves_no_further_than_it_must() -> None:
    ink = palette("#ffde00", LIGHT).ink
    lighter = with_lightness("#ffde00", lightness_of(ink) + 0.01)
    assert contrast(lighter, mix(lighter, "#ffffff", 0.07)) < 4.5


def test_lightness_moves_without_leaving_srgb_or_the_hue() -> None:
    assert with_lightness("#7f3b1c", lightness_of("#7f3b1c")) == "#7f3b1c"
    assert (with_lightness("#0000ff", 0.0), with_lightness("#0000ff", 1.0)) == ("#000000", "#ffffff")
    light_blue = with_lightness("#0000ff", 0.9)
    assert int(light_blue[5:7], 16) > int(light_blue[3:5], 16) > 0


def test_the_stylesheet_names_five_colours_for_each_theme() -> None:
    sheet = brand_stylesheet("#7f3b1c")
    assert sheet.startswith(
        ':root, [data-bs-theme="light"] { --brand: #7f3b1c; --brand-hover: #723519; --on-brand: #ffffff;'
    )
    assert sheet.count("--brand-edge:") == 2


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#12345g", "#7f3b1c; } body { display: none"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        brand_stylesheet(colour)


def _is_readable(colour: str, ground: Ground) -> bool:
    found = palette(colour, ground)
    wash = mix(found.ink, ground.surfaces[0], ground.wash_share)
    return (
        contrast(found.on_brand, found.hover) >= contrast(found.on_brand, found.brand) >= 4.5
        and all(contrast(found.ink, surface) >= 4.5 for surface in (*ground.surfaces, wash))
        and all(contrast(found.edge, surface) >= 3.0 for surface in ground.surfaces)
    )


@pytest.mark.parametrize(
    ("brand", "adjusted"),
    [
        ("#ffde00", ["light"]),
        ("#7f3b1c", ["dark"]),
        ("#000000", ["dark"]),
        ("#ffffff", ["light"]),
        ("#767676", ["light", "dark"]),
    ],
)
def test_an_owner_is_told_in_which_theme_words_wear_another_shade(brand: str, adjusted: list[str]) -> None:
    found = {ground.name: ink for ground, ink in adjustments(brand)}
    assert list(found) == adjusted
    assert brand not in found.values()


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#ffde00", "yellow"),
        ("#e1306c", "pink"),
        ("#0ea5e9", "sky blue"),
        ("#00704a", "dark green"),
        ("#7f3b1c", "brown"),
        ("#ff0000", "red"),
        ("#000000", "black"),
        ("#ffffff", "white"),
        ("#888888", "grey"),
    ],
)
def test_colours_have_the_names_that_people_give_them(colour: str, name: str) -> None:
    assert colour_name(colour) == name


def test_the_stylesheet_of_a_part_touches_nothing_else() -> None:
    rules = [line for line in brand_stylesheet("#ffde00", "r-preview").splitlines() if line]
    assert [".r-preview {" in rule for rule in rules] == [True, True]
    assert ":root" not in "".join(rules)
