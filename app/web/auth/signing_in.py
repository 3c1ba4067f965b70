"""What signing in, signing up and mailed links share: the cookie, and where everybody belongs."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from app.core import limits
from app.core.unit_of_work import platform_session, unit_of_work
from app.domain.permissions import Role
from app.queries import accounts, callers
from app.queries.accounts import Mailbox
from app.services.sessions import Visit
from app.web.support import guards

_STEADY_SECONDS = 0.3
_MAILS = "3 per hour"


def wait_since(began: float) -> None:
    """Let the answer come a fixed while after ``began`` (time.monotonic), whatever was found in between."""
    time.sleep(max(0.0, began + _STEADY_SECONDS - time.monotonic()))


def write_to(email: str, mail: Callable[[Mailbox], None]) -> None:
    """Have a mail written to the account of an address, if there is one; at most three an hour to each."""
    with platform_session():
        mailbox = accounts.mailbox(email)
    allowance = limits.hit(_MAILS, "account mails", email.lower())
    if mailbox is not None and not (allowance and allowance.is_over):
        with unit_of_work(mailbox.business_id):
            mail(mailbox)


def visit() -> Visit:
    """Return where this sign-in comes from."""
    return Visit(request.remote_addr or "", request.headers.get("User-Agent", ""))


def replaced() -> UUID | None:
    """Return the session that a new one takes the place of."""
    person = guards.visitor()
    return person.session_id if person else None


def signed_in(secret: str, url: str) -> Response:
    """Hand out the cookie and go on."""
    response = redirect(url, 303)
    guards.sign_in_cookie(response, secret)  # type: ignore[arg-type]
    return response


def home_of(user_id: UUID) -> str:
    """Return the first business's pages, the till for those who only work there."""
    with platform_session():
        found = callers.businesses_of(user_id)
    if not found:
        abort(403)
    slug, _, role = found[0]
    return f"/b/{slug}/till/" if role == Role.STAFF else f"/b/{slug}/"
