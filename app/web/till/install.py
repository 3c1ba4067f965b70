"""The till as an app on the device's home screen: its manifest and its icons."""

from __future__ import annotations

from flask import Response, abort, g, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import serial
from app.domain.permissions import Open
from app.queries.app_icons import SIZES, app_icon
from app.web.support import guards
from app.web.support.context import initials
from app.web.support.doors import area, page
from app.web.support.htmx import SEE_OTHER

bp = area("till_install", __name__, "/till", is_till=True)

_DAY = 86_400
_LONGEST_SHORT_NAME = 12


@page(bp, "/app.webmanifest", permission=Open.ANYONE)
def manifest() -> Response:
    """Say what the till looks like on a home screen; it opens at the search and stays within the till."""
    name, colour = g.business["name"], g.business["brand_colour"]
    shown = {
        "id": url_for("till.find"),
        "name": f"Till · {name}",
        "short_name": name if len(name) <= _LONGEST_SHORT_NAME else "Till",
        "start_url": url_for("till_install.start"),
        "scope": url_for("till.find"),
        "display": "standalone",
        "background_color": colour,
        "theme_color": colour,
        "icons": [
            {"src": icon_url(size), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size in SIZES
            for purpose in ("any", "maskable")
        ],
    }
    kept = {"Cache-Control": "public, max-age=3600"}
    return Response(serial.dumps(shown), mimetype="application/manifest+json", headers=kept)


@page(bp, "/start", permission=Open.ANYONE)
def start() -> AnyResponse:
    """Begin where this device stands: an app on a home screen may have none of its browser's cookies."""
    is_known = guards.till_here() is not None or guards.visitor() is not None
    return redirect(url_for("till.find" if is_known else "till_lock.pair"), SEE_OTHER)


@page(bp, "/icon-<int:size>.png", permission=Open.ANYONE)
def icon(size: int) -> Response:
    """Answer the icon: the first letters on the brand's colour."""
    if size not in SIZES:
        abort(404)
    drawn = app_icon(g.business["brand_colour"], initials(g.business["name"]), size)
    return Response(drawn, mimetype="image/png", headers={"Cache-Control": f"public, max-age={_DAY}"})


def icon_url(size: int) -> str:
    """Address an icon by its look, so that a new colour is a new address."""
    look = g.business["brand_colour"].removeprefix("#")
    return url_for("till_install.icon", size=size, look=f"{look}-{initials(g.business['name'])}")
