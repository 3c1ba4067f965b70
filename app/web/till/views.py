"""The till: find a customer, record a purchase or a punch, see at once what it brought."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.permissions import Permission
from app.queries import member_list
from app.queries.members import member as read_member
from app.queries.members import members_of, members_slice
from app.queries.purchases import purchase as read_purchase
from app.services.purchases import record_purchase
from app.web.support.doors import area, page
from app.web.support.htmx import SEE_OTHER, render, wants_fragment
from app.web.till import counter, forms, outcome
from app.web.till.people import exact_match, people, who

bp = area("till", __name__, "/till")

_MATCHES = 8
_LOCATION = "till_location"
_USED = "This form was recorded before, with something else in it. Look at what was recorded, or send it again"


@page(bp, "/", permission=Permission.TILL_USE)
def find() -> Any:
    """Show the search, what it finds, and who was here lately."""
    q = request.args.get("q", "").strip()[:100]
    matches = members_slice(q=q, limit=_MATCHES).rows if q else []
    only = exact_match(matches, q)
    if only and not wants_fragment():
        return redirect(url_for("till.member", member_id=only), SEE_OTHER)
    recent = [] if q else _lately()
    drawn = people(matches + recent)
    return render(
        "till/find.html",
        "till/_matches.html",
        **counter.frame(session.get(_LOCATION)),
        q=q,
        matches=drawn[: len(matches)],
        matches_words=f"{len(matches)} {'person' if len(matches) == 1 else 'people'} with {q}",
        recent=drawn[len(matches) :],
    )


@page(bp, "/members/<uuid:member_id>", permission=Permission.TILL_USE)
def member(member_id: UUID) -> str:
    """Show how far a customer is, and the form for what they buy."""
    return _form(read_member(member_id), {"location_id": session.get(_LOCATION, "")}, {})


@page(bp, "/purchases", permission=Permission.PURCHASE_RECORD, methods=("GET", "POST"))
def purchase() -> Any:
    """Show the form without a customer, or record: once for each rendering of a form, however often it is sent."""
    if request.method == "GET":
        return _form(None, {"location_id": session.get(_LOCATION, "")}, {})
    typed = forms.read_typed(request.form)
    known = read_member(typed.member_id) if typed.member_id else None
    try:
        found = known or who(typed.values["member"])
        key = request.form.get("purchase_key", "")
        order = forms.read_order(typed, key, found["id"], g.business["currency"], clock.now())
        recorded = record_purchase(order, actor=g.caller.actor)
    except ValidationErrors as error:
        return _form(known, typed.values, forms.shown_errors(error.errors)), 422
    except Conflict:
        return _form(known, typed.values, {"": _USED}), 422
    session[_LOCATION] = typed.values["location_id"]
    return _go_on(recorded.purchase_id)


@page(bp, "/purchases/<uuid:purchase_id>", permission=Permission.PURCHASE_VIEW)
def result(purchase_id: UUID) -> str:
    """Show what a purchase brought, or that it is being counted: pages with scripts ask again every 300 ms."""
    found = read_purchase(purchase_id, g.business["currency"])
    if found["source"] != forms.SOURCE:
        raise NotFound("purchase of the till")
    shown = outcome.shown(found)
    return render("till/result.html", "till/_result.html", **counter.frame(session.get(_LOCATION)), **shown)


def _lately() -> list[dict[str, Any]]:
    ids = member_list.lately_here()
    found = members_of(set(ids))
    return [found[member_id] for member_id in ids if member_id in found]


def _form(found: dict[str, Any] | None, values: dict[str, str], errors: dict[str, str]) -> str:
    frame = counter.frame(session.get(_LOCATION))
    context = counter.purchase_context(found, frame["locations"])
    return render_template("till/purchase.html", **frame, **context, values=values, errors=errors)


def _go_on(purchase_id: UUID) -> Response:
    return redirect(url_for("till.result", purchase_id=purchase_id), SEE_OTHER)
