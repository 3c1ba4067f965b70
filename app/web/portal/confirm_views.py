"""The code that confirms a member's new phone number or e-mail address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for

from app.domain.errors import Conflict
from app.domain.permissions import Open
from app.services import portal_profile
from app.web.portal.door import acting_member, count_visit, visiting_member
from app.web.portal.entry_views import WRONG
from app.web.support.doors import area, page

bp = area("portal_confirm", __name__, "/profile", door="m")


@page(bp, "/contact/<uuid:challenge_id>", permission=Open.MEMBER, methods=("GET", "POST"), keeps_refusals=True)
def confirm(challenge_id: UUID) -> Any:
    """Ask for the code, or make the change that it confirms; a wrong code is counted."""
    if visiting_member() is None:
        return redirect(url_for("portal_entry.sign_in"), 303)
    if request.method == "GET":
        return _form(challenge_id, {})
    count_visit()
    code, member_id = request.form.get("code", "")[:64], g.member.member_id
    try:
        is_right = portal_profile.confirm_contact_change(member_id, challenge_id, code, actor=acting_member())
    except Conflict as error:
        return _form(challenge_id, {"": error.message}), 422
    if not is_right:
        return _form(challenge_id, {"code": WRONG}), 422
    flash("Your card has the new address.", "ok")
    return redirect(url_for("portal_profile.show"), 303)


def _form(challenge_id: UUID, errors: dict[str, str]) -> str:
    return render_template("portal/confirm.html", challenge_id=challenge_id, errors=errors)
