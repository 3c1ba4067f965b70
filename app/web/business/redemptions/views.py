"""The board of redemptions: what waits in each state, one redemption, the steps, and the list to pick from."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for

from app.core import clock
from app.domain.errors import Conflict, NotFound
from app.domain.permissions import Permission
from app.queries import businesses
from app.queries import redemptions as found
from app.queries.paging import UnknownCursor
from app.services.redemption_moves import move_redemption
from app.web.business.redemptions import shown
from app.web.business.redemptions.tabs import tabs
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.words import counted

bp = area("redemptions", __name__, "/redemptions")

_COLUMNS = ("pending", "approved", "shipped")
_DONE = ("delivered", "redeemed")
_AGES = (("", "Any age"), ("1", "Older than a day"), ("7", "Older than a week"))
_IN_COLUMN, _DONE_SHOWN, _PAGE_SIZE, _MOST_PICKED = 20, 10, 25, 100
_LONGEST = 500


@page(bp, "", permission=Permission.REDEMPTION_VIEW)
def index() -> str:
    """Show the board: who waits longest first; six statements, however much there is."""
    places = _places()
    wanted = _wanted(places)
    counts = found.counts_by_status()
    columns = [
        {
            "status": status,
            "words": shown.STATUSES[status],
            "total": counts.get(status, 0),
            "tickets": [shown.ticket(row, places) for row in found.oldest_in(status, limit=_IN_COLUMN, **wanted)],
        }
        for status in _COLUMNS
    ]
    done = found.redemptions_slice(statuses=_DONE, limit=_DONE_SHOWN, **wanted).rows
    return render_template(
        "business/redemptions/index.html",
        tabs=tabs("board"),
        columns=columns,
        done=[shown.ticket(row, places) for row in done],
        is_empty=not any(column["tickets"] for column in columns) and not done,
        filters=_filters(places),
        is_filtered=any(request.args.get(name) for name in ("method", "location", "age")),
    )


@page(bp, "/all", permission=Permission.REDEMPTION_VIEW)
def everything() -> str:
    """List all redemptions, the newest first, in one state or in any."""
    places = _places()
    status = request.args.get("status", "")
    after = request.args.get("after")
    try:
        rows = found.redemptions_slice(
            statuses=(status,) if status in shown.STATUSES else (), cursor=after, limit=_PAGE_SIZE, **_wanted(places)
        )
    except UnknownCursor:
        abort(404)
    kept: dict[str, Any] = {name: request.args.get(name) or None for name in ("status", "method", "location", "age")}
    return render_template(
        "business/redemptions/all.html",
        tabs=tabs("all"),
        tickets=[shown.ticket(row, places) for row in rows.rows],
        filters=[_choice("status", "State", (("", "Any state"), *shown.STATUSES.items())), *_filters(places)],
        is_filtered=any(kept.values()),
        newer_url=url_for("redemptions.everything", **kept) if after else None,
        older_url=url_for("redemptions.everything", **kept, after=rows.next_cursor) if rows.next_cursor else None,
    )


@page(bp, "/<uuid:redemption_id>", permission=Permission.REDEMPTION_VIEW)
def show(redemption_id: UUID) -> str:
    """Show one redemption with its next step."""
    one = shown.ticket(found.redemption(redemption_id), _places())
    return render_template("business/redemptions/show.html", ticket=one)


@page(bp, "/<uuid:redemption_id>/move", permission=Permission.REDEMPTION_EDIT, methods=("POST",))
def move(redemption_id: UUID) -> Any:
    """Do the next step, or cancel; who comes second reads who was first."""
    to = request.form.get("to", "")
    if to not in shown.STATUSES:
        abort(400)
    try:
        move_redemption(
            redemption_id,
            to,
            tracking_number=request.form.get("tracking_number", "").strip()[:100] or None,
            notes=request.form.get("reason", "").strip()[:_LONGEST] or None,
            return_points=request.form.get("return_points") != "no",
            seen_version=request.form.get("version", type=int),
            actor=g.caller.actor,
        )
    except Conflict as refused:
        flash(f"{refused.message}. Nothing was changed.", "bad")
    else:
        flash(_said(redemption_id, to), "ok")
    return go_to(_back())


@page(bp, "/bulk", permission=Permission.REDEMPTION_EDIT, methods=("POST",))
def bulk() -> Any:
    """Approve what is ticked, or make a list to pick from; what could not be approved is said with its reason."""
    ids = _ticked(request.form.getlist("ids"))
    if not ids:
        flash("Tick at least one redemption first.", "bad")
        return go_to(_back())
    if request.form.get("action") == "pick":
        return go_to(url_for("redemptions.pick_list", ids=[str(each) for each in ids]))
    approved, reasons = 0, Counter[str]()
    for redemption_id in _by_member(ids):
        try:
            move_redemption(redemption_id, "approved", actor=g.caller.actor)
            approved += 1
        except Conflict as refused:
            reasons[refused.message[:1].lower() + refused.message[1:]] += 1
    skipped = "; ".join(f"{total} skipped: {reason}" for reason, total in reasons.items())
    flash(f"{approved} approved{', ' + skipped if skipped else ''}.", "bad" if reasons else "ok")
    return go_to(_back())


@page(bp, "/pick-list", permission=Permission.REDEMPTION_VIEW)
def pick_list() -> str:
    """Show what is to be taken from the shelf, on paper too: what is ticked, or all that is approved."""
    ids = _ticked(request.args.getlist("ids"))
    rows = found.redemptions_by_id(ids) if ids else found.oldest_in("approved", limit=_MOST_PICKED)
    places = _places()
    totals = Counter(row["name"] for row in rows)
    return render_template(
        "business/redemptions/pick_list.html",
        tickets=[shown.ticket(row, places) for row in rows],
        totals=sorted(totals.items(), key=lambda item: (-item[1], item[0])),
        printed_at=clock.now(),
    )


def _said(redemption_id: UUID, to: str) -> str:
    one = found.redemption(redemption_id)
    if to != "cancelled":
        return f"{one['name']} is {to}."
    back = f" {counted(one['pointsReturned'], 'point')} went back." if one["pointsReturned"] else ""
    return f"{one['name']} is cancelled.{back}"


def _by_member(ids: list[UUID]) -> list[UUID]:
    """The ids in the order of their members: two people ticking the same never wait for each other in a circle."""
    rows = found.redemptions_by_id(ids)
    return [row["id"] for row in sorted(rows, key=lambda row: (row["memberId"], row["id"]))]


def _ticked(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts[:_MOST_PICKED]]
    except ValueError as error:
        raise NotFound("redemption") from error


def _places() -> dict[UUID, str]:
    return {place["id"]: place["name"] for place in businesses.locations_page(1, 100).rows}


def _wanted(places: dict[UUID, str]) -> dict[str, Any]:
    """What the filters of the address ask for; unknown values ask for nothing."""
    method, age, location = (request.args.get(name, "") for name in ("method", "age", "location"))
    days = int(age) if age in dict(_AGES) and age else 0
    return {
        "delivery_method": method if method in shown.METHODS else None,
        "location_id": next((key for key in places if str(key) == location), None),
        "requested_before": clock.now() - timedelta(days=days) if days else None,
    }


def _filters(places: dict[UUID, str]) -> list[dict[str, Any]]:
    fields = [_choice("method", "How", (("", "Any way"), *shown.METHODS.items())), _choice("age", "Age", _AGES)]
    if len(places) > 1:
        named = (("", "All locations"), *((str(key), name) for key, name in places.items()))
        fields.insert(1, _choice("location", "Location", named))
    return fields


def _choice(name: str, label: str, options: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "options": options, "value": request.args.get(name, "")}


def _back() -> str:
    back = request.form.get("back", "")
    return back if back.startswith(f"/b/{g.slug}/redemptions") else url_for("redemptions.index")
