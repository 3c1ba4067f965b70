"""The wizard's steps 1 and 2: choose a rule type, configure its rules with a live preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.errors import Conflict, ValidationErrors
from app.domain.permissions import Permission
from app.domain.registry import RULES
from app.domain.wizard import RULES as RULES_STEP
from app.domain.wizard import TYPE, Typed
from app.services.program_trials import validate_program
from app.services.program_wizard import change_rule_type, start_draft
from app.web.business.wizard.draft import Draft, elsewhere, finish, keep, open_draft, saved_words, sent_texts, stepper
from app.web.business.wizard.preview_panel import panel
from app.web.business.wizard.row_edits import ACTIONS, edited
from app.web.business.wizard.shown import drawn_fields, is_open
from app.web.business.wizard.starts import STARTS, start_body
from app.web.support.doors import area, page
from app.web.support.htmx import go_to

bp = area("wizard", __name__, "/programs")  # steps 3 and 4 hang their views on it too

_CHOOSE = "Choose what your customers collect"
_CONFIG = "ruleConfig."


@page(bp, "/new", permission=Permission.PROGRAM_EDIT)
def choose() -> str:
    """Step 1: every rule type with what it is for."""
    return _choosing(None, None, {})


@page(bp, "/new", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def start() -> Any:
    """Make a draft of the chosen type and go on to its rules."""
    rule_type = request.form.get("ruleType", "")
    if rule_type not in RULES:
        return _choosing(None, None, {"ruleType": _CHOOSE}), 422
    program_id = start_draft(start_body(rule_type, g.business["currency"]), actor=g.caller.actor)
    return go_to(url_for("wizard.rules", program_id=program_id))


@page(bp, "/<uuid:program_id>/type", permission=Permission.PROGRAM_EDIT)
def retype(program_id: UUID) -> Any:
    """Step 1 once more, for a draft that there is."""
    try:
        draft = open_draft(program_id, TYPE)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    return _choosing(draft, draft.rule_type, {})


@page(bp, "/<uuid:program_id>/type", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def change_type(program_id: UUID) -> Any:
    """Choose again; the same type changes nothing, and what was typed for another is found when it comes back."""
    try:
        draft = open_draft(program_id, TYPE)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    rule_type = request.form.get("ruleType", "")
    if rule_type not in RULES:
        return _choosing(draft, None, {"ruleType": _CHOOSE}), 422
    if rule_type != draft.rule_type:
        _change(draft, rule_type)
    return go_to(url_for("wizard.rules", program_id=program_id))


@page(bp, "/<uuid:program_id>/rules", permission=Permission.PROGRAM_EDIT)
def rules(program_id: UUID) -> Any:
    """Step 2, with what was typed; ?check=1 says what is wrong with it."""
    try:
        draft = open_draft(program_id, RULES_STEP)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    typed = draft.typed_rules()
    errors = _errors(draft, typed) if request.args.get("check") else {}
    return _configuring(draft, typed, errors), 422 if errors else 200


@page(bp, "/<uuid:program_id>/rules", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def save_rules(program_id: UUID) -> Any:
    """Do what the pressed button says: go on, save, refresh the preview, or change the rows of a list."""
    try:
        draft = open_draft(program_id, RULES_STEP)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    action, _, target = request.form.get("do", "continue").partition(":")
    typed = sent_texts()
    if action == "continue":
        return _go_on(draft, typed)
    if action in ACTIONS:
        typed = edited(typed, action, target)
    if action == "save":
        _finished(draft, typed)
        flash(saved_words(draft), "ok")
        return redirect(url_for("programs.show", program_id=draft.id), 303)
    keep(draft, draft.rule_type, typed)
    if action == "preview":
        return _configuring(draft, typed, {})
    return redirect(url_for("wizard.rules", program_id=draft.id, _anchor=target.partition(".")[0] or None), 303)


@page(bp, "/<uuid:program_id>/rules/preview", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def preview_rules(program_id: UUID) -> Any:
    """Save what is typed and answer the preview, with a message beside each field that has been left."""
    try:
        draft = open_draft(program_id, RULES_STEP)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    typed = sent_texts()
    keep(draft, draft.rule_type, typed)
    errors = _errors(draft, typed)
    touched = [name for name in request.form.get("touched", "").split(" ") if typed.get(name, "").strip()]
    return render_template(
        "business/wizard/_live.html",
        panel=panel(draft, draft.config(typed)),
        messages=[{"name": name, "words": errors.get(name)} for name in touched],
        preview_url=url_for("wizard.preview_rules", program_id=draft.id),
        **stepper(open_draft(program_id, RULES_STEP), RULES_STEP),
    )


def _choosing(draft: Draft | None, chosen: str | None, errors: Mapping[str, str]) -> str:
    return render_template(
        "business/wizard/choose.html",
        types=[{"key": key, "start": STARTS[key]} for key in STARTS],
        chosen=chosen,
        errors=errors,
        templates_url=url_for("templates.index"),
        action=url_for("wizard.change_type", program_id=draft.id) if draft else url_for("wizard.start"),
        **stepper(draft, TYPE),
    )


def _change(draft: Draft, rule_type: str) -> None:
    body = start_body(rule_type, g.business["currency"])
    if draft.program["name"] != STARTS[draft.rule_type].name:
        del body["name"]
    change_rule_type(draft.id, body, draft.typed_rules(), actor=g.caller.actor)


def _configuring(draft: Draft, typed: Typed, errors: Mapping[str, str]) -> str:
    fields = drawn_fields(draft.fields, typed)
    more = [field for field in fields if not field["is_main"]]
    return render_template(
        "business/wizard/rules.html",
        program=draft.program,
        main=[field for field in fields if field["is_main"]],
        more=more,
        is_more_open=is_open(more, errors),
        errors=errors,
        panel=panel(draft, draft.config(typed)),
        preview_url=url_for("wizard.preview_rules", program_id=draft.id),
        back_url=url_for("programs.show" if draft.edit else "wizard.retype", program_id=draft.id),
        **stepper(draft, RULES_STEP),
    )


def _errors(draft: Draft, typed: Typed) -> dict[str, str]:
    """Return the first sentence for each field that the model refuses."""
    config = {"ruleType": draft.rule_type, "ruleConfig": draft.config(typed)}
    found = validate_program(config, program_id=draft.id)["errors"]
    return {path.removeprefix(_CONFIG): sentences[0] for path, sentences in found.items() if path.startswith(_CONFIG)}


def _go_on(draft: Draft, typed: Typed) -> Response:
    """Open the details; else come back to what is wrong, nothing lost."""
    if _finished(draft, typed):
        return redirect(url_for("wizard.details", program_id=draft.id), 303)
    return redirect(url_for("wizard.rules", program_id=draft.id, check=1), 303)


def _finished(draft: Draft, typed: Typed) -> bool:
    """Make the rules the program's own; else keep them as they are typed."""
    body = {"ruleConfig": draft.config(typed)}
    try:
        finish(draft, draft.rule_type, RULES_STEP, body, typed)
    except ValidationErrors:
        keep(draft, draft.rule_type, typed)
        return False
    return True
