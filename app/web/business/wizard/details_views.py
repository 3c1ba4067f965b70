"""The wizard's step 3: name, places, dates, who may join, limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for

from app.core import clock
from app.domain.errors import Conflict, ValidationErrors
from app.domain.localtime import zone_names
from app.domain.permissions import Permission
from app.domain.wizard import DETAILS, Typed
from app.queries.program_wizard import open_locations
from app.services.program_trials import validate_program
from app.web.business.wizard import views
from app.web.business.wizard.details_form import (
    DATES,
    PART,
    WEEK,
    details_body,
    field_errors,
    limit_unit,
    typed_details,
)
from app.web.business.wizard.draft import Draft, elsewhere, finish, keep, open_draft, saved_words, sent_texts, stepper
from app.web.business.wizard.instants import meant
from app.web.business.wizard.row_edits import ACTIONS, edited
from app.web.business.wizard.typed import row_count
from app.web.support.doors import page
from app.web.support.htmx import go_to

_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DATE_WORDS = {"startsAt": "Starts", "endsAt": "Ends", "redeemUntil": "Rewards can be used until"}


@page(views.bp, "/<uuid:program_id>/details", permission=Permission.PROGRAM_EDIT)
def details(program_id: UUID) -> Any:
    """Step 3, with what was typed; ?check=1 says what is wrong with it."""
    try:
        draft = open_draft(program_id, DETAILS)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    typed = typed_now(draft)
    errors = _errors(draft, typed) if request.args.get("check") else {}
    return _shown(draft, typed, errors), 422 if errors else 200


@page(views.bp, "/<uuid:program_id>/details", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def save_details(program_id: UUID) -> Any:
    """Do what the pressed button says: go on, save, or change the rows of the limits."""
    try:
        draft = open_draft(program_id, DETAILS)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    action, _, target = request.form.get("do", "continue").partition(":")
    typed = sent_texts()
    if action in ACTIONS:
        keep(draft, PART, edited(typed, action, target))
        return redirect(url_for("wizard.details", program_id=draft.id, _anchor="limits"), 303)
    is_sound = _finished(draft, typed)
    if action == "save":
        flash(saved_words(draft), "ok")
        return redirect(url_for("programs.show", program_id=draft.id), 303)
    if not is_sound:
        return redirect(url_for("wizard.details", program_id=draft.id, check=1), 303)
    return redirect(url_for("wizard.review", program_id=draft.id), 303)


@page(views.bp, "/<uuid:program_id>/details/check", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def check_details(program_id: UUID) -> Any:
    """Save what is typed and answer the instants it means, with a message beside each field that has been left."""
    try:
        draft = open_draft(program_id, DETAILS)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    typed = sent_texts()
    keep(draft, PART, typed)
    errors = _errors(draft, typed)
    touched = [name for name in request.form.get("touched", "").split(" ") if typed.get(name, "").strip()]
    return render_template(
        "business/wizard/_details_live.html",
        instants=_instants(typed),
        messages=[{"name": name, "words": errors.get(name)} for name in touched],
        **stepper(open_draft(program_id, DETAILS), DETAILS),
    )


def typed_now(draft: Draft) -> Typed:
    """Return what step 3 shows: the kept texts, else the stored program."""
    kept = draft.state.typed.get(PART)
    return dict(kept) if kept is not None else typed_details(draft.program)


def _shown(draft: Draft, typed: Typed, errors: Mapping[str, str]) -> str:
    chosen = typed.get("segments", "")
    segments = [("", "Everyone"), ("new", "New customers, in their first 30 days")]
    return render_template(
        "business/wizard/details.html",
        program=draft.program,
        typed=typed,
        errors=errors,
        locations=open_locations(),
        zones=[(name, name.replace("_", " ")) for name in sorted(zone_names())],
        segments=segments if chosen in dict(segments) else [*segments, (chosen, "As it is set now")],
        week=list(zip(WEEK, _DAY_NAMES, strict=True)),
        unit=limit_unit(draft.rule_type),
        caps=range(row_count(typed, "caps")),
        instants=_instants(typed),
        has_tiers=draft.rule_type == "TIER_BASED",
        check_url=url_for("wizard.check_details", program_id=draft.id),
        back_url=url_for("wizard.rules", program_id=draft.id),
        **stepper(draft, DETAILS),
    )


def _instants(typed: Typed) -> list[dict[str, str]]:
    name = typed.get("timezone", "")
    if name not in zone_names():
        return []
    said = {key: meant(typed.get(key, ""), ZoneInfo(name)) for key in DATES}
    return [{"name": key, "words": f"{_DATE_WORDS[key]} {words}"} for key, words in said.items() if words]


def _errors(draft: Draft, typed: Typed) -> dict[str, str]:
    body = details_body(typed, draft.program)
    return _over(body) | field_errors(validate_program(body, program_id=draft.id)["errors"])


def _over(body: Mapping[str, Any]) -> dict[str, str]:
    """A program that begins when it is activated cannot have ended before."""
    ends_at = body["endsAt"]
    is_over = body["startsAt"] is None and ends_at is not None and ends_at[:4].isdecimal()
    if is_over and ends_at <= clock.now().isoformat():
        return {"endsAt": "End date must be in the future"}
    return {}


def _finished(draft: Draft, typed: Typed) -> bool:
    """Make the details the program's own; else keep them as they are typed."""
    body = details_body(typed, draft.program)
    try:
        if _over(body):
            raise ValidationErrors({})
        finish(draft, PART, DETAILS, body, typed)
    except ValidationErrors:
        keep(draft, PART, typed)
        return False
    return True
