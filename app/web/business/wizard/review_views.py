"""The wizard's step 4: check the answers, heed the warnings, activate - and the page that says it is live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for

from app.core import clock
from app.domain.errors import Conflict, InvalidTransition
from app.domain.lifecycle import Action
from app.domain.permissions import Permission
from app.domain.wizard import REVIEW
from app.queries import programs as found
from app.queries.program_wizard import open_locations
from app.services.program_lifecycle import move_program
from app.web.business.wizard import live_review, views
from app.web.business.wizard.details_form import PART, typed_details
from app.web.business.wizard.draft import Draft, elsewhere, open_draft, stepper
from app.web.business.wizard.forecast_words import warning
from app.web.business.wizard.instants import meant
from app.web.business.wizard.preview_panel import panel, usual_forecast
from app.web.business.wizard.shown import drawn_fields
from app.web.business.wizard.typed import write_config
from app.web.support.doors import page
from app.web.support.htmx import go_to
from app.web.support.sentences import program_sentence
from app.web.support.words import listed

_ALL_SHOWN = 5


@page(views.bp, "/<uuid:program_id>/review", permission=Permission.PROGRAM_EDIT)
def review(program_id: UUID) -> Any:
    """Step 4: every answer with a way back to it."""
    try:
        draft = open_draft(program_id, REVIEW)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    if draft.edit is not None:
        return live_review.shown(draft)
    return _unfinished(draft) or _shown(draft, {})


@page(views.bp, "/<uuid:program_id>/review", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def launch(program_id: UUID) -> Any:
    """Activate or schedule the program, or leave it a draft, as the pressed button says."""
    try:
        draft = open_draft(program_id, REVIEW)
    except Conflict as refusal:
        return go_to(elsewhere(program_id, refusal))
    if draft.edit is not None:
        return live_review.answered(draft)
    if request.form.get("do") == "save":
        flash("Saved as a draft.", "ok")
        return go_to(url_for("programs.show", program_id=program_id))
    unfinished = _unfinished(draft)
    if unfinished is not None:
        return unfinished
    try:
        move_program(program_id, Action.ACTIVATE, actor=g.caller.actor)
    except InvalidTransition as refusal:
        return _shown(draft, {"": refusal.message}), 422
    return go_to(url_for("wizard.live", program_id=program_id))


@page(views.bp, "/<uuid:program_id>/live", permission=Permission.PROGRAM_EDIT)
def live(program_id: UUID) -> Any:
    """Say that the program is live, or when it will be, and what to do next."""
    program = found.program(program_id)
    if program["status"] not in ("ACTIVE", "SCHEDULED"):
        return go_to(url_for("programs.show", program_id=program_id))
    return render_template(
        "business/wizard/live.html",
        program=program,
        starts_words=_start_words(program) if program["status"] == "SCHEDULED" else None,
        sentence=program_sentence(program),
        steps=[],
        saved_words=None,
    )


def _unfinished(draft: Draft) -> Any:
    """Lead back to a step that holds texts which are not the program's yet; None where there is none."""
    rules, details = draft.state.typed.get(draft.rule_type), draft.state.typed.get(PART)
    if rules is not None and _told(rules) != _told(write_config(draft.fields, draft.program["ruleConfig"])):
        return redirect(url_for("wizard.rules", program_id=draft.id, check=1), 303)
    if details is not None and _told(details) != _told(typed_details(draft.program)):
        return redirect(url_for("wizard.details", program_id=draft.id, check=1), 303)
    return None


def _told(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: " ".join(text.split()) for name, text in typed.items() if text.strip()}


def _shown(draft: Draft, errors: Mapping[str, str]) -> str:
    program = draft.program
    is_later = program["startsAt"] is not None and program["startsAt"] > clock.now()
    return render_template(
        "business/wizard/review.html",
        program=program,
        errors=errors,
        sentence=program_sentence(program),
        rules=list(_rule_answers(draft)),
        details=_detail_answers(program),
        warnings=_warnings(draft),
        launch_words=f"Schedule for {_start_words(program)}" if is_later else "Activate Now",
        card=panel(draft, program["ruleConfig"])["card"],
        **stepper(draft, REVIEW),
    )


def _warnings(draft: Draft) -> list[str]:
    program = draft.program
    words = [warning(usual_forecast(program, program["ruleConfig"]))]
    if program["warnings"]:
        shown = found.programs_page(rule_type=draft.rule_type, status="active", page_size=_ALL_SHOWN)
        names = [twin["name"] for twin in shown.rows]
        others = listed(names) if names else "another program of this type"
        words.append(f"You also have {others} live. Customers may be confused: a purchase counts in both.")
    return [each for each in words if each]


def _rule_answers(draft: Draft) -> Iterable[dict[str, str]]:
    typed = write_config(draft.fields, draft.program["ruleConfig"])
    for field in drawn_fields(draft.fields, typed):
        words = _value_words(field)
        if words:
            yield {"name": field["name"], "words": field["title"], "value": words}


def _value_words(field: Mapping[str, Any]) -> str:
    """Write one field of a rule, whatever its shape, in a line."""
    if field["shape"] == "group":
        said = [(part["title"], _value_words(part)) for part in field["parts"]]
        return ", ".join(f"{title}: {words}" for title, words in said if words)
    if field["shape"] == "pairs":
        return ", ".join(f"{row['key']} × {row['value']}" for row in field["rows"])
    if field["shape"] == "rows":
        return "; ".join(", ".join(filter(None, map(_value_words, row["parts"]))) for row in field["rows"])
    if field["control"] == "flag":
        return "Yes" if field["value"] == "on" else "No"
    if field["control"] == "choice":
        return str(dict(field["options"]).get(field["value"], "")) if field["value"] else ""
    value = str(field["value"]).replace("\n", ", ")
    return f"{value} {g.business['currency']}" if value and field["control"] == "money" else value


def _detail_answers(program: Mapping[str, Any]) -> list[dict[str, str]]:
    typed = typed_details(program)
    zone = ZoneInfo(program["timezone"])
    names = dict(open_locations())
    limits = [f"{cap['max']} {cap['unit']} for one member, per {cap['per']}" for cap in program["caps"]]
    budget = program["budget"]
    answers = [
        ("name", "Name", program["name"]),
        ("description", "Description", program["description"] or "None"),
        ("locationIds", "Locations", listed([names.get(i, "A closed one") for i in program["locationIds"]] or ["All"])),
        ("startsAt", "Starts", meant(typed["startsAt"], zone) or "When you activate it"),
        ("endsAt", "Ends", meant(typed["endsAt"], zone) or "No end date"),
        ("redeemUntil", "Rewards until", meant(typed["redeemUntil"], zone) or "90 days after the end"),
        ("recurrence", "Counts on", _window(typed)),
        ("blackoutDates", "Not on", ", ".join(program["blackoutDates"]) or "No blackout dates"),
        ("segments", "Who can earn", "New customers" if program["segments"] == ["new"] else _segments(program)),
        ("caps", "Limits", "; ".join(limits) or "None"),
        ("budget.max", "Budget", f"{budget['max']} {budget['unit']} per {budget['per']}" if budget else "None"),
        ("priority", "Priority", str(program["priority"])),
        ("exclusiveGroup", "Exclusive group", program["exclusiveGroup"] or "None"),
    ]
    return [{"name": name, "words": words, "value": value} for name, words, value in answers]


def _window(typed: Mapping[str, str]) -> str:
    rule = typed["recurrence.days"] or typed["recurrence.rrule"]
    return f"{rule}, {typed['recurrence.startTime']} to {typed['recurrence.endTime']}" if rule else "Every day"


def _segments(program: Mapping[str, Any]) -> str:
    return "Everyone" if not program["segments"] else "Chosen segments"


def _start_words(program: Mapping[str, Any]) -> str:
    at = program["startsAt"].astimezone(ZoneInfo(program["timezone"]))
    return f"{at:%a} {at.day} {at:%b}, {at:%H:%M}"
