"""Joining: one page, one box, one tick; members and strangers are answered alike."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from app.domain.errors import ValidationErrors
from app.domain.permissions import Open
from app.services.joining import join_by_contact
from app.services.portal_sign_in import normal_contact
from app.web.portal.code_limits import is_too_many
from app.web.portal.door import count_visit
from app.web.portal.entry_views import TOO_MANY
from app.web.support.doors import area, page
from app.web.support.offer import front_offer

bp = area("portal_join", __name__, door="m")

_FIELDS = ("contact", "agreed", "referral_code", "at")


@page(bp, "/join", permission=Open.ANYONE, methods=("GET", "POST"))
def join() -> Any:
    """Show the offer with its form, or make a member; 303 to the same answer for those who are one already."""
    if request.method == "GET":
        return _form({"referral_code": request.args.get("friend", ""), "at": request.args.get("at", "")}, {})
    count_visit()
    typed = {name: request.form.get(name, "").strip()[:300] for name in _FIELDS}
    try:
        return redirect(_joined(typed), 303)
    except ValidationErrors as error:
        return _form(typed, {name: messages[0] for name, messages in error.errors.items()}), 422


@page(bp, "/joined", permission=Open.ANYONE)
def joined() -> str:
    """Say what to do now that one is a member by phone number."""
    return render_template("portal/joined.html")


def _joined(typed: dict[str, str]) -> str:
    """Make the member and return the address of what comes next. Raises ValidationErrors, all at once."""
    errors: dict[str, list[str]] = {}
    contact = None
    try:
        contact = normal_contact(typed["contact"])
    except ValidationErrors as error:
        errors |= error.errors
    if not typed["agreed"]:
        errors["agreed"] = ["Tick the box, so that we may keep your card"]
    if contact is not None and is_too_many(contact):
        errors["contact"] = [TOO_MANY]
    if errors or contact is None:
        raise ValidationErrors(errors)
    challenge_id = join_by_contact(
        contact, words=agreement(), referral_code=typed["referral_code"], joined_at=typed["at"]
    )
    if challenge_id is None:
        return url_for("portal_join.joined")
    return url_for("portal_entry.enter", challenge_id=challenge_id, joined="yes")


def agreement() -> str:
    """Return the sentence of the tick, as it is kept with what the member agreed to."""
    return (
        f"{g.business['name']} may keep my number or address for my card and write to me about it. I can stop any time."
    )


def _form(typed: dict[str, str], errors: dict[str, str]) -> str:
    offer = front_offer(g.business)
    return render_template("portal/join.html", offer=offer, values=typed, errors=errors, agreement=agreement())
