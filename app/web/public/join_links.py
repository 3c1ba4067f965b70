"""The short links on posters: /J/7KQ2MX, in capitals in the code and in any case when typed."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from app.core.unit_of_work import platform_session
from app.domain.permissions import Open
from app.queries.join_links import slug_of_join_code
from app.web.support.doors import page
from app.web.support.tries import count_look_up

bp = Blueprint("join_links", __name__)

_LONGEST = 16


@page(bp, "/J/<code>", permission=Open.ANYONE)
def join(code: str) -> Response:
    """Lead to the join page of the business behind the code; what is printed stays right."""
    return _led(code)


@page(bp, "/j/<code>", permission=Open.ANYONE)
def join_typed(code: str) -> Response:
    """The same for those who type it in small letters."""
    return _led(code)


def _led(code: str) -> Response:
    count_look_up()
    slug = None
    if len(code) <= _LONGEST and code.isascii():
        with platform_session():
            slug = slug_of_join_code(code)
    if slug is None:
        abort(404)
    return redirect(url_for("portal_join.join", slug=slug, at=code.upper()), 302)
