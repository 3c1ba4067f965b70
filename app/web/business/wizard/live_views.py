"""Changing a live program: beginning an edit, settling it with what others changed, going back to an old version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, request, url_for

from app.domain.errors import Conflict, ValidationErrors
from app.domain.permissions import Permission
from app.domain.wizard import REVIEW, WizardState
from app.queries import programs as found
from app.queries.program_edits import current_body
from app.services.program_edits import discard_edit, rebase_edit, start_edit
from app.web.business.wizard import views
from app.web.business.wizard.draft import Draft, elsewhere, open_draft
from app.web.business.wizard.live_compare import compare, typed_parts
from app.web.support.doors import page
from app.web.support.htmx import go_to

_BODY = ("timezone", "locationIds", "blackoutDates", "recurrence", "segments", "priority", "exclusiveGroup",
         "autoEnroll", "caps", "budget", "ruleConfig")  # fmt: skip


@page(views.bp, "/<uuid:program_id>/edit", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def edit(program_id: UUID) -> Any:
    """Begin to change a live program, or go on with it; a draft goes on where it was left."""
    if found.program(program_id)["state"] == "draft":
        return go_to(url_for("wizard.review", program_id=program_id))
    try:
        start_edit(program_id, actor=g.caller.actor)
    except Conflict as refusal:
        return _refused(program_id, refusal)
    return go_to(url_for("wizard.rules", program_id=program_id))


@page(views.bp, "/<uuid:program_id>/edit/discard", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def discard(program_id: UUID) -> Any:
    """Forget what was typed."""
    found.program(program_id)
    discard_edit(program_id, actor=g.caller.actor)
    flash("Discarded. The program stays as it is.", "ok")
    return go_to(url_for("programs.show", program_id=program_id))


@page(views.bp, "/<uuid:program_id>/edit/settle", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def settle(program_id: UUID) -> Any:
    """Take theirs and keep mine as chosen; then the review shows what is left to publish."""
    review = url_for("wizard.review", program_id=program_id)
    try:
        draft = open_draft(program_id, REVIEW)
        sides = compare(draft)
        if request.form.get("version") != str(sides.version):
            return go_to(review)
        keep = {path for path in sides.merge.conflicts if request.form.get(f"keep.{path}") != "theirs"}
        rebase_edit(program_id, typed_parts(draft, sides.settled(keep)), actor=g.caller.actor)
    except ValidationErrors:
        return go_to(review)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    return go_to(review)


@page(
    views.bp,
    "/<uuid:program_id>/versions/<int:number>/restore",
    permission=Permission.PROGRAM_EDIT,
    methods=("POST",),
)
def restore_version(program_id: UUID, number: int) -> Any:
    """Begin an edit that says what an old version said; the review shows it before it is published."""
    program, old = found.program(program_id), found.version(program_id, number)
    try:
        if old["ruleType"] != program["ruleType"]:
            raise Conflict("rule_type_fixed", "That version has another rule type, which is fixed by now")
        body = {**current_body(program_id)[0], **{key: old[key] for key in _BODY}}
        start_edit(program_id, typed_parts(Draft(program, WizardState()), body), actor=g.caller.actor)
    except Conflict as refusal:
        return _refused(program_id, refusal)
    return go_to(url_for("wizard.review", program_id=program_id))


def _refused(program_id: UUID, refusal: Conflict) -> Any:
    flash(refusal.message, "bad")
    target = "wizard.review" if refusal.code == "edit_open" else "programs.show"
    return go_to(url_for(target, program_id=program_id))
