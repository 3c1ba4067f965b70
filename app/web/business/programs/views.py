"""Programs: the list, what was deleted, the list as a file, and the page of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, render_template, request
from werkzeug.wrappers import Response

from app.domain.permissions import Permission
from app.queries import programs as found
from app.web.business.programs import list_page, show_page
from app.web.business.programs.export import csv_answer
from app.web.business.programs.search import list_query, read_search
from app.web.support.doors import area, page
from app.web.support.htmx import render, wants_fragment

bp = area("programs", __name__, "/programs")  # moves and bulks hang their views on it too

_MOST_PAGES = 10_000


@page(bp, "", permission=Permission.PROGRAM_VIEW)
def index() -> str:
    """List programs; the whole view is in the address. Three statements."""
    search = read_search(request.args)
    return render(
        "business/programs/index.html",
        "business/programs/_list.html",
        **list_page.context(search),
        bulk_fields=list_page.bulk_address(search),
        back=list_query(search),
        is_fragment=wants_fragment(),
    )


@page(bp, "/deleted", permission=Permission.PROGRAM_VIEW)
def deleted() -> str:
    """List deleted programs, the latest first; what can be restored, can be restored here."""
    number = request.args.get("page", 1, type=int)
    return render_template(
        "business/programs/deleted.html", **list_page.deleted_context(number if 0 < number < _MOST_PAGES else 1)
    )


@page(bp, "/programs.csv", permission=Permission.PROGRAM_VIEW)
def export() -> Response:
    """Answer every program of the view at the same address as CSV, the newest 10,000 at most."""
    return csv_answer(read_search(request.args).wanted)


@page(bp, "/<uuid:program_id>", permission=Permission.PROGRAM_VIEW)
def show(program_id: UUID) -> str:
    """Show one program."""
    return shown(found.program(program_id))


def shown(program: dict[str, Any], errors: dict[str, str] | None = None, typed: dict[str, Any] | None = None) -> str:
    """Return the page of a program, with the errors and the values of a form on it that was refused."""
    context = show_page.context(program, may_edit=g.caller.may(Permission.PROGRAM_EDIT))
    return render_template("business/programs/show.html", **context, errors=errors or {}, typed=typed or {})
