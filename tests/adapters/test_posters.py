"""What is printed can be scanned: from the finished file, at 150 dpi, and through the noise of a bad camera."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from app.adapters import typeface
from app.adapters.posters import SIZES, PosterWords
from app.adapters.typeface import fitted, wrapped
from app.queries.posters import poster_pdf, poster_svg

DPI = 150
LINK = "HTTPS://REGULARS.EXAMPLE/J/7KQ2MX"
WORDS = PosterWords(
    business_name="Kava & Co",
    initials="K&",
    colour="#7f3b1c",
    headline="Collect 9 punches, get a coffee on the house",
    gift="2 punches are on us.",
    place="Podil",
    link=LINK,
    link_words="regulars.example/j/7kq2mx",
    stamps=(2, 9),
    drawing=("M12 26h32v15a12 12 0 0 1-12 12h-8a12 12 0 0 1-12-12z",),
)


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("colour", ["#ffde00", "#e1306c", "#00aaff", "#000000", "#ffffff"])
def test_the_code_is_read_from_the_finished_pdf(kind: str, colour: str) -> None:
    assert _read(_page(poster_pdf(kind, replace(WORDS, colour=colour)))) == {LINK}


@pytest.mark.parametrize("kind", SIZES)
def test_the_code_is_read_through_ten_percent_of_noise(kind: str) -> None:
    assert _read(_noisy(_page(poster_pdf(kind, WORDS)), 0.10)) == {LINK}


@pytest.mark.parametrize("kind", SIZES)
def test_a_sheet_has_its_size_and_the_printer_s_is_larger_on_each_side(kind: str) -> None:
    width, height = SIZES[kind]
    for has_bleed, more in ((False, 0), (True, 6)):
        with pypdfium2.PdfDocument(poster_pdf(kind, WORDS, has_bleed=has_bleed)) as document:
            assert len(document) == 1
            found = [points / 72 * 25.4 for points in document[0].get_size()]
        assert found == pytest.approx([width + more, height + more], abs=0.1)
        svg = poster_svg(kind, WORDS, has_bleed=has_bleed).decode()
        assert f'width="{float(width + more):g}' in svg.replace(".0mm", "mm")


def test_the_words_of_three_alphabets_are_in_the_font_and_can_be_copied_out() -> None:
    words = replace(
        WORDS, business_name="Кав’ярня Żółw Καφέ", headline="Кожна 10-та кава — безкоштовно", place="Φίλιππος"
    )
    with pypdfium2.PdfDocument(poster_pdf("a4", words)) as document:
        text = document[0].get_textpage().get_text_bounded()
    for said in ("Кав’ярня Żółw Καφέ", "Кожна 10-та", "Φίλιππος", "regulars.example/j/7kq2mx", "No app needed"):
        assert said in text, said


def test_nothing_on_a_sheet_is_a_picture_of_pixels() -> None:
    for kind in SIZES:
        assert b"/Subtype /Image" not in poster_pdf(kind, WORDS)
        svg = poster_svg(kind, WORDS).decode()
        assert "<image" not in svg
        assert "<text" not in svg, "words are outlines: no reader needs the font"


@pytest.mark.parametrize("size", [(400, 400), (900, 200), (120, 600)])
def test_a_logo_stands_where_the_initials_would_and_the_code_is_still_read(size: tuple[int, int]) -> None:
    file = BytesIO()
    Image.new("RGB", size, "#d00000").save(file, "WEBP", lossless=True)
    words = replace(WORDS, logo=(file.getvalue(), *size), business_name="A long name of a coffee roastery in Podil")
    svg = poster_svg("a4", words).decode()
    assert svg.count('href="data:image/png;base64,') == 1
    with pypdfium2.PdfDocument(poster_pdf("a4", words)) as document:
        page = document[0].render(scale=DPI / 72).to_pil().convert("RGB")
        assert "K&" not in document[0].get_textpage().get_text_bounded(), "the initials make room"
    red = [place for place in ((21, 25), (25, 25), (30, 25)) if page.getpixel(_pixel(*place)) == (208, 0, 0)]
    assert red, "the logo is drawn on its plate"
    assert zxingcpp.read_barcodes(page)[0].text == LINK


def _pixel(x_mm: float, y_mm: float) -> tuple[int, int]:
    return round(x_mm / 25.4 * DPI), round(y_mm / 25.4 * DPI)


def test_a_name_that_looks_like_markup_stays_a_name() -> None:
    svg = poster_svg("a4", replace(WORDS, business_name="<b>&Co</b>")).decode()
    assert "<b>" not in svg
    assert "&lt;b&gt;&amp;Co&lt;/b&gt;" in svg


def test_a_long_offer_is_made_smaller_until_it_fits() -> None:
    short, _ = fitted("Every 10th coffee is free", (60, 40, 20), 176, 3)
    long, lines = fitted(
        "Collect 12 stamps and get a large oat milk flat white with a cinnamon roll", (60, 40, 20), 176, 3
    )
    assert short > long
    assert len(lines) <= 3
    assert wrapped("one two", 10, 1000, is_bold=False) == ["one two"]


def test_many_sheets_can_be_drawn_at_once() -> None:
    words = [replace(WORDS, business_name=f"Кава {number} Ωμέγα") for number in range(8)]
    for module in (typeface._font, typeface._per_em):
        module.cache_clear()
    for module in (typeface._advance, typeface._glyph):
        module.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda one: poster_svg("letter", one), words))
    assert drawn == [poster_svg("letter", one) for one in words]


def test_the_code_keeps_its_quiet_zone_white() -> None:
    image = _page(poster_pdf("sticker", WORDS)).convert("L")
    code = zxingcpp.read_barcodes(image)[0].position
    module = (code.top_right.x - code.top_left.x) / 33
    assert module > 0
    for step in range(1, 5):
        x, y = round(code.top_left.x - step * module + module / 2), round(code.top_left.y + 3 * module)
        assert image.getpixel((x, y)) in range(251, 256)


def _page(pdf: bytes) -> Image.Image:
    with pypdfium2.PdfDocument(BytesIO(pdf)) as document:
        drawn: Image.Image = document[0].render(scale=DPI / 72).to_pil()
        return drawn.convert("RGB")


def _noisy(image: Image.Image, share: float) -> Image.Image:
    """Turn a share of all pixels into black or white, the same ones each time."""
    dice, noisy = random.Random(7), image.copy()
    pixels = noisy.load()
    assert pixels is not None
    for _ in range(round(noisy.width * noisy.height * share)):
        grey = dice.choice((0, 255))
        pixels[dice.randrange(noisy.width), dice.randrange(noisy.height)] = (grey, grey, grey)
    return noisy


def _read(image: Image.Image) -> set[str]:
    return {re.sub(r"\s", "", found.text) for found in zxingcpp.read_barcodes(image)}
