"""Members: the list with its search, the form that enrols one, and the page of one with the timeline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for

from app.core import clock
from app.core.card_links import card_token
from app.domain.errors import Conflict, ValidationErrors
from app.domain.permissions import Permission
from app.queries import member_list, timeline
from app.queries.enrollments import enrollments_by_member, enrollments_of
from app.queries.members import member as read_one
from app.queries.members import members_slice
from app.queries.paging import UnknownCursor
from app.queries.vouchers import vouchers_of
from app.services.members import create_member
from app.web.business.members import forms, rows
from app.web.support import story
from app.web.support.context import initials, shop_icon
from app.web.support.doors import area, page
from app.web.support.htmx import go_to, render, wants_fragment
from app.web.support.rewards import ready_rewards
from app.web.support.standings import standings
from app.web.support.words import called, counted

bp = area("members", __name__, "/members")

_PAGE_SIZE = 20
_MOST_VOUCHERS = 100
_FILTERS = (("Everything", None), ("Earned", "earned"), ("Redeemed", "redeemed"), ("System", "system"))


@page(bp, "", permission=Permission.MEMBER_VIEW)
def index() -> str:
    """List members, the newest first, or those that a search finds; five statements."""
    q, after = request.args.get("q", "").strip()[:100], request.args.get("after")
    try:
        found = members_slice(q=q or None, cursor=after, limit=_PAGE_SIZE)
    except UnknownCursor:
        abort(404)
    ids = [member["id"] for member in found.rows]
    standing, spent = enrollments_by_member(ids), member_list.spent_by_member(ids)
    return render(
        "business/members/index.html",
        "business/members/_list.html",
        search={"q": q},
        rows=[rows.list_row(one, standing.get(one["id"], []), spent.get(one["id"], 0)) for one in found.rows],
        currency=g.business["currency"],
        total_words=_total_words(len(ids), q, has_more=found.next_cursor is not None, is_first=after is None),
        is_filtered=bool(q),
        newer_url=url_for("members.index", q=q or None) if after else None,
        older_url=url_for("members.index", q=q or None, after=found.next_cursor) if found.next_cursor else None,
    )


@page(bp, "/new", permission=Permission.MEMBER_EDIT, methods=("GET", "POST"))
def create() -> Any:
    """Show the form, or make a member and go to the page of the new member."""
    if request.method == "GET":
        return _form({"phone": request.args.get("phone", "")}, {})
    body, typed = forms.read_member(request.form)
    errors = forms.missing(body)
    if errors:
        return _form(typed, errors), 422
    try:
        member_id = create_member(body, actor=g.caller.actor)
    except ValidationErrors as error:
        return _form(typed, forms.first_messages(error.errors)), 422
    except Conflict as error:
        return _form(typed, {"": error.message}), 422
    flash(f"{body.get('name') or body['phone']} is a member now.", "ok")
    return go_to(url_for("members.show", member_id=member_id))


@page(bp, "/<uuid:member_id>", permission=Permission.MEMBER_VIEW)
def show(member_id: UUID) -> str:
    """Show a member: contacts masked, every program, what is ready, and the story with its reasons."""
    member = read_one(member_id)
    enrollments = enrollments_of(member_id)
    told = _story(member_id, enrollments)
    if wants_fragment():
        name = "_days" if request.args.get("before") else "_timeline"
        return render_template(f"business/members/{name}.html", **told)
    vouchers = vouchers_of(member_id, limit=_MOST_VOUCHERS).rows
    programs = {found["programId"]: found["programName"] for found in enrollments}
    name = called(member)
    return render_template(
        "business/members/show.html",
        member={
            "id": member_id,
            "name": name,
            "initials": initials(name),
            "number": member["code"],
            "joined_at": member["joinedAt"],
            "status": member["status"],
            "card_url": url_for("portal.card", token=card_token(g.business["id"], member_id, clock.now())),
        },
        standings=standings(enrollments, currency=g.business["currency"], icon=shop_icon()),
        vouchers=ready_rewards(vouchers, programs),
        facts=rows.facts(member),
        **told,
    )


def _story(member_id: UUID, enrollments: list[dict[str, Any]]) -> dict[str, Any]:
    """The timeline as the address asks for it."""
    show = request.args.get("show")
    shown = show if show in dict(_FILTERS).values() else None
    try:
        found = timeline.timeline_of(
            member_id, g.business["currency"], enrollments, show=shown, cursor=request.args.get("before") or None
        )
    except UnknownCursor:
        abort(404)
    return {
        "filters": [
            {
                "label": label,
                "href": url_for("members.show", member_id=member_id, show=kind),
                "is_current": kind == shown,
            }
            for label, kind in _FILTERS
        ],
        "days": story.days(found.rows, g.business["currency"]),
        "older_url": url_for("members.show", member_id=member_id, show=shown, before=found.next_cursor)
        if found.next_cursor
        else None,
    }


def _form(values: dict[str, str], errors: dict[str, str]) -> str:
    context = {"values": values, "errors": errors, "phone_example": member_list.phone_example()}
    return render_template("business/members/new.html", **context)


def _total_words(shown: int, q: str, *, has_more: bool, is_first: bool) -> str:
    """Say how many there are; what a search finds beyond one page is not counted."""
    if not q:
        return counted(member_list.members_total(), "member")
    if has_more:
        return f"The first {shown} who match" if is_first else f"{shown} more who match"
    return f"{counted(shown, 'member matches', 'members match')}"
