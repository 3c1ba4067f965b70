"""The members' door: the cookie of a session, and the member behind it on every page that asks for one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response

from app.core.config import settings
from app.domain.actor import Actor
from app.domain.permissions import Open
from app.queries.portal_callers import SignedInMember, signed_in_member
from app.services.portal_sign_in import SESSION_LIFETIME, note_seen
from app.web.support.doors import page
from app.web.support.htmx import wants_fragment
from app.web.support.tries import count_try

View = TypeVar("View", bound=Callable[..., Any])


def member_page(blueprint: Blueprint, path: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Register a view that only a signed-in member sees, as `g.member`; all others are led to the sign-in."""

    def register(view: View) -> View:
        @wraps(view)
        def serve(**parts: Any) -> Any:
            found = visiting_member()
            if found is None:
                return _ask_to_sign_in()
            return view(**parts)

        page(blueprint, path, permission=Open.MEMBER, methods=methods)(serve)
        return view

    return register


def visiting_member() -> SignedInMember | None:
    """Return the member whose session the cookie names, and keep it as `g.member`."""
    secret = request.cookies.get(_cookie_name())
    found = signed_in_member(secret) if secret else None
    if found is not None and found.is_stale:
        note_seen(found.session_id)
    g.member = found
    return found


def acting_member() -> Actor:
    """Return the member of the page as the one who acts."""
    return Actor("member", g.member.member_id, g.member.name)


def keep_session(response: Response, secret: str) -> None:
    """Hand the session's token to the browser: for this business's pages alone, and for as long as it lives."""
    response.set_cookie(
        _cookie_name(),
        secret,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        secure=settings().is_https,
        httponly=True,
        samesite="Lax",
        path=f"/m/{g.slug}",
    )


def drop_session(response: Response) -> None:
    """Take the token out of the browser."""
    response.delete_cookie(
        _cookie_name(), secure=settings().is_https, httponly=True, samesite="Lax", path=f"/m/{g.slug}"
    )


def count_visit() -> None:
    """Count a try of whoever calls from this address; 429 when there were too many."""
    count_try("portal")


def _cookie_name() -> str:
    return "__Secure-member" if settings().is_https else "member"


def _ask_to_sign_in() -> Response:
    url = url_for("portal_entry.sign_in")
    if wants_fragment():
        return Response(status=401)
    return redirect(url, 303)
