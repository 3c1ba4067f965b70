"""Settings of the API keys: made, shown once, revoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.errors import ValidationErrors
from app.domain.permissions import Permission
from app.queries import staff
from app.queries.paging import UnknownCursor
from app.services.api_keys import create_api_key, revoke_api_key
from app.web.business.settings.forms import checked_name
from app.web.business.settings.key_words import known_permissions, permission_groups, permission_words
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.settings_tabs import settings_tabs
from app.web.support.words import listed

bp = area("settings_keys", __name__, "/settings/api-keys")

_ROLES = [("staff", "Staff: purchases, members, vouchers"), ("manager", "Manager: programs and rewards too")]
_PAGE_SIZE = 50


@page(bp, "", permission=Permission.API_KEY_EDIT)
def index() -> str:
    """List the keys in use, the newest first."""
    try:
        found = staff.api_keys_page(request.args.get("after"), _PAGE_SIZE)
    except UnknownCursor:
        abort(404)
    return render_template(
        "business/settings/keys.html",
        tabs=settings_tabs("settings_keys.index"),
        keys=[_row(row) for row in found.rows],
        newer_url=url_for("settings_keys.index") if request.args.get("after") else None,
        older_url=url_for("settings_keys.index", after=found.next_cursor) if found.next_cursor else None,
    )


@page(bp, "/new", permission=Permission.API_KEY_EDIT, methods=("GET", "POST"))
def create() -> Any:
    """Show the form, or make a key and show it this once."""
    values = {"name": request.form.get("name", "").strip(), "role": request.form.get("role", "staff")}
    ticked = known_permissions(request.form.getlist("permissions"))
    is_narrowed = request.form.get("scope") == "some"
    if request.method == "GET":
        return _form(values, ticked, {}, is_narrowed=False)
    errors = _errors(values, ticked, is_narrowed=is_narrowed)
    if errors:
        return _form(values, ticked, errors, is_narrowed=is_narrowed), 422
    try:
        key_id, key = create_api_key(values["name"], values["role"], ticked if is_narrowed else None, g.caller.actor)
    except ValidationErrors:
        message = {"permissions": "A key of the role Staff may not do all of that. Choose Manager, or tick less."}
        return _form(values, ticked, message, is_narrowed=is_narrowed), 422
    made = _row(staff.api_key(key_id))
    return render_template("business/settings/key_made.html", made=made, key=key)


@page(bp, "/<uuid:key_id>/revoke", permission=Permission.API_KEY_EDIT, methods=("POST",))
def revoke(key_id: UUID) -> Response:
    """End a key at once."""
    name = staff.api_key(key_id)["name"]
    revoke_api_key(key_id, g.caller.actor)
    flash(f"{name} is revoked. Whoever uses it is refused from now on.", "ok")
    return go_to(url_for("settings_keys.index"))


def _errors(values: Mapping[str, str], ticked: list[str], *, is_narrowed: bool) -> dict[str, str]:
    errors = {}
    try:
        checked_name(values["name"], "a name, such as the software that will use the key")
    except ValueError as error:
        errors["name"] = str(error)
    if values["role"] not in dict(_ROLES):
        errors["role"] = "Choose a role"
    if is_narrowed and not ticked:
        errors["permissions"] = "Tick at least one thing that the key may do"
    return errors


def _row(key: Mapping[str, Any]) -> dict[str, Any]:
    only = key["permissions"]
    may = listed([permission_words(name).lower() for name in only]) if only else "all that the role may do"
    return dict(key) | {"may_words": may[:1].upper() + may[1:]}


def _form(values: dict[str, str], ticked: list[str], errors: dict[str, str], *, is_narrowed: bool) -> str:
    return render_template(
        "business/settings/key.html",
        values=values,
        errors=errors,
        roles=_ROLES,
        groups=permission_groups(),
        ticked=ticked,
        is_narrowed=is_narrowed,
    )
