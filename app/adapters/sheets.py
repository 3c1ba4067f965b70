"""Draws a sheet as PDF or SVG: vectors, but for a logo; words as the font or as outlines, the code as black squares."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from html import escape
from typing import Any

from fpdf import FPDF
from fpdf.svg import SVGObject
from PIL import Image

from app.adapters.typeface import font_file, outline, width_mm
from app.domain.print_shapes import Box, Code, Disc, Drawing, Face, Fold, Picture, Sheet, Words

_FAMILY = "card"
_HAIRLINE = 0.3
_DRAWING_LINE = 0.8
_DRAWING_GRID = 64
_FOLD_COLOUR = "#7b8390"
_SHARES = {"start": 0.0, "middle": 0.5, "end": 1.0}


def pdf_of(sheet: Sheet) -> bytes:
    """Return a PDF of one page in the sheet's own size."""
    size = (sheet.width + 2 * sheet.bleed, sheet.height + 2 * sheet.bleed)
    pdf = FPDF(unit="mm", format=size)
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_title(sheet.title)
    pdf.set_lang("en")
    for style, is_bold in (("", False), ("B", True)):
        pdf.add_font(_FAMILY, style, str(font_file(is_bold)))
    pdf.add_page()
    with pdf.local_context():
        for face in sheet.faces:
            _face_to_pdf(pdf, face, sheet.bleed)
    return bytes(pdf.output())


def svg_of(sheet: Sheet) -> bytes:
    """Return an SVG in the sheet's own size; it needs no font."""
    width, height = sheet.width + 2 * sheet.bleed, sheet.height + 2 * sheet.bleed
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="{-sheet.bleed} {-sheet.bleed} {width} {height}"><title>{escape(sheet.title)}</title>'
        f'<rect x="{-sheet.bleed}" y="{-sheet.bleed}" width="{width}" height="{height}" fill="#ffffff"/>'
    )
    return (head + "".join(_face_to_svg(face) for face in sheet.faces) + "</svg>").encode()


def _face_to_pdf(pdf: FPDF, face: Face, bleed: float) -> None:
    def draw() -> None:
        for shape in face.shapes:
            _TO_PDF[type(shape)](pdf, shape, bleed)

    if face.turned_around is None:
        return draw()
    x, y = face.turned_around
    with pdf.rotation(180, x + bleed, y + bleed):
        draw()
    return None


def _box_to_pdf(pdf: FPDF, box: Box, bleed: float) -> None:
    pdf.set_fill_color(box.fill)
    pdf.set_line_width(_HAIRLINE)
    if box.edge:
        pdf.set_draw_color(box.edge)
    place = (box.x + bleed, box.y + bleed, box.width, box.height)
    style = "DF" if box.edge else "F"
    pdf.rect(*place, style=style, round_corners=bool(box.radius), corner_radius=box.radius)


def _disc_to_pdf(pdf: FPDF, disc: Disc, bleed: float) -> None:
    pdf.set_draw_color(disc.edge)
    pdf.set_line_width(disc.line)
    if disc.fill:
        pdf.set_fill_color(disc.fill)
    pdf.circle(disc.x + bleed, disc.y + bleed, disc.radius, style="DF" if disc.fill else "D")


def _words_to_pdf(pdf: FPDF, words: Words, bleed: float) -> None:
    pdf.set_font(_FAMILY, "B" if words.is_bold else "", words.size)
    pdf.set_text_color(words.fill)
    pdf.text(_left(words) + bleed, words.y + bleed, words.text)


def _code_to_pdf(pdf: FPDF, code: Code, bleed: float) -> None:
    pdf.set_fill_color(0)
    for x, y, width, height in _bars(code):
        pdf.rect(x + bleed, y + bleed, width, height, style="F")


def _drawing_to_pdf(pdf: FPDF, drawing: Drawing, bleed: float) -> None:
    svg = SVGObject(_drawing_svg(drawing, 0, 0, "mm"))
    with pdf.local_context():
        svg.draw_to_page(pdf, drawing.x + bleed, drawing.y + bleed)


def _picture_to_pdf(pdf: FPDF, picture: Picture, bleed: float) -> None:
    file = io.BytesIO(_png(picture))
    pdf.image(file, x=picture.x + bleed, y=picture.y + bleed, w=picture.width, h=picture.height)


def _fold_to_pdf(pdf: FPDF, fold: Fold, bleed: float) -> None:
    pdf.set_draw_color(_FOLD_COLOUR)
    pdf.set_line_width(0.2)
    pdf.set_dash_pattern(dash=2, gap=2)
    pdf.line(bleed, fold.y + bleed, pdf.w - bleed, fold.y + bleed)
    pdf.set_dash_pattern()


def _face_to_svg(face: Face) -> str:
    inside = "".join(_TO_SVG[type(shape)](shape) for shape in face.shapes)
    if face.turned_around is None:
        return inside
    x, y = face.turned_around
    return f'<g transform="rotate(180 {x} {y})">{inside}</g>'


def _box_to_svg(box: Box) -> str:
    edge = f' stroke="{box.edge}" stroke-width="{_HAIRLINE}"' if box.edge else ""
    return (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="{box.radius}" '
        f'fill="{box.fill}"{edge}/>'
    )


def _disc_to_svg(disc: Disc) -> str:
    return (
        f'<circle cx="{disc.x}" cy="{disc.y}" r="{disc.radius}" fill="{disc.fill or "none"}" '
        f'stroke="{disc.edge}" stroke-width="{disc.line}"/>'
    )


def _words_to_svg(words: Words) -> str:
    drawn = outline(words.text, words.size, _left(words), words.y, is_bold=words.is_bold)
    return f'<g fill="{words.fill}" role="img" aria-label="{escape(words.text)}">{drawn}</g>'


def _code_to_svg(code: Code) -> str:
    squares = "".join(f"M{x:.4f} {y:.4f}h{width:.4f}v{height:.4f}h-{width:.4f}z" for x, y, width, height in _bars(code))
    return f'<path d="{squares}" fill="#000000"/>'


def _drawing_to_svg(drawing: Drawing) -> str:
    return _drawing_svg(drawing, drawing.x, drawing.y)


def _picture_to_svg(picture: Picture) -> str:
    content = base64.b64encode(_png(picture)).decode()
    return (
        f'<image x="{picture.x}" y="{picture.y}" width="{picture.width}" height="{picture.height}" '
        f'href="data:image/png;base64,{content}"/>'
    )


def _png(picture: Picture) -> bytes:
    """What every program that draws a sheet reads."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(picture.content)) as opened:
        opened.save(file, "PNG")
    return file.getvalue()


def _fold_to_svg(fold: Fold) -> str:
    return f'<path d="M0 {fold.y}H1000" stroke="{_FOLD_COLOUR}" stroke-width=".2" stroke-dasharray="2 2" fill="none"/>'


def _drawing_svg(drawing: Drawing, x: float, y: float, unit: str = "") -> str:
    line = _DRAWING_LINE * _DRAWING_GRID / drawing.side
    side, grid = f"{drawing.side}{unit}", f"0 0 {_DRAWING_GRID} {_DRAWING_GRID}"
    paths = "".join(f'<path d="{path}"/>' for path in drawing.paths)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" x="{x}" y="{y}" width="{side}" height="{side}" viewBox="{grid}">'
        f'<g fill="none" stroke="{drawing.colour}" stroke-width="{line:.3f}" stroke-linecap="round" '
        f'stroke-linejoin="round">{paths}</g></svg>'
    )


def _left(words: Words) -> float:
    return words.x - _SHARES[words.anchor] * width_mm(words.text, words.size, is_bold=words.is_bold)


def _bars(code: Code) -> list[tuple[float, float, float, float]]:
    """Return the black squares of each row, neighbours as one bar, so that no hairline can open between them."""
    module, found = code.side / len(code.rows), []
    for number, row in enumerate(code.rows):
        start = None
        for place, is_black in enumerate((*row, 0)):
            if is_black and start is None:
                start = place
            elif not is_black and start is not None:
                bar = (code.x + start * module, code.y + number * module, (place - start) * module, module)
                found.append(bar)
                start = None
    return found


_TO_PDF: dict[type[Any], Callable[[FPDF, Any, float], None]] = {
    Box: _box_to_pdf,
    Disc: _disc_to_pdf,
    Words: _words_to_pdf,
    Code: _code_to_pdf,
    Drawing: _drawing_to_pdf,
    Picture: _picture_to_pdf,
    Fold: _fold_to_pdf,
}
_TO_SVG: dict[type[Any], Callable[[Any], str]] = {
    Box: _box_to_svg,
    Disc: _disc_to_svg,
    Words: _words_to_svg,
    Code: _code_to_svg,
    Drawing: _drawing_to_svg,
    Picture: _picture_to_svg,
    Fold: _fold_to_svg,
}
