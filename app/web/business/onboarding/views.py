"""From the sign-up to the first live program: the kind of business, the card that is ready, and what is left to do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.errors import InvalidTransition
from app.domain.industries import INDUSTRIES
from app.domain.lifecycle import Action
from app.domain.permissions import Permission
from app.queries import programs
from app.services.onboarding import choose_industry, dismiss_setup
from app.services.program_lifecycle import move_program
from app.web.support.context import ICONS, shop_icon
from app.web.support.doors import area, page
from app.web.support.htmx import go_to
from app.web.support.sample_card import sample_card
from app.web.support.sentences import program_sentence

bp = area("onboarding", __name__, "/welcome")


@page(bp, "", permission=Permission.PROGRAM_EDIT)
def industry() -> str:
    """Ask for the kind of business; ?instead= is the draft of an earlier answer."""
    return _tiles({"industry": g.business["industry"]}, {}, request.args.get("instead", ""))


@page(bp, "", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def choose() -> Any:
    """Make the ready draft of the kind that was chosen."""
    chosen, instead = request.form.get("industry", ""), request.form.get("instead", "")
    if chosen not in INDUSTRIES:
        return _tiles({}, {"industry": "Choose the kind of your business"}, instead), 422
    program_id = choose_industry(chosen, instead_of=_uuid(instead), actor=g.caller.actor)
    return go_to(url_for("onboarding.ready", program_id=program_id))


@page(bp, "/<uuid:program_id>", permission=Permission.PROGRAM_EDIT)
def ready(program_id: UUID) -> Any:
    """Show the card that is ready; a program that is no draft any more has its own page."""
    program = programs.program(program_id)
    if program["status"] != "DRAFT":
        return go_to(url_for("programs.show", program_id=program_id))
    return render_template(
        "business/onboarding/ready.html",
        program={"id": program_id, "name": program["name"], "sentence": f"{program_sentence(program)}."},
        card=sample_card(program, g.business["currency"], shop_icon()),
        change_url=url_for("wizard.rules", program_id=program_id),
    )


@page(bp, "/<uuid:program_id>/activate", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def activate(program_id: UUID) -> Response:
    """Let customers earn from now on, and say what can be done next."""
    try:
        move_program(program_id, Action.ACTIVATE, actor=g.caller.actor)
    except InvalidTransition as refusal:
        flash(refusal.message, "bad")
        return go_to(url_for("dashboard.home"))
    return go_to(url_for("wizard.live", program_id=program_id))


@page(bp, "/dismiss", permission=Permission.BUSINESS_EDIT, methods=("POST",))
def dismiss() -> Response:
    """Take the setup list from Home."""
    dismiss_setup(actor=g.caller.actor)
    return go_to(url_for("dashboard.home"))


def _tiles(values: dict[str, Any], errors: dict[str, str], instead: str) -> str:
    return render_template(
        "business/onboarding/industry.html",
        industries=[{"key": key, "words": words, "icon": ICONS[key]} for key, words in INDUSTRIES.items()],
        values=values,
        errors=errors,
        instead=instead,
    )


def _uuid(text: str) -> UUID | None:
    """Read the id of the earlier draft; what is none counts as left out."""
    try:
        return UUID(text)
    except ValueError:
        return None
