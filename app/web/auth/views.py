"""Signing in, signing up and signing out on the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.ids import new_id
from app.core.passwords import hash_password
from app.core.unit_of_work import platform_session, unit_of_work
from app.domain.actor import Actor
from app.domain.errors import Conflict, ValidationErrors
from app.domain.permissions import Open
from app.services import account_mails, sessions
from app.services.businesses import create_business
from app.services.onboarding import plan_nudges
from app.services.program_templates import start_with_industry
from app.web.auth import forms
from app.web.auth.guesses import guessed_place
from app.web.auth.signing_in import home_of, replaced, signed_in, visit, write_to
from app.web.support import guards
from app.web.support.doors import page
from app.web.support.tries import count_try

bp = Blueprint("auth", __name__)

_WRONG = "E-mail and password do not fit."


@page(bp, "/login", permission=Open.ANYONE, methods=("GET", "POST"))
def login() -> Any:
    """Show the form, or sign somebody in."""
    if request.method == "GET":
        if guards.visitor() is not None:
            return redirect(home_of(guards.visitor().user_id), 303)  # type: ignore[union-attr]
        return render_template("auth/login.html", values={}, errors={}, next_url=_next(request.args.get("next")))
    count_try("address")
    email, password = request.form.get("email", ""), request.form.get("password", "")
    with platform_session():
        user_id = sessions.authenticate(email, password)
        secret = sessions.open_web_session(user_id, visit(), replaced()) if user_id else None
    if user_id is None or secret is None:
        wanted = _next(request.form.get("next"))
        context = {"values": {"email": email}, "errors": {"": _WRONG}, "next_url": wanted}
        return render_template("auth/login.html", **context), 422
    return signed_in(secret, _next(request.form.get("next")) or home_of(user_id))


@page(bp, "/signup", permission=Open.ANYONE, methods=("GET", "POST"))
def signup() -> Any:
    """Show the form, or found a business and sign its owner in; whoever has an account is told so by mail alone."""
    if request.method == "GET":
        values = guessed_place(request.accept_languages.values())
        return render_template("auth/signup.html", **forms.choices(), values=values, errors={}, guess_timezone=True)
    count_try("address")
    try:
        form = forms.read_signup(request.form)
        with unit_of_work(new_id()):
            _, user_id = create_business(**form)
            program_id = _ready_draft(form["industry"], user_id, form["owner_email"])
            plan_nudges()
            secret = sessions.open_web_session(user_id, visit(), replaced())
    except ValidationErrors as error:
        return _again({name: messages[0] for name, messages in error.errors.items()})
    except Conflict:
        hash_password(form["password"])  # the work that a new account would have been
        write_to(form["owner_email"], account_mails.mail_account_exists)
        return redirect(url_for("auth.sent"), 303)
    return signed_in(secret, f"{home_of(user_id)}welcome{f'/{program_id}' if program_id else ''}")


@page(bp, "/logout", permission=Open.ANYONE, methods=("POST",))
def logout() -> Response:
    """End the session, here and in every copy of the cookie."""
    person = guards.visitor()
    if person is not None:
        with platform_session():
            sessions.end_session(person.session_id, "signed out")
    response = redirect("/login", 303)
    guards.sign_out_cookie(response)  # type: ignore[arg-type]
    return response


@page(bp, "/", permission=Open.ANYONE)
def start() -> Response:
    """Lead everybody to where they belong."""
    person = guards.visitor()
    return redirect(home_of(person.user_id) if person else "/login", 303)


def _ready_draft(industry: str | None, user_id: UUID, email: str) -> UUID | None:
    """Make the draft that waits for a new owner; who has not said their kind of business is asked for it next."""
    return start_with_industry(industry, actor=Actor("user", user_id, email)) if industry else None


def _again(errors: dict[str, str]) -> Any:
    values = {name: value for name, value in request.form.items() if name != "password"}
    return render_template("auth/signup.html", **forms.choices(), values=values, errors=errors), 422


def _next(url: str | None) -> str | None:
    """Return an address of our own to go on to; anything that could lead elsewhere is dropped."""
    is_own = bool(url) and url.startswith("/") and not url.startswith(("//", "/\\"))  # type: ignore[union-attr]
    return url if is_own and "\\" not in (url or "") and (url or "").isprintable() else None
