"""A business's colours as a stylesheet; the address names the colour, so it never changes."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, abort, request

from app.domain.branding import brand_stylesheet, checked_colour
from app.domain.permissions import Open
from app.web.support.doors import page

bp = Blueprint("brand", __name__)


@page(bp, "/brand.css", permission=Open.ANYONE)
def css() -> Response:
    """Answer the stylesheet of a colour such as ?colour=7f3b1c; with &part=preview for the preview of a page alone."""
    part = "r-preview" if request.args.get("part") == "preview" else ""
    try:
        sheet = _sheet(request.args.get("colour", ""), part)
    except ValueError:
        abort(404)
    return Response(sheet, mimetype="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"})


@lru_cache(maxsize=256)
def _sheet(colour: str, part: str) -> str:
    return brand_stylesheet(checked_colour(f"#{colour}"), part)
