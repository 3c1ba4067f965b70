"""The ways of one program: from draft to ended, deleted and restored, copied, and until when it may be redeemed."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, g, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.domain.errors import Conflict, InvalidTransition, ValidationErrors
from app.domain.lifecycle import Action
from app.domain.permissions import Permission
from app.queries import programs as found
from app.services.program_lifecycle import end_program, move_program
from app.services.programs import duplicate_program, update_program
from app.web.business.programs import forms, views
from app.web.business.programs.search import list_url, read_query
from app.web.support.doors import page
from app.web.support.htmx import go_to

_EDIT = Permission.PROGRAM_EDIT
_SAID = {
    Action.ACTIVATE: "Activated. Customers can enroll and earn rewards.",
    Action.UNSCHEDULE: "Unscheduled. It is a draft again, and nobody sees it.",
    Action.PAUSE: "Paused. Customers keep their progress.",
    Action.RESUME: "Resumed. Purchases count again.",
    Action.END: "Ended. Customers keep the rewards they have earned.",
    Action.DELETE: "Deleted. You find it under Deleted programs.",
    Action.RESTORE: "Restored.",
}
_UNDO = {Action.PAUSE: "programs.resume", Action.RESUME: "programs.pause"}
_LONGEST_NAME = 100


@page(views.bp, "/<uuid:program_id>/activate", permission=_EDIT, methods=("POST",))
def activate(program_id: UUID) -> Response:
    """Let customers earn, from now or from its start on."""
    return _moved(program_id, Action.ACTIVATE)


@page(views.bp, "/<uuid:program_id>/unschedule", permission=_EDIT, methods=("POST",))
def unschedule(program_id: UUID) -> Response:
    """Make what has not begun a draft again."""
    return _moved(program_id, Action.UNSCHEDULE)


@page(views.bp, "/<uuid:program_id>/pause", permission=_EDIT, methods=("POST",))
def pause(program_id: UUID) -> Response:
    """Stop earning for now."""
    return _moved(program_id, Action.PAUSE)


@page(views.bp, "/<uuid:program_id>/resume", permission=_EDIT, methods=("POST",))
def resume(program_id: UUID) -> Response:
    """Go on."""
    return _moved(program_id, Action.RESUME)


@page(views.bp, "/<uuid:program_id>/restore", permission=_EDIT, methods=("POST",))
def restore(program_id: UUID) -> Response:
    """Take a deletion back."""
    return _moved(program_id, Action.RESTORE, otherwise="programs.deleted")


@page(views.bp, "/<uuid:program_id>/end", permission=_EDIT, methods=("POST",))
def end(program_id: UUID) -> Any:
    """End it for good; the form has asked for its name, and until when customers may redeem."""
    program = found.program(program_id)
    typed = {key: request.form.get(key, "") for key in ("confirm_name", forms.REDEEM_FIELD)}
    until, errors = forms.read_last_day(typed[forms.REDEEM_FIELD], _zone(program), clock.now())
    errors = forms.confirmed_name_error(typed["confirm_name"], program["name"], "confirm_name", "end") | errors
    if errors:
        return views.shown(program, errors, typed), 422
    try:
        end_program(program_id, until, actor=g.caller.actor)
    except ValidationErrors as refusal:
        return views.shown(program, {forms.REDEEM_FIELD: _first(refusal)}, typed), 422
    except InvalidTransition as refusal:
        flash(refusal.message, "bad")
    else:
        flash(_SAID[Action.END], "ok")
    return go_to(url_for("programs.show", program_id=program_id))


@page(views.bp, "/<uuid:program_id>/delete", permission=_EDIT, methods=("POST",))
def delete(program_id: UUID) -> Any:
    """Delete it; the form has asked for its name. A live one is ended first."""
    program = found.program(program_id)
    typed = {"delete_name": request.form.get("delete_name", "")}
    errors = forms.confirmed_name_error(typed["delete_name"], program["name"], "delete_name", "delete")
    if errors:
        return views.shown(program, errors, typed), 422
    move_program(program_id, Action.DELETE, actor=g.caller.actor)
    flash(
        {  # type: ignore[arg-type]
            "words": _SAID[Action.DELETE],
            "undo_url": url_for("programs.restore", program_id=program_id),
            "undo_words": "Restore",
        },
        "ok",
    )
    return go_to(url_for("programs.index"))


@page(views.bp, "/<uuid:program_id>/redeem-until", permission=_EDIT, methods=("POST",))
def redeem_until(program_id: UUID) -> Any:
    """Say anew until when what was earned can be redeemed, also after the end."""
    program = found.program(program_id)
    typed = {forms.REDEEM_FIELD: request.form.get(forms.REDEEM_FIELD, "")}
    until, errors = forms.read_last_day(typed[forms.REDEEM_FIELD], _zone(program), clock.now())
    if until is None and not errors:
        errors = {forms.REDEEM_FIELD: "Enter the last day on which customers can redeem"}
    if until is not None:
        try:
            update_program(program_id, {"redeemUntil": until.isoformat()}, actor=g.caller.actor)
        except ValidationErrors as refusal:
            errors = {forms.REDEEM_FIELD: _first(refusal)}
    if errors:
        return views.shown(program, errors, typed), 422
    flash("Saved. Customers can redeem until the end of that day.", "ok")
    return go_to(url_for("programs.show", program_id=program_id))


@page(views.bp, "/<uuid:program_id>/duplicate", permission=_EDIT, methods=("POST",))
def duplicate(program_id: UUID) -> Any:
    """Make a draft like it; the longer form says its name and for which locations."""
    program = found.program(program_id)
    name, places = request.form.get("copy_name", "").strip(), request.form.getlist("location")
    typed = {"copy_name": name, "location": places}
    if len(name) > _LONGEST_NAME:
        return views.shown(program, {"copy_name": f"Enter at most {_LONGEST_NAME} characters"}, typed), 422
    changes: dict[str, Any] = {"name": name} if name else {}
    if "copy_name" in request.form:
        changes["locationIds"] = places
    try:
        copy_id = duplicate_program(program_id, changes, actor=g.caller.actor)
    except ValidationErrors as refusal:
        return views.shown(program, {"copy_name": _first(refusal)}, typed), 422
    flash("Duplicated. This copy is a draft, and nobody sees it yet.", "ok")
    return go_to(url_for("programs.show", program_id=copy_id))


def _moved(program_id: UUID, action: Action, otherwise: str | None = None) -> Response:
    """Move the program and say so; where it has moved on in the meantime, its page says how it stands.

    A button of the list leads back to the view that it stood in.
    """
    page_url = url_for("programs.show", program_id=program_id)
    here = list_url(read_query(request.form["back"])) if "back" in request.form else page_url
    try:
        move_program(program_id, action, actor=g.caller.actor)
    except Conflict as refusal:
        flash(refusal.message, "bad")
        return go_to(url_for(otherwise) if otherwise else here)
    undo = url_for(_UNDO[action], program_id=program_id) if action in _UNDO else None
    flash({"words": _SAID[action], "undo_url": undo, "undo_words": "Undo"}, "ok")  # type: ignore[arg-type]
    return go_to(here)


def _zone(program: dict[str, Any]) -> ZoneInfo:
    return ZoneInfo(program["timezone"])


def _first(refusal: ValidationErrors) -> str:
    return next(iter(refusal.errors.values()))[0]
