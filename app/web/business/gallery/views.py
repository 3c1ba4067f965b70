"""The gallery of program templates, and the draft that comes of one."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from werkzeug.wrappers import Response

from app.domain.industries import INDUSTRIES
from app.domain.permissions import Permission
from app.domain.registry import RULES
from app.domain.templates.catalogue import templates
from app.services.program_templates import use_template
from app.web.business.gallery.forms import ALL, GallerySearch, read_search
from app.web.business.gallery.rule_types import rule_types
from app.web.support.doors import area, page
from app.web.support.htmx import go_to, render
from app.web.support.template_cards import template_card
from app.web.support.words import counted

bp = area("templates", __name__, "/programs/templates")


@page(bp, "", permission=Permission.PROGRAM_EDIT)
def index() -> str:
    """Show the templates of an industry, the business's own first; no statement of its own."""
    search = read_search(request.args, g.business["industry"])
    shown = [template_card(found, g.business["currency"]) for found in templates(search.industry, search.rule_type)]
    return render(
        "business/gallery/index.html",
        "business/gallery/_list.html",
        tabs=_tabs(search),
        search=search,
        rule_choices=[("", "All types"), *((name, rule.TITLE) for name, rule in RULES.items())],
        shown=shown,
        total_words=_total_words(search, len(shown)),
        rule_types=rule_types(),
    )


@page(bp, "/<template_id>", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def use(template_id: str) -> Response:
    """Make a draft of a template and go on to its rules, all of which are filled in."""
    program_id = use_template(template_id, actor=g.caller.actor)
    return go_to(url_for("wizard.rules", program_id=program_id))


def _tabs(search: GallerySearch) -> list[dict[str, Any]]:
    return [
        {
            "label": words,
            "href": url_for("templates.index", **search.address(key)),
            "is_current": key == (search.industry or ALL),
        }
        for key, words in {ALL: "All", **INDUSTRIES}.items()
    ]


def _total_words(search: GallerySearch, total: int) -> str:
    kind = f"{INDUSTRIES[search.industry]}: " if search.industry else ""
    return f"{kind}{counted(total, 'template')}"
