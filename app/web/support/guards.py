"""Who is at the door of the pages: the session cookie, the cookies of a till, and proof that a form is ours."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Request, Response, current_app, g, request
from flask_login import UserMixin, current_user
from flask_wtf.csrf import CSRFError

from app.core.config import settings
from app.core.extensions import csrf, login
from app.core.unit_of_work import platform_session
from app.domain.permissions import Caller
from app.queries import callers, tills
from app.queries.callers import Visitor
from app.queries.tills import AtTill, Till
from app.services import sessions

_SAFE = {"GET", "HEAD", "OPTIONS"}
_OWN_SITES = {"same-origin", "none"}
_DEVICE_DAYS = 400  # the longest that browsers keep a cookie
_DAY_SECONDS = 86_400


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


def till_here() -> Till | None:
    """Return the paired till that this browser is, at the address at hand; looked up once a request."""
    if "till_here" not in g:
        secret = request.cookies.get(till_cookie("device"))
        with platform_session():
            g.till_here = tills.till_by_secret(secret, g.slug) if secret else None
    found: Till | None = g.till_here
    return found


def signed_in_at(till: Till) -> AtTill | None:
    """Return who is signed in at a till by PIN."""
    secret = request.cookies.get(till_cookie("sid"))
    if not secret:
        return None
    with platform_session():
        found = tills.at_till(till, secret)
        if found is not None and found.is_stale and found.caller.session_id:
            sessions.note_seen(found.caller.session_id)
    return found


def till_cookie(name: str) -> str:
    """Return the full name of a till's cookie: "device" says which till it is, "sid" who is signed in."""
    return f"__Secure-till-{name}" if settings().is_https else f"till-{name}"


def set_till_cookie(response: Response, name: str, secret: str) -> None:
    """Hand a till its secret; it is sent to the till's own pages alone."""
    age = _DEVICE_DAYS * _DAY_SECONDS if name == "device" else None
    flags = {"secure": settings().is_https, "httponly": True, "samesite": "Lax"}
    response.set_cookie(till_cookie(name), secret, max_age=age, path=f"/b/{g.slug}/till", **flags)  # type: ignore[arg-type]


def drop_till_cookie(response: Response, name: str) -> None:
    """Take one of a till's secrets out of the browser."""
    flags = {"secure": settings().is_https, "httponly": True, "samesite": "Lax"}
    response.delete_cookie(till_cookie(name), path=f"/b/{g.slug}/till", **flags)  # type: ignore[arg-type]


def check_origin() -> None:
    """Refuse a change that another site asks for, and a form without our token (CSRFError); not for the API.

    A view that says so (`is_sent_by_script`) takes JSON without a token: no form of another site can send that type,
    and a browser that says where a request comes from must say that it is ours. One whose address is signed
    (`is_proven_by_address`) takes a mail program's one click, which knows no token (RFC 8058).
    """
    if request.method in _SAFE or request.path.startswith("/api/"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    is_foreign = site not in _OWN_SITES if site else bool(origin) and urlsplit(origin or "").netloc != request.host
    if is_foreign:
        raise CSRFError("The form was sent from another site")
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "is_sent_by_script", False) and request.mimetype == "application/json":
        return
    if not getattr(view, "is_proven_by_address", False):
        csrf.protect()


def is_on_this_machine() -> bool:
    """Say whether the caller sits on this machine and is not forwarded from elsewhere."""
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    try:
        return not is_forwarded and ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
