"""Settings of the brand: its colour, made readable for everyone, and its logo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.branding import adjustments, checked_colour
from app.domain.colour import colour_name
from app.domain.errors import Conflict, ValidationErrors
from app.domain.permissions import Permission
from app.services.brand import change_logo, remove_logo, suggested_colour
from app.services.businesses import update_business
from app.web.support.context import shop_icon
from app.web.support.doors import area, page
from app.web.support.htmx import go_to, wants_fragment
from app.web.support.settings_tabs import settings_tabs

bp = area("settings_brand", __name__, "/settings/brand")

_ADVICE = "Write the colour as # and six signs of 0–9 and a–f, such as #7f3b1c"
_STAMPS, _STAMPED = 9, 6


@page(bp, "", permission=Permission.BUSINESS_EDIT)
def show() -> str:
    """Show colour and logo; with ?brand_color= the preview of another colour, which htmx gets alone."""
    asked = request.args.get("brand_color", "")
    if wants_fragment():
        return render_template("business/settings/_brand_preview.html", **_preview(_typed(request.args)))
    return _form(_typed(request.args) if asked else g.business["brand_colour"], {})


@page(bp, "", permission=Permission.BUSINESS_EDIT, methods=("POST",))
def save() -> Any:
    """Keep the colour."""
    typed = _typed(request.form)
    try:
        colour = checked_colour(typed)
    except ValueError:
        return _form(typed, {"brand_color": _ADVICE}), 422
    update_business({"brand_color": colour}, g.caller.actor)
    flash("Your colour is saved. Customers see it from now on.", "ok")
    return go_to(url_for("settings_brand.show"))


@page(bp, "/logo", permission=Permission.BUSINESS_EDIT, methods=("POST",))
def save_logo() -> Any:
    """Keep an uploaded logo."""
    file = request.files.get("picture")
    content = file.read() if file else b""
    if not content:
        return _form(g.business["brand_colour"], {"picture": "Choose a picture first"}), 422
    try:
        change_logo(content, g.caller.actor)
    except ValidationErrors as error:
        return _form(g.business["brand_colour"], {"picture": error.errors["picture"][0]}), 422
    except Conflict as error:
        return _form(g.business["brand_colour"], {"picture": error.message}), 422
    flash("Your logo is saved.", "ok")
    return go_to(url_for("settings_brand.show"))


@page(bp, "/logo/remove", permission=Permission.BUSINESS_EDIT, methods=("POST",))
def drop_logo() -> Response:
    """Go back to the initials."""
    remove_logo(g.caller.actor)
    flash("Your logo is taken off.", "ok")
    return go_to(url_for("settings_brand.show"))


def _typed(sent: Mapping[str, str]) -> str:
    """Return the colour that is meant: the typed one, or the picked one where only that was changed (no scripts)."""
    typed, picked = sent.get("brand_color", "").strip(), sent.get("picked", "")
    is_untouched = typed.lower() == g.business["brand_colour"]
    return picked if picked and is_untouched else typed


def _form(colour: str, errors: dict[str, str]) -> str:
    suggested = suggested_colour()
    return render_template(
        "business/settings/brand.html",
        tabs=settings_tabs("settings_brand.show"),
        errors=errors,
        typed=colour,
        saved=g.business["brand_colour"],
        suggested=suggested if suggested != g.business["brand_colour"] else None,
        **_preview(colour),
    )


def _preview(colour: str) -> dict[str, Any]:
    """What the preview shows of a colour; of what is no colour it says so and keeps the saved one."""
    try:
        shown, problem = checked_colour(colour), None
    except ValueError:
        shown, problem = g.business["brand_colour"], _ADVICE
    stamps = {"picture": "stamps", "filled": _STAMPED, "total": _STAMPS, "unit": "visits", "icon": shop_icon()}
    return {
        "shown": shown,
        "problem": problem,
        "name": colour_name(shown),
        "adjusted": [{"ground": ground, "ink": ink} for ground, ink in adjustments(shown)],
        "card": {
            "program_name": "Loyalty card",
            "headline": "Every 10th visit is on us",
            "member_name": "Your customer",
            "member_number": "Card with a likely standing",
            "standing": stamps,
            "art": "art-cup" if shop_icon() == "cup" else "art-stamp",
        },
    }
