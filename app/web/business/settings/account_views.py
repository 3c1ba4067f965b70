"""A person's own account: the password, and where they are signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.accounts import checked_password
from app.domain.errors import ValidationErrors
from app.domain.permissions import Open
from app.queries.sign_ins import live_sign_ins
from app.queries.staff import user
from app.services import sessions
from app.services.account import change_own_password, end_other_sessions, end_own_session
from app.services.sessions import Visit
from app.web.business.settings.forms import first_messages
from app.web.support import guards
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.tries import count_try

bp = area("settings_account", __name__, "/account")

_KINDS = {"api": "Software with your sign-in", "till": "Till"}
_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
_BROWSER_WORDS = {"Edg": "Edge", "OPR": "Opera"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


@page(bp, "", permission=Open.ANY_ROLE)
def show() -> str:
    """Show the account of whoever is signed in."""
    return _form({})


@page(bp, "/password", permission=Open.ANY_ROLE, methods=("POST",))
def change_password() -> Any:
    """Change the password: all sign-ins end, and this browser gets a new one."""
    user_id = g.caller.principal_id
    count_try("password", str(user_id))
    current, new = request.form.get("current", ""), request.form.get("password", "")
    try:
        checked_password(new)
        change_own_password(user_id, current, new, g.caller.actor)
    except ValidationErrors as error:
        return _form(first_messages(error.errors)), 422
    except ValueError as error:
        return _form({"password": str(error)}), 422
    visit = Visit(request.remote_addr or "", request.headers.get("User-Agent", ""))
    secret = sessions.open_web_session(user_id, visit)
    flash("Your password is changed. You are signed out everywhere else.", "ok")
    response = go_to(url_for("settings_account.show"))
    guards.sign_in_cookie(response, secret)  # type: ignore[arg-type]
    return response


@page(bp, "/sign-ins/<uuid:session_id>/end", permission=Open.ANY_ROLE, methods=("POST",))
def end(session_id: UUID) -> Response:
    """Sign out somewhere else."""
    end_own_session(g.caller.principal_id, session_id)
    flash("Signed out there.", "ok")
    return go_to(url_for("settings_account.show"))


@page(bp, "/sign-ins/end-others", permission=Open.ANY_ROLE, methods=("POST",))
def end_others() -> Response:
    """Sign out everywhere but here."""
    ended = end_other_sessions(g.caller.principal_id, g.caller.session_id)
    flash("Signed out everywhere else." if ended else "You are signed in nowhere else.", "ok")
    return go_to(url_for("settings_account.show"))


def agent_words(agent: str) -> str:
    """Return "Chrome on Windows" for what a browser says of itself; what is neither is "A browser"."""
    browser = next((name for name in _BROWSERS if re.search(rf"{name}\w*/", agent)), None)
    system = next((words for sign, words in _SYSTEMS.items() if sign in agent), None)
    shown = _BROWSER_WORDS.get(browser, browser) if browser else "A browser"
    return f"{shown} on {system}" if system else str(shown)


def _row(found: Mapping[str, Any]) -> dict[str, Any]:
    words = _KINDS.get(found["kind"]) or agent_words(found["agent"])
    return dict(found) | {"words": words, "is_here": found["id"] == g.caller.session_id}


def _form(errors: dict[str, str]) -> str:
    account = user(g.caller.principal_id)
    rows = [_row(found) for found in live_sign_ins(g.caller.principal_id)]
    return render_template("business/settings/account.html", account=account, sign_ins=rows, errors=errors)
