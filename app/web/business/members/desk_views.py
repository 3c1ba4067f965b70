"""What is done for one member at the desk: points, contact, status, tags, a line undone, the data sent or erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, g, jsonify, render_template, request, url_for

from app.core.ids import new_id
from app.domain.errors import Conflict, ValidationErrors
from app.domain.permissions import Permission
from app.queries.enrollments import enrollments_of
from app.queries.member_copy import member_copy
from app.queries.member_imports import points_programs
from app.queries.members import member as read_one
from app.services import adjustments, member_erasure, member_tags, members
from app.services.corrections import cancel_purchase
from app.web.business.members import forms, views
from app.web.business.members.show_page import member_page
from app.web.support.doors import page
from app.web.support.htmx import go_to
from app.web.support.words import called, counted, first_name


@page(views.bp, "/<uuid:member_id>/adjust", permission=Permission.POINTS_ADJUST, methods=("GET", "POST"))
def adjust(member_id: UUID) -> Any:
    """Give or take points with a reason; says what there is before and what there will be after."""
    if request.method == "GET":
        return _adjust_form(member_id, {"key": str(new_id()), "way": "give"}, {})
    points, program_id, typed, errors = forms.read_adjustment(request.form)
    if errors or points is None or program_id is None:
        return _adjust_form(member_id, typed, errors), 422
    try:
        done = adjustments.adjust_points(
            member_id, program_id, points, typed["reason"], g.caller.actor, key=typed["key"] or None
        )
    except ValidationErrors as error:
        return _adjust_form(member_id, typed, forms.adjustment_messages(error.errors)), 422
    except Conflict as error:
        return _adjust_form(member_id, typed, {"points": error.message}), 422
    flash(f"{counted(done.before, 'point')} before, {done.after:,} now.", "ok")
    return go_to(url_for("members.show", member_id=member_id))


@page(views.bp, "/<uuid:member_id>/adjust/after", permission=Permission.POINTS_ADJUST, methods=("POST",))
def adjust_after(member_id: UUID) -> str:
    """Say what there would be after what is typed so far; saves nothing."""
    points, program_id, _, _ = forms.read_adjustment(request.form)
    held = {each["programId"]: each["balance"] for each in enrollments_of(member_id)}
    before = held.get(program_id, 0)
    after = None if points is None else before + points
    return render_template("business/members/_after.html", before=before, after=after)


@page(views.bp, "/<uuid:member_id>/contact", permission=Permission.MEMBER_VIEW, methods=("POST",))
def contact(member_id: UUID) -> str:
    """Show phone and e-mail unmasked, this once; that somebody looked is in the audit log."""
    members.note_looked(member_id, "contact_shown", actor=g.caller.actor)
    return member_page(member_id, is_shown=True)


@page(views.bp, "/<uuid:member_id>/status", permission=Permission.MEMBER_EDIT, methods=("POST",))
def status(member_id: UUID) -> Any:
    """Suspend a member, or lift the suspension."""
    wanted = "suspended" if request.form.get("status") == "suspended" else "active"
    members.set_member_status(member_id, {"status": wanted}, actor=g.caller.actor)
    who = called(read_one(member_id))
    flash(f"{who} is suspended and earns nothing." if wanted == "suspended" else f"{who} earns again.", "ok")
    return go_to(url_for("members.show", member_id=member_id))


@page(views.bp, "/<uuid:member_id>/tags", permission=Permission.MEMBER_EDIT, methods=("POST",))
def add_tag(member_id: UUID) -> Any:
    """Give the member a tag."""
    read_one(member_id)
    try:
        member_tags.tag_members([member_id], request.form.get("name", ""), actor=g.caller.actor)
    except ValidationErrors as error:
        flash(error.errors["tag"][0], "bad")
    return go_to(url_for("members.show", member_id=member_id) + "#tags")


@page(views.bp, "/<uuid:member_id>/tags/<uuid:tag_id>/remove", permission=Permission.MEMBER_EDIT, methods=("POST",))
def remove_tag(member_id: UUID, tag_id: UUID) -> Any:
    """Take a tag from the member."""
    member_tags.untag_member(member_id, tag_id, actor=g.caller.actor)
    return go_to(url_for("members.show", member_id=member_id) + "#tags")


@page(
    views.bp, "/<uuid:member_id>/entries/<uuid:entry_id>/undo", permission=Permission.POINTS_ADJUST, methods=("POST",)
)
def undo_entry(member_id: UUID, entry_id: UUID) -> Any:
    """Take an adjustment back by an entry of its own."""
    try:
        done = adjustments.undo_adjustment(member_id, entry_id, actor=g.caller.actor)
        flash(f"Undone. {counted(done.after, 'point')} now.", "ok")
    except Conflict as error:
        flash(error.message, "bad")
    return go_to(url_for("members.show", member_id=member_id))


@page(
    views.bp,
    "/<uuid:member_id>/purchases/<uuid:purchase_id>/undo",
    permission=Permission.PURCHASE_CORRECT,
    methods=("POST",),
)
def undo_purchase(member_id: UUID, purchase_id: UUID) -> Any:
    """Cancel a purchase: what it earned is taken back by entries of their own."""
    read_one(member_id)
    cancel_purchase(purchase_id, reason="undone on the member's page", actor=g.caller.actor)
    flash("The purchase is cancelled; what it earned is being taken back.", "ok")
    return go_to(url_for("members.show", member_id=member_id))


@page(views.bp, "/<uuid:member_id>/data.json", permission=Permission.MEMBER_ERASE)
def data(member_id: UUID) -> Response:
    """Send everything kept about the member, for the member; that it was sent is in the audit log."""
    members.note_looked(member_id, "exported", actor=g.caller.actor)
    answer: Response = jsonify(member_copy(member_id, g.business["currency"]))
    answer.headers["Content-Disposition"] = f'attachment; filename="member-{read_one(member_id)["code"]}.json"'
    return answer


@page(views.bp, "/<uuid:member_id>/erase", permission=Permission.MEMBER_ERASE, methods=("GET", "POST"))
def erase(member_id: UUID) -> Any:
    """Erase all that is personal, once the name was typed."""
    member = read_one(member_id)
    name = called(member)
    if request.method == "GET":
        return render_template("business/members/erase.html", member_id=member_id, name=name, typed="", errors={})
    typed = request.form.get("name", "").strip()
    if typed.casefold() != name.casefold():
        errors = {"name": f"Enter {name} to erase"}
        context = {"member_id": member_id, "name": name, "typed": typed, "errors": errors}
        return render_template("business/members/erase.html", **context), 422
    member_erasure.erase_member(member_id, actor=g.caller.actor)
    flash("Erased. Sales totals stay, without the name.", "ok")
    return go_to(url_for("members.index"))


def _adjust_form(member_id: UUID, typed: dict[str, str], errors: dict[str, str]) -> str:
    member = read_one(member_id)
    held = {str(each["programId"]): each["balance"] for each in enrollments_of(member_id)}
    return render_template(
        "business/members/adjust.html",
        member_id=member_id,
        who=first_name(member),
        programs=[(key, f"{name} ({counted(held.get(key, 0), 'point')})") for key, name in points_programs()],
        typed=typed,
        errors=errors,
    )
