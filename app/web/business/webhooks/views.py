"""Settings of the webhooks: endpoints added, changed, switched off and on, and their secret, which is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.errors import Conflict, PreconditionFailed, ValidationErrors
from app.domain.permissions import Permission
from app.queries import webhooks as found
from app.queries.paging import UnknownCursor
from app.services import webhooks
from app.web.business.webhooks.shown import endpoints_shown, event_groups
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.settings_tabs import settings_tabs

bp = area("webhooks", __name__, "/settings/webhooks")

_MAY = Permission.WEBHOOK_EDIT
_LONGEST_DESCRIPTION = 200
_MOVED = "Somebody else changed this while you were typing. Save again to put what you typed in its place."


@page(bp, "", permission=_MAY)
def index() -> str:
    """List the endpoints in use, the newest first; two statements."""
    try:
        shown = found.endpoints_page(request.args.get("after"))
    except UnknownCursor:
        abort(404)
    return render_template(
        "business/webhooks/index.html",
        tabs=settings_tabs("webhooks.index"),
        endpoints=endpoints_shown(list(shown.rows)),
        newer_url=url_for("webhooks.index") if request.args.get("after") else None,
        older_url=url_for("webhooks.index", after=shown.next_cursor) if shown.next_cursor else None,
    )


@page(bp, "/new", permission=_MAY, methods=("GET", "POST"))
def create() -> Any:
    """Show the form, or add an endpoint and show its secret this once."""
    typed = _typed()
    if request.method == "GET":
        return _form(None, typed, {})
    errors = _errors(typed)
    if errors:
        return _form(None, typed, errors), 422
    try:
        endpoint_id, secret = webhooks.add_endpoint(_sender(), **_fields(typed), actor=g.caller.actor)
    except (ValidationErrors, Conflict) as error:
        return _form(None, typed, _messages(error)), 422
    return _secret(endpoint_id, secret, is_new=True)


@page(bp, "/<uuid:endpoint_id>/edit", permission=_MAY, methods=("GET", "POST"))
def edit(endpoint_id: UUID) -> Any:
    """Show an endpoint, or change where it is and what it gets."""
    endpoint = found.endpoint(endpoint_id)
    if request.method == "GET":
        return _form(endpoint, _stored(endpoint), {})
    typed = _typed()
    errors = _errors(typed)
    if errors:
        return _form(endpoint, typed, errors), 422
    version = request.form.get("version", type=int)
    try:
        webhooks.change_endpoint(_sender(), endpoint_id, _fields(typed), actor=g.caller.actor, if_match=version)
    except ValidationErrors as error:
        return _form(endpoint, typed, _messages(error)), 422
    except PreconditionFailed:
        return _form(endpoint, typed, {"": _MOVED}), 422
    flash("Saved. It counts from the next event on.", "ok")
    return go_to(url_for("webhooks_sent.show", endpoint_id=endpoint_id))


@page(bp, "/<uuid:endpoint_id>/rotate", permission=_MAY, methods=("POST",))
def rotate(endpoint_id: UUID) -> str:
    """Make a new secret and show it this once."""
    return _secret(endpoint_id, webhooks.rotate_secret(endpoint_id, actor=g.caller.actor), is_new=False)


@page(bp, "/<uuid:endpoint_id>/switch", permission=_MAY, methods=("POST",))
def switch(endpoint_id: UUID) -> Response:
    """Take an endpoint out of use, or back."""
    is_on = request.form.get("to") == "on"
    change = {"state": "enabled" if is_on else "disabled"}
    webhooks.change_endpoint(_sender(), endpoint_id, change, actor=g.caller.actor)
    flash("It is on: events go there from now on." if is_on else "It is off. Nothing is sent there.", "ok")
    return go_to(url_for("webhooks_sent.show", endpoint_id=endpoint_id))


@page(bp, "/<uuid:endpoint_id>/remove", permission=_MAY, methods=("POST",))
def remove(endpoint_id: UUID) -> Response:
    """Send nothing there any more."""
    webhooks.remove_endpoint(endpoint_id, actor=g.caller.actor)
    flash("The endpoint is removed. Nothing is sent there any more.", "ok")
    return go_to(url_for("webhooks.index"))


def _typed() -> dict[str, Any]:
    known = {event["name"] for group in event_groups() for event in group["events"]}
    return {
        "url": request.form.get("url", "").strip(),
        "description": request.form.get("description", "").strip(),
        "scope": "some" if request.form.get("scope") == "some" else "all",
        "events": [name for name in request.form.getlist("events") if name in known],
    }


def _stored(endpoint: Mapping[str, Any]) -> dict[str, Any]:
    events = endpoint["eventTypes"]
    kept = {name: endpoint[name] for name in ("url", "description")}
    return kept | {"scope": "some" if events else "all", "events": events}


def _fields(typed: Mapping[str, Any]) -> dict[str, Any]:
    events = typed["events"] if typed["scope"] == "some" else []
    return {"url": typed["url"], "description": typed["description"], "event_types": events}


def _errors(typed: Mapping[str, Any]) -> dict[str, str]:
    errors = {}
    if not typed["url"]:
        errors["url"] = "Enter the address that gets the events"
    if len(typed["description"]) > _LONGEST_DESCRIPTION or "\0" in typed["description"]:
        errors["description"] = f"Use at most {_LONGEST_DESCRIPTION} characters"
    if typed["scope"] == "some" and not typed["events"]:
        errors["events"] = "Tick at least one event"
    return errors


def _messages(error: ValidationErrors | Conflict) -> dict[str, str]:
    if isinstance(error, Conflict):
        return {"": error.message}
    return {name: messages[0] for name, messages in error.errors.items()}


def _form(endpoint: Mapping[str, Any] | None, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    shown = {"endpoint": endpoint, "values": values, "errors": errors, "groups": event_groups()}
    return render_template("business/webhooks/form.html", **shown)


def _secret(endpoint_id: UUID, secret: str, *, is_new: bool) -> str:
    [endpoint] = endpoints_shown([found.endpoint(endpoint_id)])
    return render_template("business/webhooks/secret.html", endpoint=endpoint, secret=secret, is_new=is_new)


def _sender() -> Any:
    return current_app.extensions["webhook_sender"]
