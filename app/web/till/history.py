"""What was recorded today, and putting it right: undo, the wrong customer, points by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, g, redirect, render_template, request, url_for

from app.core import clock
from app.core.ids import new_id
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.permissions import Permission
from app.domain.till import MOVE_WITHIN, UNDO_SLACK, UNDO_WITHIN
from app.queries.enrollments import enrollments_of
from app.queries.members import member as read_member
from app.queries.members import members_slice
from app.queries.paging import UnknownCursor
from app.queries.till_items import till_history, till_purchase
from app.queries.till_recent import recent_here
from app.services.adjustments import adjust_points
from app.services.corrections import cancel_purchase, move_purchase
from app.web.support import guards
from app.web.support.doors import area, page
from app.web.support.formatting import money
from app.web.support.htmx import SEE_OTHER
from app.web.support.tries import count_look_up
from app.web.support.words import called, clock_time, counted, day_words
from app.web.till.approval import approval, approval_context
from app.web.till.forms import as_uuid
from app.web.till.frame import chosen_location, frame
from app.web.till.people import people

bp = area("till_history", __name__, "/till", is_till=True)

_SHOWN = timedelta(days=7)
_MATCHES = 8
_MOST_DIGITS = 8
_FIELDS = {"programId": "program_id"}
_ADJUSTED = ("program_id", "points", "reason", "manager_id", "key")


@page(bp, "/history", permission=Permission.TILL_USE)
def index() -> str:
    """List what this till did in the last week, the latest first; with ``all`` what every till here recorded."""
    since, after = clock.now() - _SHOWN, request.args.get("after")
    till, shows_all = guards.till_here(), "all" in request.args
    is_own = till is not None and not shows_all
    try:
        if till is not None and is_own:
            found = recent_here(till.id, since=since, cursor=after)
        else:
            found = till_history(location_id=chosen_location(), since=since, cursor=after)
    except UnknownCursor:
        abort(404)
    kept: dict[str, Any] = {} if is_own or till is None else {"all": 1}
    return render_template(
        "till/history.html",
        **frame(),
        rows=[_row(line) for line in found.rows],
        is_own=is_own,
        choices=_choices(is_own) if till else [],
        older_url=url_for("till_history.index", after=found.next_cursor, **kept) if found.next_cursor else None,
        newer_url=url_for("till_history.index", **kept) if after else None,
    )


@page(
    bp,
    "/purchases/<uuid:purchase_id>/undo",
    permission=Permission.PURCHASE_RECORD,
    methods=("GET", "POST"),
    keeps_refusals=True,
)
def undo(purchase_id: UUID) -> Any:
    """Take a purchase back as a reversal: anybody for ten seconds, afterwards with a manager's PIN."""
    line = _line(purchase_id)
    is_fresh = clock.now() - line["recordedAt"] <= UNDO_WITHIN + UNDO_SLACK
    permission = Permission.PURCHASE_RECORD if is_fresh else Permission.PURCHASE_CORRECT
    if request.method == "GET":
        return _undo_page(line, permission, {})
    agreed = approval(permission)
    if agreed.actor is None:
        return _undo_page(line, permission, agreed.errors or {}), 422
    cancel_purchase(purchase_id, reason="Undone at the till", actor=agreed.actor)
    return redirect(url_for("till.result", purchase_id=purchase_id), SEE_OTHER)


@page(
    bp,
    "/purchases/<uuid:purchase_id>/move",
    permission=Permission.PURCHASE_RECORD,
    methods=("GET", "POST"),
    keeps_refusals=True,
)
def move(purchase_id: UUID) -> Any:
    """Give a purchase to the customer it belongs to; one's own last one at once, others with a manager's PIN."""
    line = _line(purchase_id)
    if request.method == "GET":
        q = request.args.get("q", "").strip()[:100]
        if q:
            count_look_up()
        return _move_page(line, q, {})
    agreed, to = approval(_moving(line)), as_uuid(request.form.get("member_id", ""))
    if agreed.actor is None:
        return _move_page(line, request.form.get("q", ""), agreed.errors or {}), 422
    if to is None:
        return _move_page(line, "", {"member": "Choose whose purchase it is"}), 422
    try:
        move_purchase(purchase_id, member_id=to, reason="Wrong customer, at the till", actor=agreed.actor)
    except (Conflict, ValidationErrors):
        return _move_page(line, "", {"": "This purchase cannot be moved to this customer"}), 422
    flash(f"Moved to {called(read_member(to))}.", "ok")
    return redirect(url_for("till.result", purchase_id=purchase_id), SEE_OTHER)


@page(
    bp, "/members/<uuid:member_id>/adjust", permission=Permission.TILL_USE, methods=("GET", "POST"), keeps_refusals=True
)
def adjust(member_id: UUID) -> Any:
    """Give or take points by hand, with a reason and a manager's PIN."""
    member = read_member(member_id)
    values = {name: request.form.get(name, "").strip()[:500] for name in _ADJUSTED}
    if request.method == "GET":
        return _adjust_page(member, values | {"key": str(new_id())}, {})
    agreed = approval(Permission.POINTS_ADJUST)
    if agreed.actor is None:
        return _adjust_page(member, values, agreed.errors or {}), 422
    program_id, points = as_uuid(values["program_id"]), _whole(values["points"])
    if program_id is None or points is None:
        wrong = (
            {"program_id": "Choose a program"}
            if program_id is None
            else {"points": "Enter points, for example 20 or -20"}
        )
        return _adjust_page(member, values, wrong), 422
    key, place = f"till:{as_uuid(values['key'])}", chosen_location()
    try:
        done = adjust_points(member_id, program_id, points, values["reason"], agreed.actor, key=key, location_id=place)
    except Conflict as error:
        return _adjust_page(member, values, {"points": error.message}), 422
    except ValidationErrors as error:
        return _adjust_page(
            member, values, {_FIELDS.get(name, name): said[0] for name, said in error.errors.items()}
        ), 422
    flash(f"{done.before:,} → {counted(done.after, 'point')}.", "ok")
    return redirect(url_for("till.member", member_id=member_id), SEE_OTHER)


def _choices(is_own: bool) -> list[dict[str, Any]]:
    return [
        {"label": "This till", "href": url_for("till_history.index"), "is_current": is_own},
        {"label": "All tills here", "href": url_for("till_history.index", all=1), "is_current": not is_own},
    ]


def _adjust_page(member: Mapping[str, Any], values: Mapping[str, str], errors: dict[str, str]) -> str:
    found = enrollments_of(member["id"])
    programs = [
        (str(one["programId"]), f"{one['programName']}: {counted(one['balance'], 'point')}")
        for one in found
        if one["unit"] == "points"
    ]
    context = {"name": called(member), "member_id": member["id"], "point_programs": programs}
    return render_template(
        "till/adjust.html",
        **frame(),
        **context,
        **approval_context(Permission.POINTS_ADJUST),
        values=values,
        errors=errors,
    )


def _whole(text: str) -> int | None:
    """Read +20, -20 and −20; None for anything else and for 0."""
    plain = text.replace("−", "-").replace(" ", "").removeprefix("+")
    is_whole = plain.removeprefix("-").isdigit() and plain.isascii() and len(plain) <= _MOST_DIGITS
    return int(plain) or None if is_whole else None


def _undo_page(line: Mapping[str, Any], permission: Permission, errors: dict[str, str]) -> str:
    context = {"row": _row(line), "errors": errors, **approval_context(permission)}
    return render_template("till/undo.html", **frame(), **context, values=request.form)


def _move_page(line: Mapping[str, Any], q: str, errors: dict[str, str]) -> str:
    matches = [one for one in members_slice(q=q, limit=_MATCHES).rows if one["id"] != line["memberId"]] if q else []
    context = {"row": _row(line), "q": q, "matches": people(matches), "errors": errors}
    return render_template(
        "till/move.html", **frame(), **context, **approval_context(_moving(line)), values=request.form
    )


def _moving(line: Mapping[str, Any]) -> Permission:
    """What moving this one asks for: staff may move what they themselves recorded in the last ten minutes."""
    is_own = line["staffId"] == g.caller.actor.id
    is_fresh = clock.now() - line["recordedAt"] <= MOVE_WITHIN
    return Permission.PURCHASE_RECORD if is_own and is_fresh else Permission.PURCHASE_CORRECT


def _line(purchase_id: UUID) -> dict[str, Any]:
    found = till_purchase(purchase_id)
    if found is None:
        raise NotFound("purchase of the till")
    return found


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    """One line of the list; what is no purchase has no amount, and nothing that could be put right here."""
    amount, refunded = line.get("amount", 0), line.get("refunded", 0)
    return {
        "id": line["id"],
        "name": called(line) if line["memberId"] else "Somebody unknown",
        "member_id": line["memberId"],
        "what": _what(line),
        "when": f"{day_words(line['occurredAt'])}, {clock_time(line['occurredAt'])}",
        "by": line["recordedBy"],
        "is_undone": line["status"] == "cancelled" or line.get("outcome") == "undone",
        "waits": line["reason"] if line.get("outcome") == "conflict" else None,
        "given_back": money(refunded, g.business["currency"]) if refunded else None,
        "is_refundable": amount > refunded,
    }


def _what(line: Mapping[str, Any]) -> str:
    if line["kind"] == "punch":
        return counted(line["count"], "punch", "punches")
    if line["kind"] == "redeem":
        return str(line["reward"] or "A reward")
    return money(line["amount"], g.business["currency"]) if "amount" in line else "A purchase"
