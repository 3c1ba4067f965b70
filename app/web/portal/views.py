"""A member's own card: to use for who is signed in, to look at for who has the signed link (docs/adr/0011)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, g, make_response, render_template, request
from werkzeug.wrappers import Response

from app.core import clock
from app.core.card_links import member_of_card
from app.core.card_tokens import LIFETIME_SECONDS, card_token, short_code
from app.domain.permissions import Open
from app.queries.members import member as read_member
from app.web.portal.door import member_page
from app.web.portal.home import card_context, spaced
from app.web.support.doors import area, page
from app.web.support.htmx import render
from app.web.support.words import called

bp = area("portal", __name__, door="m")


@member_page(bp, "/")
def home() -> str:
    """Show the card of the member who is signed in, or only the older part of the history."""
    before = request.args.get("before")
    context = card_context(g.member.member_id, before)
    return render_template("portal/card.html", is_own=True, live=_live_code(g.member.member_id), **context)


@member_page(bp, "/code")
def code() -> str:
    """Show the code alone, as large as the screen; its fragment is what renews it."""
    member = read_member(g.member.member_id)
    static = {"text": spaced(member["code"]), "qr_text": member["code"]}
    context = {"live": _live_code(member["id"]), "code": static, "member": {"name": called(member)}}
    return render("portal/code.html", "portal/_code.html", **context)


@page(bp, "/card/<token>", permission=Open.MEMBER)
def card(token: str) -> Response:
    """Show the card of the member whom the link names; a link that is not ours, or over, leads nowhere (404)."""
    member_id = member_of_card(g.business["id"], token, clock.now())
    if member_id is None:
        abort(404)
    response = make_response(render_template("portal/card.html", is_own=False, live=None, **card_context(member_id)))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _live_code(member_id: UUID) -> dict[str, Any]:
    """Return the code of the moment: {qr_text, text, seconds}; ``seconds`` is how long it is good for."""
    now = clock.now()
    words = spaced(short_code(read_member(member_id)["code"], now))
    return {"qr_text": card_token(member_id, now), "text": words, "seconds": LIFETIME_SECONDS}
