"""The details of a member, and the fields that the business keeps of all of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, render_template, request, url_for

from app.core import clock
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.permissions import Permission
from app.queries.member_desk import desk_of
from app.queries.members import member as read_one
from app.services import member_tags
from app.services.members import note_looked, update_member
from app.web.business.members import views
from app.web.support.doors import page
from app.web.support.htmx import go_to
from app.web.support.words import called

_TYPED = {"name": "name", "phone": "phone", "email": "email", "birthday": "birthday", "external_id": "externalId"}
_KINDS = [("text", "Text"), ("number", "Number"), ("date", "Date"), ("choice", "One of several choices")]


@page(views.bp, "/<uuid:member_id>/edit", permission=Permission.MEMBER_EDIT, methods=("GET", "POST"))
def edit(member_id: UUID) -> Any:
    """Change what is kept about a member; the form shows the contact, so that somebody looked is in the audit log."""
    member = read_one(member_id)
    own = member_tags.own_fields()
    if request.method == "GET":
        note_looked(member_id, "contact_shown", actor=g.caller.actor)
        values = {name: str(member[key] or "") for name, key in _TYPED.items()}
        values |= {f"own-{key}": str(member["metadata"].get(key, "")) for key in own}
        values["note"] = desk_of(member_id, clock.now())["note"]
        return _form(member, values, {})
    typed = {name: request.form.get(name, "").strip() for name in (*_TYPED, "note", *(f"own-{key}" for key in own))}
    body = {key: typed[name] or None for name, key in _TYPED.items() if name != "name" or typed[name]}
    errors: dict[str, str] = {}
    for save in (
        lambda: update_member(member_id, body, actor=g.caller.actor),
        lambda: member_tags.set_note(member_id, typed["note"], actor=g.caller.actor),
        lambda: member_tags.set_own_fields(member_id, {key: typed[f"own-{key}"] for key in own}, actor=g.caller.actor),
    ):
        errors |= _refused(save, set(own))
    if errors:
        return _form(member, typed, errors), 422
    flash("Saved.", "ok")
    return go_to(url_for("members.show", member_id=member_id))


@page(views.bp, "/fields", permission=Permission.MEMBER_FIELDS, methods=("GET", "POST"))
def fields() -> Any:
    """List the business's own fields, and keep one more."""
    if request.method == "GET":
        return _fields({}, {})
    typed = {name: request.form.get(name, "").strip() for name in ("label", "kind", "choices")}
    try:
        member_tags.add_own_field(typed["label"], typed["kind"], typed["choices"].splitlines(), actor=g.caller.actor)
    except ValidationErrors as error:
        return _fields(typed, {name: messages[0] for name, messages in error.errors.items()}), 422
    except Conflict as error:
        return _fields(typed, {"label": error.message}), 422
    flash(f"{typed['label']} is kept of every member from now on.", "ok")
    return go_to(url_for("members.fields"))


@page(views.bp, "/fields/<key>/remove", permission=Permission.MEMBER_FIELDS, methods=("POST",))
def remove_field(key: str) -> Any:
    """Show a field no more."""
    try:
        member_tags.remove_own_field(key, actor=g.caller.actor)
    except NotFound:
        flash("This field was removed already.", "bad")
    return go_to(url_for("members.fields"))


def _refused(save: Any, own: set[str]) -> dict[str, str]:
    """Save a part; returns its errors by the fields of the form."""
    names = {key: name for name, key in _TYPED.items()} | {key: f"own-{key}" for key in own} | {"note": "note"}
    try:
        save()
    except ValidationErrors as error:
        return {names.get(path, ""): messages[0] for path, messages in error.errors.items()}
    except Conflict as error:
        return {"": error.message}
    return {}


def _form(member: dict[str, Any], values: dict[str, str], errors: dict[str, str]) -> str:
    own = [
        {
            "key": field.key,
            "label": field.label,
            "kind": field.kind,
            "options": [("", "Not set"), *((choice, choice) for choice in field.choices)],
        }
        for field in member_tags.own_fields().values()
    ]
    context = {"member_id": member["id"], "who": called(member), "values": values, "errors": errors, "own": own}
    context["may_fields"] = g.caller.may(Permission.MEMBER_FIELDS)
    return render_template("business/members/edit.html", **context)


def _fields(typed: dict[str, str], errors: dict[str, str]) -> str:
    kinds = dict(_KINDS)
    rows = [
        {"key": own.key, "label": own.label, "words": ", ".join(own.choices) or kinds[own.kind]}
        for own in member_tags.own_fields().values()
    ]
    return render_template("business/members/fields.html", rows=rows, kinds=_KINDS, typed=typed, errors=errors)
