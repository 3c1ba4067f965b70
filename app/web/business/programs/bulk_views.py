"""One thing done to many programs: picked rows or all that match, what came of each, and once more what failed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from app.domain.permissions import Permission
from app.queries import programs as found
from app.queries.bulk_runs import bulk_run
from app.queries.program_filters import ProgramFilter
from app.services.bulk_runs import ACTIONS, MOST, go_on, retry_run, start_run
from app.web.business.programs import forms, views
from app.web.business.programs.bulk_page import confirm_context, run_context
from app.web.business.programs.export import csv_answer
from app.web.business.programs.search import ProgramSearch, list_query, list_url, read_query, read_search
from app.web.support.doors import page
from app.web.support.htmx import go_to, render

_EDIT = Permission.PROGRAM_EDIT
_EXPORT = "export"
_ASKED = ("end", "delete")
_FIRST_SECONDS, _NEXT_SECONDS = 2.0, 0.8


@page(views.bp, "/bulk", permission=_EDIT, methods=("POST",))
def bulk() -> Any:
    """Do one thing to the picked programs, or to all that match; ending and deleting ask for a word first."""
    action, ids = request.form.get("action", ""), _picked(request.form)
    if action not in (*ACTIONS, _EXPORT) or not ids:
        return render_template("business/programs/bulk_nothing.html", back_url=_back()), 422
    if action == _EXPORT:
        is_all = bool(request.form.get("all"))
        return csv_answer(read_search(request.form).wanted if is_all else ProgramFilter(ids=tuple(ids)))
    if action in _ASKED:
        typed = request.form.get("confirm_word")
        errors = forms.confirmed_word_error(typed, action) if typed is not None else {}
        if typed is None or errors:
            context = confirm_context(action, ids, errors, typed or "")
            page_text = render_template(
                "business/programs/bulk_confirm.html", **context, back_url=_back(), back=_back_query()
            )
            return page_text, 422 if errors else 200
    run_id = start_run(action, ids, actor=g.caller.actor)
    go_on(run_id, actor=g.caller.actor, seconds=_FIRST_SECONDS)
    return go_to(url_for("programs.bulk_result", run_id=run_id, back=_back_query()))


@page(views.bp, "/bulk/<uuid:run_id>", permission=_EDIT)
def bulk_result(run_id: UUID) -> str:
    """Show how far a run is, and what happened to each program."""
    return render(
        "business/programs/bulk_result.html",
        "business/programs/_run.html",
        **run_context(bulk_run(run_id), _back(), _back_query()),
    )


@page(views.bp, "/bulk/<uuid:run_id>/continue", permission=_EDIT, methods=("POST",))
def bulk_continue(run_id: UUID) -> Any:
    """Do the next part of a run; htmx asks for it again and again until all is done."""
    go_on(run_id, actor=g.caller.actor, seconds=_NEXT_SECONDS)
    if request.headers.get("HX-Request") == "true":
        return bulk_result_part(run_id)
    return go_to(url_for("programs.bulk_result", run_id=run_id, back=_back_query()))


@page(views.bp, "/bulk/<uuid:run_id>/retry", permission=_EDIT, methods=("POST",))
def bulk_retry(run_id: UUID) -> Any:
    """Try again what failed."""
    again = retry_run(run_id, actor=g.caller.actor)
    if again is not None:
        go_on(again, actor=g.caller.actor, seconds=_FIRST_SECONDS)
    return go_to(url_for("programs.bulk_result", run_id=again or run_id, back=_back_query()))


def bulk_result_part(run_id: UUID) -> str:
    """Return the part of the page that shows a run."""
    context = run_context(bulk_run(run_id), _back(), _back_query())
    return render_template("business/programs/_run.html", **context)


def _picked(form: MultiDict[str, str]) -> list[UUID]:
    """The ids of the ticked rows, or of everything that the filters find, the newest 500 at most."""
    if form.get("all"):
        return found.matching_ids(read_search(form).wanted, limit=MOST)
    ids = []
    for text in form.getlist("ids")[:MOST]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids


def _search() -> ProgramSearch:
    """The view of the list that was left: of a form's own filters, or handed on."""
    handed = request.values.get("back")
    return read_search(request.form) if handed is None else read_query(handed)


def _back_query() -> str | None:
    return list_query(_search()) or None


def _back() -> str:
    return list_url(_search())
