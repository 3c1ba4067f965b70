"""What a page works on: a draft, or the edit of a live program; how far it is, and what is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, request, url_for

from app.domain.errors import Conflict, ValidationErrors
from app.domain.fields import ConfigModel
from app.domain.live_edit import changed_keys
from app.domain.registry import RULES
from app.domain.wizard import DETAILS, REVIEW, TYPE, Typed, WizardState
from app.domain.wizard import RULES as RULES_STEP
from app.queries.program_edits import Edit, current_body, edit_of, latest_change
from app.queries.program_wizard import wizard_state
from app.queries.programs import program
from app.services.program_edits import keep_edit
from app.services.program_trials import validate_program
from app.services.program_wizard import finish_step, keep_typed
from app.web.business.wizard.specs import Field, described
from app.web.business.wizard.typed import read_config, write_config
from app.web.support.formatting import ago
from app.web.support.words import clock_time

_NOT_FIELDS = frozenset({"csrf_token", "do", "touched"})
_PREVIEW = "try."
_STEPS = ((1, "Type", "wizard.retype"), (2, "Rules", "wizard.rules"))
_LATER = ((3, "Details", "wizard.details"), (4, "Review", "wizard.review"))


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft program as the wizard sees it, or a live one as it was when its ``edit`` was begun."""

    program: dict[str, Any]
    state: WizardState
    edit: Edit | None = None

    @property
    def id(self) -> UUID:
        """Return the program's id."""
        found: UUID = self.program["id"]
        return found

    @property
    def rule_type(self) -> str:
        """Return the rule type, which is also the name of the typed part of step 2."""
        return str(self.program["ruleType"])

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return the fields of the rule type's model."""
        model: type[ConfigModel] = RULES[self.rule_type].Config
        return described(model)

    def typed_rules(self) -> Typed:
        """Return what step 2 shows: the kept texts, else the stored config."""
        kept = self.state.typed.get(self.rule_type)
        return dict(kept) if kept is not None else write_config(self.fields, self.program["ruleConfig"])

    def config(self, typed: Typed) -> dict[str, Any]:
        """Return the config that the texts say, sound or not."""
        return read_config(self.fields, typed)


def open_draft(program_id: UUID, step: int) -> Draft:
    """Return the draft, or the caller's own edit, where the step is open; NotFound where there is no program.

    Conflict sends the caller on (see `elsewhere`).
    """
    found = _draft(program_id)
    if found.edit is not None and step == TYPE:
        raise Conflict("not_a_draft", "The rule type of a live program is fixed")
    if step > found.state.reached:
        raise Conflict("step_closed", "Finish this step first")
    return found


def keep(draft: Draft, part: str, typed: Typed) -> None:
    """Keep the raw texts of a part, sound or not."""
    if draft.edit is None:
        keep_typed(draft.id, part, typed)
    else:
        keep_edit(draft.id, part, typed, actor=g.caller.actor)


def finish(draft: Draft, part: str, step: int, body: Mapping[str, Any], typed: Typed) -> None:
    """Make a sound part a draft's own and open the next step; of a live program it is kept until it is published.

    Raises ValidationErrors with every violation.
    """
    if draft.edit is None:
        finish_step(draft.id, part, step, body, actor=g.caller.actor)
        return
    errors = validate_program(body, program_id=draft.id)["errors"]
    if errors:
        raise ValidationErrors(errors)
    keep_edit(draft.id, part, typed, actor=g.caller.actor)


def elsewhere(program_id: UUID, refusal: Conflict) -> str:
    """Return where a refused step sends its caller: the program's page, or the furthest open step."""
    if refusal.code != "step_closed":
        return url_for("programs.show", program_id=program_id)
    endpoints = {RULES_STEP: "wizard.rules", DETAILS: "wizard.details", REVIEW: "wizard.review"}
    return url_for(endpoints[wizard_state(program_id).reached], program_id=program_id)


def sent_texts() -> Typed:
    """Return the fields of the form that was sent; several of one name are joined by a comma."""
    names = [name for name in request.form if name not in _NOT_FIELDS and not name.startswith(_PREVIEW)]
    return {name: ",".join(request.form.getlist(name))[:5000] for name in names if "\0" not in name}


def stepper(draft: Draft | None, current: int) -> dict[str, Any]:
    """Return what the head of every step draws: the steps that are open, and when the draft was saved."""
    saved_at = draft.state.saved_at if draft else None
    return {
        "steps": [_step(draft, *step, current=current) for step in (*_STEPS, *_LATER)],
        "saved_words": f"Saved {clock_time(saved_at)}" if saved_at else None,
        "business_name": g.business["name"],
        "is_edit": draft is not None and draft.edit is not None,
        "others_words": others_words(draft) if draft else None,
    }


def saved_words(draft: Draft) -> str:
    """Say what became of what was typed when somebody leaves before the end."""
    return "Saved as a draft." if draft.edit is None else "Kept for you. Nothing is published yet."


def others_words(draft: Draft) -> str | None:
    """Say who has changed a live program since its edit was begun; None where nobody did."""
    if draft.edit is None or draft.edit.base_version == draft.program["version"]:
        return None
    changed = latest_change(draft.id)
    theirs, _ = current_body(draft.id)
    if changed is None or not changed_keys(draft.edit.base, theirs):
        return None
    return f"{changed.by} changed this {ago(changed.at)}."


def _draft(program_id: UUID) -> Draft:
    stored = program(program_id)
    if stored["state"] == "draft":
        return Draft(stored, wizard_state(program_id))
    edit = edit_of(program_id, g.caller.actor.id)
    if edit is None or stored["status"] == "ENDED":
        raise Conflict("not_a_draft", "This program is set up already; you find it here")
    return Draft({**stored, **edit.base}, edit.state, edit)


def _step(draft: Draft | None, number: int, words: str, endpoint: str, *, current: int) -> dict[str, Any]:
    is_open = draft is not None and number <= draft.state.reached and number != current
    is_open = is_open and not (number == TYPE and draft is not None and draft.edit is not None)
    return {
        "number": number,
        "words": words,
        "is_current": number == current,
        "is_done": draft is not None and number < current,
        "href": url_for(endpoint, program_id=draft.id) if draft and is_open else None,
    }
