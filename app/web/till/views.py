"""The till: find a customer, record a purchase or a punch, see at once what it brought."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.permissions import Permission
from app.domain.practice import NAME as PRACTICE_NAME
from app.queries import member_list
from app.queries.card_codes import member_shown
from app.queries.members import member as read_member
from app.queries.members import members_of, members_slice
from app.queries.purchases import purchase as read_purchase
from app.queries.till_items import seconds_since_punch, till_purchase
from app.services import sessions
from app.services.purchases import record_purchase
from app.web.support.doors import area, page
from app.web.support.htmx import SEE_OTHER, render, wants_fragment
from app.web.support.tries import count_look_up
from app.web.support.words import counted
from app.web.till import counter, forms, outcome
from app.web.till.frame import (
    HAND_COOKIE,
    SOUND_COOKIE,
    at_till,
    frame,
    note_here,
    remember_location,
    remembered_location,
)
from app.web.till.people import exact_match, people, who
from app.web.till.settling import await_settled

bp = area("till", __name__, "/till", is_till=True)

_MATCHES = 8
_VOUCHER_CODE = 27
_CARD_TOKEN = 48
_YEAR = 365 * 86_400
_USED = "This form was recorded before, with something else in it. Look at what was recorded, or send it again"


@page(bp, "/", permission=Permission.TILL_USE)
def find() -> Any:
    """Show the search, what it finds, and who was here lately; a scanned code leads on at once."""
    q = request.args.get("q", "").strip()[:100]
    if q:
        count_look_up()
    leads_to = _scanned(q) if q and not wants_fragment() else None
    if leads_to:
        return redirect(leads_to, SEE_OTHER)
    matches = members_slice(q=q, limit=_MATCHES).rows if q else []
    only = exact_match(matches, q)
    if only and not wants_fragment():
        return redirect(url_for("till.member", member_id=only), SEE_OTHER)
    recent = [] if q else _lately()
    drawn = people(matches + recent)
    return render(
        "till/find.html",
        "till/_matches.html",
        **frame(),
        q=q,
        is_spent_code=len(q) == _CARD_TOKEN and q.isalnum(),
        matches=drawn[: len(matches)],
        matches_words=f"{counted(len(matches), 'person', 'people')} with {q}",
        recent=drawn[len(matches) :],
        practice_name=PRACTICE_NAME,
    )


@page(bp, "/members/<uuid:member_id>", permission=Permission.TILL_USE)
def member(member_id: UUID) -> str:
    """Show how far a customer is, and the three things to do: punch, purchase, redeem."""
    return _member_page(read_member(member_id))


@page(bp, "/members/<uuid:member_id>/purchase", permission=Permission.TILL_USE)
def purchase_of(member_id: UUID) -> str:
    """Show the form for what a customer buys."""
    return _form(read_member(member_id), {"location_id": remembered_location()}, {})


@page(bp, "/purchases", permission=Permission.PURCHASE_RECORD, methods=("GET", "POST"))
def purchase() -> Any:
    """Show the form without a customer, or record: once for each rendering of a form, however often it is sent."""
    if request.method == "GET":
        return _form(None, {"location_id": remembered_location()}, {})
    typed = forms.read_typed(request.form)
    known = read_member(typed.member_id) if typed.member_id else None
    if known and typed.is_punch and not typed.is_meant and (asked := seconds_since_punch(known["id"])) is not None:
        return _member_page(known, asked=asked, typed=typed), 422
    try:
        found = known or who(typed.values["member"])
        key = request.form.get("purchase_key", "")
        order = forms.read_order(typed, key, found["id"], g.business["currency"], clock.now())
        recorded = record_purchase(order, actor=g.caller.actor)
        note_here(order.kind, UUID(key), recorded.purchase_id, memberId=found["id"])
    except ValidationErrors as error:
        return _again(known, typed, forms.shown_errors(error.errors)), 422
    except Conflict:
        return _again(known, typed, {"": _USED}), 422
    remember_location(typed.values["location_id"])
    lock_after_sale()
    return redirect(url_for("till.result", purchase_id=recorded.purchase_id), SEE_OTHER)


@page(bp, "/purchases/<uuid:purchase_id>", permission=Permission.PURCHASE_VIEW)
def result(purchase_id: UUID) -> str:
    """Show what a purchase brought, waiting a moment for it; pages with scripts ask again while it is counted."""
    line = till_purchase(purchase_id)
    if line is None:
        raise NotFound("purchase of the till")
    await_settled(purchase_id, line["recordedAt"])
    shown = outcome.shown(read_purchase(purchase_id, g.business["currency"]), line)
    return render("till/result.html", "till/_result.html", **frame(), **shown)


@page(bp, "/hand", permission=Permission.TILL_USE, methods=("POST",))
def hand() -> Response:
    """Move the buttons to the side of the hand that taps, on this device."""
    side = "left" if request.form.get("hand") == "left" else "right"
    response = redirect(url_for("till.find"), SEE_OTHER)
    response.set_cookie(HAND_COOKIE, side, max_age=_YEAR, httponly=True, samesite="Lax", path="/")
    return response


@page(bp, "/sound", permission=Permission.TILL_USE, methods=("POST",))
def sound() -> Response:
    """Let results be heard, or not, on this device."""
    wanted = "on" if request.form.get("sound") == "on" else "off"
    response = redirect(url_for("till.find"), SEE_OTHER)
    response.set_cookie(SOUND_COOKIE, wanted, max_age=_YEAR, httponly=True, samesite="Lax", path="/")
    return response


def lock_after_sale() -> None:
    """Let the sign-in end soon, where the owner wants a till to lock after each sale."""
    at, till = at_till(), g.get("till_here")
    if at and at.caller.session_id and till and till.settings.after_sale:
        sessions.end_soon(at.caller.session_id, clock.now() + till.settings.after_sale)


def _scanned(q: str) -> str | None:
    """Return where the code of a card or of a reward leads."""
    shown = member_shown(q, clock.now())
    if shown:
        return url_for("till.member", member_id=shown)
    plain = "".join(q.split())
    is_voucher = len(plain) == _VOUCHER_CODE and plain.isalnum()
    return url_for("till_redeem.voucher", code=plain.upper()) if is_voucher else None


def _lately() -> list[dict[str, Any]]:
    ids = member_list.lately_here()
    found = members_of(set(ids))
    return [found[member_id] for member_id in ids if member_id in found]


def _member_page(found: dict[str, Any], *, asked: int | None = None, typed: forms.Typed | None = None) -> str:
    shared = frame()
    context = counter.member_context(found, shared["locations"])
    ask = {"words": f"Already punched {counter.ago(asked)}. Punch again?"} if asked is not None else None
    count = typed.values["count"] if typed else ""
    location_id = remembered_location()
    return render_template(
        "till/member.html", **shared, **context, ask=ask, count=count or "1", values={"location_id": location_id}
    )


def _again(known: dict[str, Any] | None, typed: forms.Typed, errors: dict[str, str]) -> str:
    """Show the form once more with what was typed and what is wrong with it."""
    return _form(known, typed.values, errors)


def _form(found: dict[str, Any] | None, values: dict[str, str], errors: dict[str, str]) -> str:
    shared = frame()
    context = counter.purchase_context(found, shared["locations"])
    return render_template("till/purchase.html", **shared, **context, values=values, errors=errors)
