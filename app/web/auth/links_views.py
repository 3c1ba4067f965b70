"""Mailed links: a new password for who has forgotten theirs, and the way back to a draft that waits."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.account_links import AccountLink, Purpose
from app.core.unit_of_work import platform_session, unit_of_work
from app.domain.accounts import checked_email, checked_password
from app.domain.errors import NotFound
from app.domain.permissions import Open
from app.queries import accounts, programs
from app.services import account_mails, sessions
from app.web.auth import views
from app.web.auth.signing_in import replaced, signed_in, visit, wait_since, write_to
from app.web.support import guards
from app.web.support.doors import page
from app.web.support.tries import count_try


@page(views.bp, "/password", permission=Open.ANYONE, methods=("GET", "POST"))
def forgot_password() -> Any:
    """Ask for the address, and mail a link to it if it has an account; everybody gets the same answer."""
    if request.method == "GET":
        return render_template("auth/password.html", values={}, errors={})
    count_try("address")
    began, typed = time.monotonic(), request.form.get("email", "")
    try:
        email = checked_email(typed)
    except ValueError as error:
        return render_template("auth/password.html", values={"email": typed}, errors={"email": str(error)}), 422
    write_to(email, account_mails.mail_password_link)
    wait_since(began)
    return redirect(url_for("auth.sent"), 303)


@page(views.bp, "/sent", permission=Open.ANYONE)
def sent() -> str:
    """Say that a mail may be on its way: the same words whether or not it is."""
    return render_template("auth/sent.html")


@page(views.bp, "/password/new/<token>", permission=Open.ANYONE, methods=("GET", "POST"))
def new_password(token: str) -> Any:
    """Set a new password by a mailed link, then ask for it; opening the link alone uses nothing up."""
    if request.method == "GET":
        with platform_session():
            link = accounts.genuine_link(token, Purpose.RESET)
        return render_template("auth/new_password.html", token=token, errors={}) if link else _over()
    count_try("address")
    try:
        password = checked_password(request.form.get("password", ""))
    except ValueError as error:
        return render_template("auth/new_password.html", token=token, errors={"password": str(error)}), 422
    with platform_session():
        is_set = account_mails.reset_password(token, password)
    if not is_set:
        return _over()
    flash("Your password is changed. Sign in with the new one.", "ok")
    return redirect(url_for("auth.login"), 303)


@page(views.bp, "/draft/<token>", permission=Open.ANYONE, methods=("GET", "POST"))
def draft(token: str) -> Any:
    """Lead owners to the review of their draft; a button signs in who is not, since mail readers open links too."""
    with platform_session():
        link = accounts.genuine_link(token, Purpose.DRAFT)
        slug = accounts.slug_for(link.user_id, link.business_id) if link and link.business_id else None
    if link is None or slug is None:
        return _over()
    name = _draft_name(link)
    review = url_for("wizard.review", slug=slug, program_id=link.thing_id)
    person = guards.visitor()
    if name is None or (person and person.user_id == link.user_id):
        return redirect(review if name else url_for("dashboard.home", slug=slug), 303)
    if request.method == "GET":
        return render_template("auth/draft.html", token=token, name=name)
    count_try("address")
    with platform_session():
        secret = sessions.open_web_session(link.user_id, visit(), replaced())
    return signed_in(secret, review)


def _draft_name(link: AccountLink) -> str | None:
    """Return the name of the draft; None when it is live by now, or gone."""
    assert isinstance(link.business_id, UUID)
    assert isinstance(link.thing_id, UUID)
    with unit_of_work(link.business_id):
        try:
            program = programs.program(link.thing_id)
        except NotFound:
            return None
    return str(program["name"]) if program["status"] == "DRAFT" else None


def _over() -> tuple[str, int] | Response:
    return render_template("auth/link_over.html"), 404
