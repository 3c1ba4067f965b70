"""Accepting an invitation to work for a business: the page behind the link of the mail."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for

from app.domain.accounts import checked_password
from app.domain.errors import ValidationErrors
from app.domain.permissions import Open, Role
from app.services import sessions
from app.services.invitations import accept_invitation, invitation_behind
from app.services.sessions import Visit
from app.web.support import guards
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.tries import count_try

bp = area("invitations", __name__, "/invitation")

_ROLES = {"owner": "as an owner", "manager": "as a manager", "staff": "to work at the till"}
_LONGEST_NAME = 120


@page(bp, "/<token>", permission=Open.ANYONE, methods=("GET", "POST"))
def show(token: str) -> Any:
    """Show who invites whom, or take the person on and sign them in."""
    if request.method == "POST":
        count_try("address")
    invitation = invitation_behind(token)
    if invitation is None:
        return render_template("public/invitation_over.html"), 404
    invitation["role_words"] = _ROLES[invitation["role"]]
    typed = {"name": request.form.get("name", invitation["name"]).strip()[:_LONGEST_NAME]}
    if request.method == "GET":
        return _form(invitation, typed, {})
    password = request.form.get("password", "")
    errors = _errors(typed["name"], password, is_new=not invitation["hasAccount"])
    if errors:
        return _form(invitation, typed, errors), 422
    try:
        user_id, role = accept_invitation(token, typed["name"], password)
    except ValidationErrors as error:
        return _form(invitation, typed, {name: messages[0] for name, messages in error.errors.items()}), 422
    visitor = guards.visitor()
    visit = Visit(request.remote_addr or "", request.headers.get("User-Agent", ""))
    secret = sessions.open_web_session(user_id, visit, visitor.session_id if visitor else None)
    flash("Welcome. You are part of the team now.", "ok")
    response = go_to(url_for("till.find" if role == Role.STAFF else "dashboard.home"))
    guards.sign_in_cookie(response, secret)  # type: ignore[arg-type]
    return response


def _errors(name: str, password: str, *, is_new: bool) -> dict[str, str]:
    errors = {} if name and "\0" not in name else {"name": "Enter your name"}
    if is_new:
        try:
            checked_password(password)
        except ValueError as error:
            errors["password"] = str(error)
    elif not password:
        return errors | {"password": "Enter your password"}
    return errors


def _form(invitation: dict[str, Any], values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("public/invitation.html", invitation=invitation, values=values, errors=errors)
