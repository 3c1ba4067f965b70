"""Settings of the team: who works here in which role, and who is invited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.domain.accounts import checked_email, checked_pin
from app.domain.errors import Conflict, PreconditionFailed
from app.domain.permissions import Permission, Role
from app.queries import staff
from app.queries.paging import UnknownCursor
from app.services.invitations import invite_staff, resend_invitation, revoke_invitation
from app.services.staff import remove_staff, update_staff
from app.web.business.settings.forms import MOVED, checked_name, version_of
from app.web.support.context import initials
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.settings_tabs import settings_tabs

bp = area("settings_team", __name__, "/settings/team")

ROLES = [
    ("staff", "Staff: the till, members and purchases"),
    ("manager", "Manager: everything but the team and API keys"),
    ("owner", "Owner: everything"),
]
_PAGE_SIZE = 50


@page(bp, "", permission=Permission.STAFF_VIEW)
def index() -> str:
    """List who works here, the newest first, and the invitations that are open."""
    try:
        found = staff.staff_page(request.args.get("after"), _PAGE_SIZE)
    except UnknownCursor:
        abort(404)
    return render_template(
        "business/settings/team.html",
        tabs=settings_tabs("settings_team.index"),
        people=[_person(row) for row in found.rows],
        invitations=[row | {"is_over": row["expiresAt"] <= clock.now()} for row in staff.open_invitations()],
        may_edit=g.caller.may(Permission.STAFF_EDIT),
        newer_url=url_for("settings_team.index") if request.args.get("after") else None,
        older_url=url_for("settings_team.index", after=found.next_cursor) if found.next_cursor else None,
    )


@page(bp, "/invite", permission=Permission.STAFF_EDIT, methods=("GET", "POST"))
def invite() -> Any:
    """Show the form, or invite somebody by mail."""
    typed = {"email": "", "name": "", "role": "staff"} | _typed("email", "name", "role")
    if request.method == "GET":
        return _invite_form(typed, {})
    errors = _checked(typed, email=checked_email, role=_checked_role)
    if not errors:
        try:
            invite_staff(typed["email"], typed["name"], typed["role"], g.caller.actor)
        except Conflict as error:
            errors = {"email": error.message}
    if errors:
        return _invite_form(typed, errors), 422
    flash(f"The invitation is on its way to {typed['email']}. It is good for seven days.", "ok")
    return go_to(url_for("settings_team.index"))


@page(bp, "/<uuid:staff_id>", permission=Permission.STAFF_EDIT, methods=("GET", "POST"))
def edit(staff_id: UUID) -> Any:
    """Show somebody, or change name, role and the PIN of the till."""
    person = staff.staff_member(staff_id)
    typed = {"name": person["name"], "role": person["role"]} | _typed("name", "role")
    if request.method == "GET":
        return _edit_form(person, typed, {})
    changes: dict[str, Any] = {name: typed[name] for name in ("name", "role") if typed[name] != person[name]}
    errors = _checked(typed, name=lambda text: checked_name(text, "a name"), role=_checked_role)
    errors |= _read_pin(changes)
    if not errors:
        try:
            update_staff(staff_id, changes, g.caller.actor, version_of(request.form))
        except Conflict as error:
            errors = {"role": error.message}
        except PreconditionFailed:
            errors = {"": MOVED}
    if errors:
        return _edit_form(person, typed, errors), 422
    flash(f"{typed['name']} is changed. It counts from the next click.", "ok")
    return go_to(url_for("settings_team.index"))


@page(bp, "/<uuid:staff_id>/remove", permission=Permission.STAFF_EDIT, methods=("POST",))
def remove(staff_id: UUID) -> Any:
    """Let somebody go; their access ends at once."""
    person = staff.staff_member(staff_id)
    try:
        remove_staff(staff_id, g.caller.actor)
    except Conflict as error:
        typed = {"name": person["name"], "role": person["role"]}
        return _edit_form(person, typed, {"": error.message}), 422
    flash(f"{person['name'] or person['email']} has no access any more.", "ok")
    return go_to(url_for("settings_team.index"))


@page(bp, "/invitations/<uuid:invitation_id>/resend", permission=Permission.STAFF_EDIT, methods=("POST",))
def resend(invitation_id: UUID) -> Response:
    """Send an invitation again."""
    try:
        resend_invitation(invitation_id, g.caller.actor)
        flash("The invitation is sent again. The earlier link opens no more.", "ok")
    except Conflict as error:
        flash(error.message, "bad")
    return go_to(url_for("settings_team.index"))


@page(bp, "/invitations/<uuid:invitation_id>/revoke", permission=Permission.STAFF_EDIT, methods=("POST",))
def revoke(invitation_id: UUID) -> Response:
    """Take an invitation back."""
    revoke_invitation(invitation_id, g.caller.actor)
    flash("The invitation is taken back. Its link opens no more.", "ok")
    return go_to(url_for("settings_team.index"))


def _person(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["name"] or row["email"]
    return dict(row) | {"shown": name, "initials": initials(name), "is_me": row["userId"] == g.caller.principal_id}


def _typed(*names: str) -> dict[str, str]:
    return {name: request.form[name].strip() for name in names if name in request.form}


def _checked(typed: Mapping[str, str], **checks: Callable[[str], str]) -> dict[str, str]:
    errors = {}
    for name, check in checks.items():
        try:
            check(typed[name])
        except ValueError as error:
            errors[name] = str(error)
    return errors


def _checked_role(text: str) -> str:
    if text not in set(Role):
        raise ValueError("Choose a role")
    return text


def _read_pin(changes: dict[str, Any]) -> dict[str, str]:
    """Put the PIN into the changes where one was typed or taken away."""
    pin = request.form.get("pin", "").strip()
    if request.form.get("drop_pin"):
        changes["pin"] = None
    elif pin:
        try:
            changes["pin"] = checked_pin(pin)
        except ValueError as error:
            return {"pin": str(error)}
    return {}


def _invite_form(values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("business/settings/invite.html", values=values, errors=errors, roles=ROLES)


def _edit_form(person: Mapping[str, Any], values: dict[str, str], errors: dict[str, str]) -> str:
    shown = _person(person)
    return render_template("business/settings/person.html", person=shown, values=values, errors=errors, roles=ROLES)
