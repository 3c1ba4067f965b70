"""Signing in by a mailed code or link, and signing out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.errors import ValidationErrors
from app.domain.permissions import Open
from app.services import portal_sign_in
from app.services.portal_sign_in import normal_contact
from app.web.portal.code_limits import is_too_many
from app.web.portal.door import count_visit, drop_session, keep_session, visiting_member
from app.web.support.doors import area, page

bp = area("portal_entry", __name__, door="m")

WRONG = "This code is not right, or its 10 minutes are over. After five tries ask for a new one"
LINK_OVER = "This link is over. Ask for a new one"
TOO_MANY = "That were many codes in an hour. Use the newest one, or try again later"


@page(bp, "/sign-in", permission=Open.ANYONE, methods=("GET", "POST"))
def sign_in() -> Any:
    """Ask for a phone number or an e-mail address, and go on to the code whoever that is."""
    if request.method == "GET":
        return redirect(url_for("portal.home"), 303) if visiting_member() else _form("", {})
    count_visit()
    typed = request.form.get("contact", "").strip()[:300]
    try:
        contact = normal_contact(typed)
        if is_too_many(contact):
            return _form(typed, {"contact": TOO_MANY}), 422
    except ValidationErrors as error:
        return _form(typed, {"contact": error.errors["contact"][0]}), 422
    return redirect(url_for("portal_entry.enter", challenge_id=portal_sign_in.ask_for_code(contact)), 303)


@page(bp, "/enter/<uuid:challenge_id>", permission=Open.ANYONE, methods=("GET", "POST"), keeps_refusals=True)
def enter(challenge_id: UUID) -> Any:
    """Ask for the code, or open a session by it."""
    is_new = request.args.get("joined") == "yes"
    if request.method == "GET":
        return render_template("portal/enter.html", challenge_id=challenge_id, is_new=is_new, errors={})
    return _entered(challenge_id, request.form.get("code", "")) or (
        render_template("portal/enter.html", challenge_id=challenge_id, is_new=is_new, errors={"code": WRONG}),
        422,
    )


@page(bp, "/enter/<uuid:challenge_id>/<link>", permission=Open.ANYONE, methods=("GET", "POST"), keeps_refusals=True)
def enter_by_link(challenge_id: UUID, link: str) -> Any:
    """Show the button behind the mailed link, which a mail program's own look does not press, or open a session."""
    if request.method == "GET":
        return _link_page(challenge_id, link, {})
    return _entered(challenge_id, link) or (
        _link_page(challenge_id, link, {"": LINK_OVER}),
        422,
    )


@page(bp, "/sign-out", permission=Open.MEMBER, methods=("POST",))
def sign_out() -> Response:
    """End the session on this device."""
    found = visiting_member()
    if found is not None:
        portal_sign_in.end_session(found.session_id, "signed out")
    response = redirect(url_for("portal_entry.sign_in"), 303)
    drop_session(response)
    return response


def _entered(challenge_id: UUID, given: str) -> Response | None:
    count_visit()
    secret = portal_sign_in.open_session(challenge_id, given[:64], request.headers.get("User-Agent", ""))
    if secret is None:
        return None
    response = redirect(url_for("portal.home"), 303)
    keep_session(response, secret)
    return response


def _form(typed: str, errors: dict[str, str]) -> str:
    return render_template("portal/sign_in.html", values={"contact": typed}, errors=errors)


def _link_page(challenge_id: UUID, link: str, errors: dict[str, str]) -> str:
    return render_template("portal/enter_by_link.html", challenge_id=challenge_id, link=link, errors=errors)
