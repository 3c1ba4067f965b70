"""Programs: the list, the page of one, and its ways from draft to ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.domain.errors import InvalidTransition
from app.domain.lifecycle import Action, Status
from app.domain.permissions import Permission
from app.domain.registry import RULES
from app.queries import programs as found
from app.queries.program_totals import program_counts
from app.services.program_lifecycle import move_program
from app.web.business.programs import forms, show_page
from app.web.business.programs.rows import list_row
from app.web.support.doors import area, page
from app.web.support.htmx import go_to, render
from app.web.support.words import counted

bp = area("programs", __name__, "/programs")

_PAGE_SIZE = 20
_TABS = (Status.ACTIVE, Status.SCHEDULED, Status.PAUSED, Status.DRAFT, Status.ENDED)
_SAID = {
    Action.ACTIVATE: "Activated. Customers can enroll and earn rewards.",
    Action.PAUSE: "Paused. Customers keep their progress.",
    Action.RESUME: "Resumed. Purchases count again.",
    Action.END: "Ended. Customers keep the rewards they have earned.",
}
_UNDO = {Action.PAUSE: "programs.resume", Action.RESUME: "programs.pause"}


@page(bp, "", permission=Permission.PROGRAM_VIEW)
def index() -> str:
    """List programs; the whole view is in the address. Four statements."""
    search = forms.read_search(request.args)
    shown = found.programs_page(
        status=search.status, rule_type=search.rule_type, q=search.q or None, page=search.page, page_size=_PAGE_SIZE
    )
    may_edit = g.caller.may(Permission.PROGRAM_EDIT)
    return render(
        "business/programs/index.html",
        "business/programs/_list.html",
        tabs=_tabs(program_counts(), search),
        search=search,
        rule_types=[("", "All types"), *((name, rule.TITLE) for name, rule in RULES.items())],
        rows=[list_row(program, clock.now(), may_edit=may_edit) for program in shown.rows],
        total_words=counted(shown.total_count, "program"),
        is_filtered=search.is_filtered,
        newer_url=_page_url(search, search.page - 1) if search.page > 1 else None,
        older_url=_page_url(search, search.page + 1) if search.page < shown.total_pages else None,
        create_program_url=url_for("templates.index") if may_edit else None,
    )


@page(bp, "/<uuid:program_id>", permission=Permission.PROGRAM_VIEW)
def show(program_id: UUID) -> str:
    """Show one program."""
    return _shown(found.program(program_id), {})


@page(bp, "/<uuid:program_id>/activate", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def activate(program_id: UUID) -> Response:
    """Let customers earn, from now or from its start on."""
    return _moved(program_id, Action.ACTIVATE)


@page(bp, "/<uuid:program_id>/pause", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def pause(program_id: UUID) -> Response:
    """Stop earning for now."""
    return _moved(program_id, Action.PAUSE)


@page(bp, "/<uuid:program_id>/resume", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def resume(program_id: UUID) -> Response:
    """Go on."""
    return _moved(program_id, Action.RESUME)


@page(bp, "/<uuid:program_id>/end", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def end(program_id: UUID) -> Any:
    """End it for good; the form has asked for its name."""
    program = found.program(program_id)
    errors = forms.confirmed_name_error(request.form.get("confirm_name", ""), program["name"])
    if errors:
        return _shown(program, errors), 422
    return _moved(program_id, Action.END)


def _moved(program_id: UUID, action: Action) -> Response:
    """Move the program and say so; where it has moved on in the meantime, its page says how it stands."""
    try:
        move_program(program_id, action, actor=g.caller.actor)
    except InvalidTransition as refusal:
        flash(refusal.message, "bad")
    else:
        undo = url_for(_UNDO[action], program_id=program_id) if action in _UNDO else None
        flash({"words": _SAID[action], "undo_url": undo, "undo_words": "Undo"}, "ok")  # type: ignore[arg-type]
    return go_to(url_for("programs.show", program_id=program_id))


def _shown(program: dict[str, Any], end_errors: dict[str, str]) -> str:
    context = show_page.context(program, may_edit=g.caller.may(Permission.PROGRAM_EDIT))
    return render_template("business/programs/show.html", **context, end_errors=end_errors)


def _tabs(counts: dict[Status, int], search: forms.ProgramSearch) -> list[dict[str, Any]]:
    every = ("All", sum(counts.values()), None)
    each = [(status.value.capitalize(), counts[status], status.value.lower()) for status in _TABS]
    return [
        {
            "label": label,
            "total": total,
            "href": url_for("programs.index", **search.address(status=status)),
            "is_current": status == search.status,
        }
        for label, total, status in [every, *each]
    ]


def _page_url(search: forms.ProgramSearch, number: int) -> str:
    return url_for("programs.index", **search.address(page=number))
