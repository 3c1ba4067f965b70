"""What was sent to one endpoint of the webhooks, try by try; a test, and sending again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.errors import Conflict
from app.domain.localtime import to_instant
from app.domain.permissions import Permission
from app.queries import webhooks as found
from app.queries.paging import UnknownCursor
from app.services import webhook_replays
from app.web.business.webhooks.shown import STATES, delivery_shown, endpoints_shown, whole_delivery
from app.web.support.doors import area, page
from app.web.support.formatting import zone
from app.web.support.htmx import go_to, wants_fragment

bp = area("webhooks_sent", __name__, "/settings/webhooks/<uuid:endpoint_id>")

_MAY = Permission.WEBHOOK_EDIT
_IS_OFF = "Switch the endpoint on first. Nothing was sent."
_STOP_POLLING = 286
"""htmx stops a poll that is answered with this status."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@page(bp, "", permission=_MAY)
def show(endpoint_id: UUID) -> str:
    """Show an endpoint, how its last seven days went, and its deliveries, the newest first."""
    return _show(endpoint_id, {"from": "", "to": ""}, {})


@page(bp, "/test", permission=_MAY, methods=("POST",))
def send_test(endpoint_id: UUID) -> Response:
    """Send a made-up event."""
    try:
        delivery_id = webhook_replays.send_test(endpoint_id, actor=g.caller.actor)
    except Conflict:
        flash(_IS_OFF, "bad")
        return go_to(url_for("webhooks_sent.show", endpoint_id=endpoint_id))
    flash("The test is on its way. The answer comes here.", "ok")
    return go_to(url_for("webhooks_sent.delivery", endpoint_id=endpoint_id, delivery_id=delivery_id))


@page(bp, "/replay", permission=_MAY, methods=("POST",))
def replay(endpoint_id: UUID) -> Any:
    """Send the events of a span of local time again."""
    typed = {name: request.form.get(name, "").strip() for name in ("from", "to")}
    since, until = (_instant(typed[name]) for name in ("from", "to"))
    if since is None or until is None or until <= since:
        return _show(endpoint_id, typed, _span_errors(since, until)), 422
    try:
        total = webhook_replays.replay(endpoint_id, since, until, actor=g.caller.actor)
    except Conflict as error:
        message = _IS_OFF if error.code == "endpoint_disabled" else error.message
        return _show(endpoint_id, typed, {"from": message}), 422
    flash(
        f"{total:,} event{'' if total == 1 else 's'} will be sent again." if total else "No event in that span.", "ok"
    )
    return go_to(url_for("webhooks_sent.show", endpoint_id=endpoint_id))


@page(bp, "/deliveries/<uuid:delivery_id>", permission=_MAY)
def delivery(endpoint_id: UUID, delivery_id: UUID) -> Any:
    """Show one delivery: what was sent, and what was answered at each try; one under way is followed."""
    [endpoint] = endpoints_shown([found.endpoint(endpoint_id)])
    shown = whole_delivery(found.delivery(endpoint_id, delivery_id))
    name = "_tries" if wants_fragment() else "delivery"
    drawn = render_template(f"business/webhooks/{name}.html", endpoint=endpoint, delivery=shown)
    return (drawn, _STOP_POLLING) if wants_fragment() and not shown["is_under_way"] else drawn


@page(bp, "/deliveries/<uuid:delivery_id>/send", permission=_MAY, methods=("POST",))
def send_again(endpoint_id: UUID, delivery_id: UUID) -> Response:
    """Send one event again, under the same id."""
    try:
        webhook_replays.redeliver(endpoint_id, delivery_id, actor=g.caller.actor)
        flash("It is sent again. The answer comes here.", "ok")
    except Conflict:
        flash(_IS_OFF, "bad")
    return go_to(url_for("webhooks_sent.delivery", endpoint_id=endpoint_id, delivery_id=delivery_id))


def _show(endpoint_id: UUID, typed: dict[str, str], errors: dict[str, str]) -> str:
    state = request.args.get("state", "")
    if state not in {name for name, _, _ in STATES}:
        abort(404)
    [endpoint] = endpoints_shown([found.endpoint(endpoint_id)])
    try:
        shown = found.deliveries_page(endpoint_id, state=state or None, cursor=request.args.get("after"))
    except UnknownCursor:
        abort(404)
    return render_template(
        "business/webhooks/show.html",
        endpoint=endpoint,
        states=[
            {"label": words, "href": _address(endpoint_id, name), "is_current": name == state}
            for name, words, _ in STATES
        ],
        state=state,
        deliveries=[delivery_shown(row) for row in shown.rows],
        values=typed,
        errors=errors,
        newer_url=_address(endpoint_id, state) if request.args.get("after") else None,
        older_url=_address(endpoint_id, state, shown.next_cursor) if shown.next_cursor else None,
    )


def _address(endpoint_id: UUID, state: str, after: str | None = None) -> str:
    return url_for("webhooks_sent.show", endpoint_id=endpoint_id, state=state or None, after=after)


def _instant(text: str) -> datetime | None:
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_instant(wall.replace(tzinfo=None), zone()) if _FIRST_YEAR <= wall.year <= _LAST_YEAR else None


def _span_errors(since: datetime | None, until: datetime | None) -> dict[str, str]:
    missing = {name: "Enter a day and a time" for name, at in (("from", since), ("to", until)) if at is None}
    return missing or {"to": "Choose an end after the beginning"}
