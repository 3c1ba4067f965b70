"""The review of an edit: what changes, what it means to members, and what others have changed in the meantime."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from app.domain.errors import Conflict, PreconditionFailed, ValidationErrors
from app.domain.program_changes import Change
from app.domain.wizard import REVIEW
from app.services.program_edits import discard_edit, publish_edit
from app.web.business.wizard.draft import Draft, others_words, saved_words, stepper
from app.web.business.wizard.forecast_words import warning
from app.web.business.wizard.impact_words import impact
from app.web.business.wizard.live_compare import Comparison, compare, said
from app.web.business.wizard.preview_panel import panel, usual_forecast
from app.web.support.htmx import go_to
from app.web.support.sentences import program_sentence

_RULES = "ruleConfig"
PROMISE = "Changes apply from now on. Nobody loses what they earned."


def shown(draft: Draft) -> Any:
    """Show the difference, or both sides where somebody else was faster; lead back to what is not sound."""
    try:
        found = compare(draft)
    except ValidationErrors as refusal:
        return redirect(_step_of(draft, refusal), 303)
    return _conflict(draft, found) if found.is_overtaken else _difference(draft, found, {})


def answered(draft: Draft) -> Any:
    """Publish the edit, keep it for later or discard it, as the pressed button says."""
    wanted = request.form.get("do")
    program_url = url_for("programs.show", program_id=draft.id)
    if wanted == "save":
        flash(saved_words(draft), "ok")
        return go_to(program_url)
    if wanted == "discard":
        discard_edit(draft.id, actor=g.caller.actor)
        flash("Discarded. The program stays as it is.", "ok")
        return go_to(program_url)
    try:
        return _published(draft, compare(draft))
    except ValidationErrors as refusal:
        return redirect(_step_of(draft, refusal), 303)


def _published(draft: Draft, found: Comparison) -> Any:
    review_url = url_for("wizard.review", program_id=draft.id)
    body = found.body()
    if found.is_overtaken or not body:
        return go_to(review_url)
    try:
        publish_edit(draft.id, body, if_match=_seen_version(), actor=g.caller.actor)
    except PreconditionFailed:
        return go_to(review_url)
    except ValidationErrors as refusal:
        return _difference(draft, found, {path: texts[0] for path, texts in refusal.errors.items()}), 422
    except Conflict as refusal:
        return _difference(draft, found, {"": refusal.message}), 422
    flash(f"Published. {PROMISE}", "ok")
    return go_to(url_for("history.versions", program_id=draft.id))


def _seen_version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _difference(draft: Draft, found: Comparison, errors: dict[str, str]) -> str:
    program = {**draft.program, **found.mine}
    return render_template(
        "business/wizard/publish.html",
        program=program,
        errors=errors,
        changes=[_drawn(draft, change) for change in found.changes],
        impact=impact(draft.id, found.theirs, found.mine),
        warnings=[each for each in [warning(usual_forecast(program, program[_RULES]))] if each],
        sentence=program_sentence(program),
        promise=PROMISE,
        version=found.version,
        card=panel(draft, program[_RULES])["card"],
        **stepper(draft, REVIEW),
    )


def _conflict(draft: Draft, found: Comparison) -> str:
    mine, theirs = found.sides()
    merged = found.merge
    conflicts = [
        {
            "path": path,
            "label": said(theirs, path)[0],
            "theirs": said(theirs, path)[1],
            "mine": said(mine, path)[1],
        }
        for path in merged.conflicts
    ]
    return render_template(
        "business/wizard/conflict.html",
        program=draft.program,
        who=others_words(draft) or "Somebody changed this in the meantime.",
        conflicts=conflicts,
        taken=[change for change in theirs if _is_of(change, merged.theirs)],
        kept=[change for change in mine if _is_of(change, merged.mine)],
        version=found.version,
        **{**stepper(draft, REVIEW), "others_words": None},
    )


def _drawn(draft: Draft, change: Change) -> dict[str, Any]:
    is_rule = change.path.startswith(f"{_RULES}.")
    anchor = change.path.removeprefix(f"{_RULES}.").partition(".")[0]
    endpoint = "wizard.rules" if is_rule else "wizard.details"
    return {"change": change, "href": url_for(endpoint, program_id=draft.id, _anchor=anchor)}


def _is_of(change: Change, paths: tuple[str, ...]) -> bool:
    return any(change.path == path or change.path.startswith(f"{path}.") for path in paths)


def _step_of(draft: Draft, refusal: ValidationErrors) -> str:
    is_rule = any(path.startswith(_RULES) for path in refusal.errors)
    endpoint = "wizard.rules" if is_rule else "wizard.details"
    return url_for(endpoint, program_id=draft.id, check=1)
