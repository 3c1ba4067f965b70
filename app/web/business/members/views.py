"""Members: the list with its search, the form that enrols one, and the page of one with the timeline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for

from app.domain.errors import Conflict, ValidationErrors
from app.domain.permissions import Permission
from app.queries.member_desk import merged_into
from app.queries.member_list import MOST_COUNTED, filter_choices, members_page, phone_example
from app.queries.paging import UnknownCursor
from app.services.members import create_member
from app.web.business.members import forms, rows, search
from app.web.business.members.show_page import member_page
from app.web.support.doors import area, page
from app.web.support.htmx import go_to, render
from app.web.support.tries import count_look_up
from app.web.support.words import counted

bp = area("members", __name__, "/members")

_PAGE_SIZE = 20


@page(bp, "", permission=Permission.MEMBER_VIEW)
def index() -> str:
    """List members, the newest first, or those whom words and filters find; three statements, two more for choices."""
    said, after = search.read_search(request.args), request.args.get("after")
    if said.get("q"):
        count_look_up()
    try:
        found = members_page(search.filter_of(said), cursor=after, limit=_PAGE_SIZE)
    except UnknownCursor:
        abort(404)
    following = found.members.next_cursor
    is_choosing = request.args.get("filters") == "1"
    return render(
        "business/members/index.html",
        "business/members/_list.html",
        said=said,
        chips=search.chips(said, found.names),
        fields=search.choices(filter_choices()) if is_choosing else None,
        rows=[rows.list_row(member) for member in found.members.rows],
        currency=g.business["currency"],
        total=found.total,
        total_words=_total_words(found.total, is_filtered=bool(said)),
        is_filtered=bool(said),
        may_export=g.caller.may(Permission.MEMBER_EXPORT),
        may_import=g.caller.may(Permission.POINTS_ADJUST),
        newer_url=search.address(said) if after else None,
        older_url=search.address({**said, "after": following}) if following else None,
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
def show(member_id: UUID) -> Any:
    """Show a member: contacts masked, every program, what is ready, and the story; one who was merged leads on."""
    if (survivor := merged_into(member_id)) is not None:
        return go_to(url_for("members.show", member_id=survivor))
    return member_page(member_id)


def _form(values: dict[str, str], errors: dict[str, str]) -> str:
    context = {"values": values, "errors": errors, "phone_example": phone_example()}
    return render_template("business/members/new.html", **context)


def _total_words(total: int | None, *, is_filtered: bool) -> str:
    """Say how many there are; only the first page knows."""
    if total is None:
        return "More members"
    if total > MOST_COUNTED:
        return f"More than {MOST_COUNTED:,} members{' match' if is_filtered else ''}"
    return counted(total, "member matches", "members match") if is_filtered else counted(total, "member")
