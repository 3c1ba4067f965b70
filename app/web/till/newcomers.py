"""A new customer at the counter: a phone number or an e-mail address, and a yes to the mails about the card."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from app.domain.errors import Conflict, ValidationErrors
from app.domain.permissions import Permission
from app.services.consents import set_consent
from app.services.members import create_member
from app.web.support.doors import area, page
from app.web.support.htmx import SEE_OTHER
from app.web.till.frame import frame

bp = area("till_newcomers", __name__, "/till", is_till=True)

_FIELDS = ("contact", "name", "agrees")


@page(bp, "/members/new", permission=Permission.MEMBER_EDIT, methods=("GET", "POST"))
def create() -> Any:
    """Ask for one way to reach them and what they agree to, then go on to their card."""
    values = {name: (request.values.get(name) or "").strip()[:200] for name in _FIELDS}
    if request.method == "GET":
        return _form(values, {})
    if not values["agrees"]:
        return _form(values, {"agrees": "Ask the customer, and tick it when they agree"}), 422
    try:
        member_id = create_member(_body(values), actor=g.caller.actor)
    except ValidationErrors as error:
        return _form(values, {"contact": next(iter(error.errors.values()))[0]}), 422
    except Conflict:
        return _form(values, {"contact": "Somebody has this number or address already. Find them instead"}), 422
    set_consent(member_id, "card_mail", True, source="till", words=_sentence())
    return redirect(url_for("till.member", member_id=member_id), SEE_OTHER)


def _body(values: dict[str, str]) -> dict[str, str]:
    """Return the member's body; raises ValidationErrors where there is nothing to reach them by."""
    contact = values["contact"]
    if not contact:
        raise ValidationErrors({"contact": ["Enter a phone number or an e-mail address"]})
    way = "email" if "@" in contact else "phone"
    return {way: contact} | ({"name": values["name"]} if values["name"] else {})


def _sentence() -> str:
    return f"{g.business['name']} may keep this contact for the card and write about it."


def _form(values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("till/newcomer.html", **frame(), values=values, errors=errors, sentence=_sentence())
