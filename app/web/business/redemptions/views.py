"""The board of redemptions: what waits in each state, one redemption, and the steps."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from flask import abort, flash, g, jsonify, render_template, request, url_for

from app.domain.errors import Conflict
from app.domain.permissions import Permission
from app.queries import redemptions as found
from app.queries.paging import UnknownCursor
from app.services.redemption_moves import move_redemption
from app.web.business.redemptions import asked, shown
from app.web.business.redemptions.tabs import tabs
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.words import counted

bp = area("redemptions", __name__, "/redemptions")

_COLUMNS = ("pending", "approved", "shipped")
_DONE = ("delivered", "redeemed")
_IN_COLUMN, _DONE_SHOWN, _PAGE_SIZE = 20, 10, 25
_LONGEST = 500
_PRINTED = {"pick": "redemptions_print.pick_list", "labels": "redemptions_print.labels"}


@page(bp, "", permission=Permission.REDEMPTION_VIEW)
def index() -> str:
    """Show the board, or the same as a list: who waits longest first; seven statements, however much there is."""
    places = asked.places_of_all()
    wanted = asked.wanted(places)
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
    over = found.redemptions_slice(statuses=("cancelled",), limit=_DONE_SHOWN, **wanted).rows
    kept = asked.kept()
    return render_template(
        "business/redemptions/index.html",
        tabs=tabs("board"),
        columns=columns,
        done=[shown.ticket(row, places) for row in done],
        over=[shown.ticket(row, places) for row in over],
        is_list=request.args.get("view") == "list",
        board_url=url_for("redemptions.index", **kept),
        list_url=url_for("redemptions.index", **kept, view="list"),
        is_empty=not any(column["tickets"] for column in columns) and not done and not over,
        filters=asked.filters(places),
        is_filtered=any(kept.values()),
    )


@page(bp, "/all", permission=Permission.REDEMPTION_VIEW)
def everything() -> str:
    """List all redemptions, the newest first, in one state or in any."""
    places = asked.places_of_all()
    status = request.args.get("status", "")
    after = request.args.get("after")
    try:
        rows = found.redemptions_slice(
            statuses=(status,) if status in shown.STATUSES else (),
            cursor=after,
            limit=_PAGE_SIZE,
            **asked.wanted(places),
        )
    except UnknownCursor:
        abort(404)
    kept = asked.kept("status")
    return render_template(
        "business/redemptions/all.html",
        tabs=tabs("all"),
        tickets=[shown.ticket(row, places) for row in rows.rows],
        filters=[asked.choice("status", "State", (("", "Any state"), *shown.STATUSES.items())), *asked.filters(places)],
        is_filtered=any(kept.values()),
        newer_url=url_for("redemptions.everything", **kept) if after else None,
        older_url=url_for("redemptions.everything", **kept, after=rows.next_cursor) if rows.next_cursor else None,
    )


@page(bp, "/newest", permission=Permission.REDEMPTION_VIEW)
def newest() -> Any:
    """Answer which request came last and how many wait, for a board that is left open; one statement."""
    return jsonify(found.newest_waiting())


@page(bp, "/<uuid:redemption_id>", permission=Permission.REDEMPTION_VIEW)
def show(redemption_id: UUID) -> str:
    """Show one redemption with its next step."""
    one = shown.ticket(found.redemption(redemption_id), asked.places_of_all())
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
    ids = asked.ticked(request.form.getlist("ids"))
    if not ids:
        flash("Tick at least one redemption first.", "bad")
        return go_to(_back())
    printed = _PRINTED.get(request.form.get("action", ""))
    if printed:
        return go_to(url_for(printed, ids=[str(each) for each in ids]))
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


def _back() -> str:
    back = request.form.get("back", "")
    return back if back.startswith(f"/b/{g.slug}/redemptions") else url_for("redemptions.index")
