"""What needs a person: purchases that could not be counted, mails and webhooks that could not be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.domain.errors import Conflict, ValidationErrors
from app.domain.permissions import Permission
from app.queries import attention
from app.queries.paging import UnknownCursor
from app.queries.till_items import conflicts
from app.queries.tills import pin_reports
from app.services.dead_letters import retry_letter
from app.services.pins import forgive
from app.services.till_items import resolve_item
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.words import called, counted

bp = area("attention", __name__, "/attention")

_MOST_CONFLICTS = 100


@page(bp, "", permission=Permission.DASHBOARD_VIEW)
def index() -> str:
    """List them, the oldest first."""
    after = request.args.get("after")
    try:
        found = attention.open_letters(cursor=after)
    except UnknownCursor:
        abort(404)
    total = g.business["attention_total"]
    return render_template(
        "business/attention/index.html",
        rows=[_row(letter) for letter in found.rows],
        total_words=counted(total, "thing needs you", "things need you") if total else "Nothing needs you",
        checked_at=clock.now(),
        newer_url=url_for("attention.index") if after else None,
        older_url=url_for("attention.index", after=found.next_cursor) if found.next_cursor else None,
        conflicts=[_conflict(one) for one in conflicts(limit=_MOST_CONFLICTS).rows],
        reports=[_report(one) for one in pin_reports()],
    )


@page(bp, "/tills/<uuid:item_id>", permission=Permission.PURCHASE_CORRECT, methods=("POST",))
def settle(item_id: UUID) -> Response:
    """Record what a till sent after all, or leave it out."""
    is_accepted = request.form.get("decision") == "record"
    try:
        resolve_item(item_id, is_accepted=is_accepted, actor=g.caller.actor)
    except (Conflict, ValidationErrors) as error:
        flash(f"This cannot be recorded: {_why(error)}.", "bad")
        return go_to(url_for("attention.index"))
    flash("Recorded as it happened." if is_accepted else "Left out.", "ok")
    return go_to(url_for("attention.index"))


@page(bp, "/tills/<uuid:device_id>/pins/<uuid:staff_id>", permission=Permission.TILL_EDIT, methods=("POST",))
def seen(device_id: UUID, staff_id: UUID) -> Response:
    """Take the notice about wrong PINs away and let that person try at once."""
    forgive(device_id, staff_id)
    flash("Seen. They may type their PIN again.", "ok")
    return go_to(url_for("attention.index"))


@page(bp, "/<uuid:letter_id>/retry", permission=Permission.PURCHASE_CORRECT, methods=("POST",))
def retry(letter_id: UUID) -> Response:
    """Let a purchase, a mail or a webhook try again from the start."""
    try:
        retry_letter(letter_id, actor=g.caller.actor)
    except Conflict as error:
        flash(f"{error.message}.", "bad")
        return go_to(url_for("attention.index"))
    flash("Trying again. If it fails, it comes back here.", "ok")
    return go_to(url_for("attention.index"))


def _row(letter: Mapping[str, Any]) -> dict[str, Any]:
    what, source, reference = _about(letter)
    may_retry = g.caller.may(Permission.PURCHASE_CORRECT)
    return {
        "id": letter["id"],
        "member_id": letter["memberId"],
        "member_name": _member_name(letter),
        "source": source,
        "reference": reference,
        "amount_minor": letter["amount"],
        "currency": g.business["currency"],
        "occurred_at": letter["occurredAt"],
        "attempts": letter["attempts"],
        "reason": what,
        "detail": letter["reason"],
        "retry_url": url_for("attention.retry", letter_id=letter["id"]) if may_retry else None,
    }


def _about(letter: Mapping[str, Any]) -> tuple[str, str, str]:
    """What went wrong, where it was going or came from, and which one it is."""
    if letter["kind"] == attention.PURCHASE:
        return "The purchase could not be counted", letter["source"], letter["orderId"]
    if letter["kind"] == attention.MESSAGE:
        return "The mail could not be sent", "Mail", letter["messageKind"].replace("_", " ")
    return "The event could not be sent", "Webhook", letter["eventType"]


def _conflict(one: Mapping[str, Any]) -> dict[str, Any]:
    sent = one["payload"]
    what = {"punch": "Punch", "redeem": "Reward"}.get(one["kind"]) or f"Sale of {sent.get('amount', '?')}"
    return {
        "id": one["id"],
        "what": counted(sent.get("count", 1), "punch", "punches") if one["kind"] == "punch" else what,
        "member_id": sent.get("memberId"),
        "reason": one["reason"],
        "device": one["deviceName"],
        "occurred_at": one["occurredAt"],
    }


def _report(one: Mapping[str, Any]) -> dict[str, Any]:
    words = f"{counted(one['failures'], 'wrong PIN')} for {one['staffName']} on {one['deviceName']}"
    locked = one["lockedUntil"] if one["lockedUntil"] and one["lockedUntil"] > clock.now() else None
    return {**one, "words": words, "locked_until": locked}


def _why(error: Conflict | ValidationErrors) -> str:
    return error.message if isinstance(error, Conflict) else str(error)


def _member_name(letter: Mapping[str, Any]) -> str:
    if letter["memberId"] is None:
        return "Unknown member" if letter["kind"] == attention.PURCHASE else "No member"
    return called({"name": letter["memberName"], "code": letter["memberCode"]})
