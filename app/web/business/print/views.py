"""Print: posters, table tents and stickers with which customers join, for the business or one of its locations."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, g, render_template, request, url_for

from app.core.config import settings
from app.domain.permissions import Permission
from app.queries.businesses import locations_page
from app.queries.posters import BLEED, KINDS, PosterWords, poster_pdf, poster_svg
from app.services.join_links import join_code, note_poster
from app.services.pictures import picture
from app.web.support.context import initials, shop_icon
from app.web.support.doors import area, page
from app.web.support.offer import front_offer

bp = area("print", __name__, "/print")

NAMES = {
    "a4": ("Poster A4", "210 × 297 mm, for the door or the wall"),
    "letter": ("Poster Letter", "8.5 × 11 in, for the door or the wall"),
    "tent": ("Table tent", "A4, folded in the middle"),
    "sticker": ("Sticker", "100 × 100 mm, for the counter"),
}
_MOST_LOCATIONS = 100


@page(bp, "", permission=Permission.BUSINESS_EDIT)
def index() -> str:
    """Choose the place, look at each sheet, and take it as PDF or SVG."""
    location = _location(request.args.get("location", ""))
    words = _words(location)
    return render_template(
        "business/print/index.html",
        kinds=[_kind(kind, location) for kind in KINDS],
        locations=[("", "All locations")] + [(str(one["id"]), one["name"]) for one in _locations()],
        location_id=str(location["id"]) if location else "",
        link=words.link_words,
        share_url=f"{settings().base_url}{url_for('join_links.join', code=_code(location))}",
        bleed=f"{BLEED:g}",
    )


@page(bp, "/<kind>.<form>", permission=Permission.BUSINESS_EDIT)
def sheet(kind: str, form: str) -> Response:
    """Answer one sheet as PDF or SVG."""
    if kind not in KINDS or form not in ("pdf", "svg"):
        abort(404)
    words = _words(_location(request.args.get("location", "")))
    has_bleed = request.args.get("bleed") == "yes"
    if form == "svg":
        drawn, kind_of_file = poster_svg(kind, words, has_bleed=has_bleed), "image/svg+xml"
    else:
        drawn, kind_of_file = poster_pdf(kind, words, has_bleed=has_bleed), "application/pdf"
    response = Response(drawn, mimetype=kind_of_file)
    if request.args.get("shown") != "yes":
        note_poster(g.caller.actor)
        response.headers["Content-Disposition"] = f'attachment; filename="{g.slug}-{kind}.{form}"'
    return response


def _kind(kind: str, location: dict[str, Any] | None) -> dict[str, Any]:
    place = {"location": location["id"]} if location else {}
    name, note = NAMES[kind]
    return {
        "name": name,
        "note": note,
        "kind": kind,
        "picture": url_for("print.sheet", kind=kind, form="svg", shown="yes", **place),
        "pdf": url_for("print.sheet", kind=kind, form="pdf", **place),
        "pdf_bleed": url_for("print.sheet", kind=kind, form="pdf", bleed="yes", **place),
        "svg": url_for("print.sheet", kind=kind, form="svg", **place),
    }


def _words(location: dict[str, Any] | None) -> PosterWords:
    code, offer = _code(location), front_offer(g.business)
    standing = offer["standing"]
    address = settings().base_url
    return PosterWords(
        business_name=g.business["name"],
        initials=initials(g.business["name"]),
        colour=g.business["brand_colour"],
        headline=offer["sentence"],
        gift=offer["gift"],
        place=location["name"] if location else "",
        link=f"{address}/j/{code}".upper(),
        link_words=f"{address.partition('://')[2]}/j/{code.lower()}",
        stamps=(standing["filled"], standing["total"]) if standing else None,
        drawing=_drawing("art-cup" if shop_icon() == "cup" else "art-stamp"),
        logo=_logo(),
    )


def _logo() -> tuple[bytes, int, int] | None:
    """The logo of the business, unless it has none or the store cannot be reached: then the initials are printed."""
    key = g.business["logo_key"]
    try:
        kept = picture(key) if key else None
    except OSError:
        return None
    return (kept.content, *g.business["logo_size"]) if kept else None


def _code(location: dict[str, Any] | None) -> str:
    return join_code(location["id"] if location else None)


def _locations() -> list[dict[str, Any]]:
    return locations_page(1, _MOST_LOCATIONS).rows


def _location(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        wanted = UUID(text)
    except ValueError:
        abort(404)
    return next((one for one in _locations() if one["id"] == wanted), None) or abort(404)


@cache
def _drawing(name: str) -> tuple[str, ...]:
    """Return the paths of one drawing of the sprite."""
    sprite = Path(current_app.static_folder or "", "icons.svg").read_text(encoding="utf-8")
    symbol = sprite.partition(f'id="{name}"')[2].partition("</symbol>")[0]
    return tuple(re.findall(r'<path d="([^"]+)"', symbol))
