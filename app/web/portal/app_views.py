"""The card as an app: manifest, icons, the service worker with its offline card, and web push."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, render_template, request, url_for

from app.core import serial
from app.domain.errors import ValidationErrors
from app.domain.permissions import Open
from app.queries.app_icons import SIZES, app_icon
from app.queries.members import member as read_member
from app.services import push
from app.services.consents import set_consent
from app.web.portal.door import member_page
from app.web.portal.home import spaced
from app.web.support.context import initials
from app.web.support.doors import area, page
from app.web.support.words import called

bp = area("portal_app", __name__, door="m")

_DAY = 86_400
PUSH_WORDS = "Notices on this device when I have earned a reward."


@page(bp, "/app.webmanifest", permission=Open.ANYONE)
def manifest() -> Response:
    """Say what the card looks like on a home screen."""
    sizes = [(size, purpose) for size in SIZES for purpose in ("any", "maskable")]
    shown = {
        "id": url_for("portal.home"),
        "name": g.business["name"],
        "short_name": g.business["name"][:20],
        "start_url": url_for("portal.home"),
        "scope": url_for("portal.home"),
        "display": "standalone",
        "background_color": g.business["brand_colour"],
        "theme_color": g.business["brand_colour"],
        "icons": [
            {"src": _icon_url(size), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size, purpose in sizes
        ],
    }
    kept = {"Cache-Control": "public, max-age=3600"}
    return Response(serial.dumps(shown), mimetype="application/manifest+json", headers=kept)


@page(bp, "/icon-<int:size>.png", permission=Open.ANYONE)
def icon(size: int) -> Response:
    """Answer the icon: the first letters on the brand's colour."""
    if size not in SIZES:
        abort(404)
    drawn = app_icon(g.business["brand_colour"], initials(g.business["name"]), size)
    return Response(drawn, mimetype="image/png", headers={"Cache-Control": f"public, max-age={_DAY}"})


@page(bp, "/worker.js", permission=Open.ANYONE)
def worker() -> Response:
    """Answer the service worker: it keeps one page, the offline card, and shows notices."""
    source = render_template(
        "portal/worker.js",
        offline_url=url_for("portal_app.offline"),
        home_url=url_for("portal.home"),
        leaving_urls=[url_for("portal_entry.sign_out"), url_for("portal_profile.erase")],
        icon_url=_icon_url(SIZES[1]),
    )
    return Response(source, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@member_page(bp, "/offline")
def offline() -> str:
    """Show what the phone keeps for when there is no connection: the name and the lasting code, nothing else."""
    member = read_member(g.member.member_id)
    code = {"text": spaced(member["code"]), "qr_text": member["code"]}
    return render_template(
        "portal/offline.html", member={"name": called(member), "standing_words": "Member"}, code=code
    )


@member_page(bp, "/push", methods=("POST",))
def subscribe() -> Any:
    """Keep a browser's push address: JSON as PushSubscription.toJSON() gives it."""
    body = _fields(request.get_json(silent=True))
    keys = _fields(body.get("keys"))
    try:
        push.subscribe(g.member.member_id, _text(body, "endpoint"), _text(keys, "p256dh"), _text(keys, "auth"))
    except ValidationErrors as error:
        return {"detail": error.errors["endpoint"][0]}, 422
    set_consent(g.member.member_id, "push", True, source="profile", words=PUSH_WORDS)
    return "", 204


@member_page(bp, "/push/end", methods=("POST",))
def unsubscribe() -> Any:
    """Send nothing more to a browser."""
    push.unsubscribe(g.member.member_id, _text(_fields(request.get_json(silent=True)), "endpoint"))
    set_consent(g.member.member_id, "push", False, source="profile", words=PUSH_WORDS)
    return "", 204


def _fields(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(body: dict[str, Any], name: str) -> str:
    """Return a text of a JSON body; 400 for anything else."""
    found = body.get(name)
    return found if isinstance(found, str) else abort(400)


def _icon_url(size: int) -> str:
    """Address an icon by its look, so that a new colour is a new address."""
    look = g.business["brand_colour"].removeprefix("#")
    return url_for("portal_app.icon", size=size, look=f"{look}-{initials(g.business['name'])}")
