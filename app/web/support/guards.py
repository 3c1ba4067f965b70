"""Who is at the door of the pages: the session cookie, and proof that a form is ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request, Response, request
from flask_login import UserMixin, current_user
from flask_wtf.csrf import CSRFError

from app.core.config import settings
from app.core.extensions import csrf, login
from app.core.unit_of_work import platform_session
from app.domain.permissions import Caller
from app.queries import callers
from app.queries.callers import Visitor
from app.services import sessions

_SAFE = {"GET", "HEAD", "OPTIONS"}
_OWN_SITES = {"same-origin", "none"}


def cookie_name() -> str:
    """Return the cookie's name; with https its prefix makes browsers refuse it from a neighbour domain."""
    return "__Host-sid" if settings().is_https else "sid"


class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of a visitor."""

    def __init__(self, person: Visitor) -> None:
        self.id = str(person.user_id)
        self.person = person


@login.request_loader  # type: ignore[untyped-decorator]
def load(request: Request) -> SignedIn | None:
    """Look the session cookie up; Flask-Login asks once a request."""
    secret = request.cookies.get(cookie_name())
    if not secret:
        return None
    with platform_session():
        found = callers.visitor(secret)
        if found is not None and found.is_stale:
            sessions.note_seen(found.session_id)
    return SignedIn(found) if found else None


def visitor() -> Visitor | None:
    """Return who is signed in on this request."""
    person: Visitor | None = getattr(current_user, "person", None)
    return person


def caller_at(slug: str) -> Caller | None:
    """Return what the visitor is to the business at this address; None for strangers and unknown addresses alike."""
    person = visitor()
    if person is None:
        return None
    with platform_session():
        return callers.at_business(person, slug)


def sign_in_cookie(response: Response, secret: str) -> None:
    """Hand the session's token to the browser, until it is closed or the session is over."""
    response.set_cookie(cookie_name(), secret, secure=settings().is_https, httponly=True, samesite="Lax", path="/")


def sign_out_cookie(response: Response) -> None:
    """Take the token out of the browser."""
    response.delete_cookie(cookie_name(), secure=settings().is_https, httponly=True, samesite="Lax", path="/")


def check_origin() -> None:
    """Refuse a change that another site asks for, and a form without our token (CSRFError); not for the API."""
    if request.method in _SAFE or request.path.startswith("/api/"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    is_foreign = site not in _OWN_SITES if site else bool(origin) and urlsplit(origin or "").netloc != request.host
    if is_foreign:
        raise CSRFError("The form was sent from another site")
    csrf.protect()
