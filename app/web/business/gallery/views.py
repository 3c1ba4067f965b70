"""The gallery of program templates, the draft that comes of one, and three questions for who cannot decide."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from flask import flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.errors import NotFound
from app.domain.industries import INDUSTRIES
from app.domain.permissions import Permission
from app.domain.registry import RULES
from app.domain.templates.catalogue import ProgramTemplate, templates
from app.domain.trades import neighbours
from app.domain.which_rule import QUESTIONS, suggestion, unanswered
from app.services.program_templates import use_template
from app.web.business.gallery.forms import ALL, GallerySearch, read_search
from app.web.business.gallery.rule_types import rule_type, rule_types
from app.web.support.doors import area, page
from app.web.support.htmx import go_to, render
from app.web.support.template_cards import template_card
from app.web.support.words import counted

bp = area("templates", __name__, "/programs/templates")

_NOT_ANSWERED = "Choose an answer"


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
        nearest=None if shown else _nearest(search),
        rule_types=rule_types(),
    )


@page(bp, "/which", permission=Permission.PROGRAM_EDIT)
def which() -> Any:
    """Ask three questions; answered, suggest a rule type with its reason and the templates of it."""
    answers = {question.name: request.args.get(question.name, "") for question in QUESTIONS}
    missing = unanswered(answers)
    is_asked = any(answers.values()) or "show" in request.args
    found = None if missing else suggestion(answers)
    drawn = render_template(
        "business/gallery/which.html",
        questions=QUESTIONS,
        answers=answers,
        errors={question.name: _NOT_ANSWERED for question in missing} if is_asked else {},
        suggested={**rule_type(found.rule_type), "reason": found.reason} if found else None,
        shown=_templates_of(found.rule_type) if found else [],
    )
    return (drawn, 422) if missing and is_asked else drawn


@page(bp, "/<template_id>", permission=Permission.PROGRAM_EDIT, methods=("POST",))
def use(template_id: str) -> Response:
    """Make a draft of a template and go on to its rules; one that is not offered any more leads to the nearest."""
    try:
        program_id = use_template(template_id, actor=g.caller.actor)
    except NotFound:
        near = get_close_matches(template_id, [found.id for found in templates()], n=1, cutoff=0)
        industry = next(found.industry for found in templates() if found.id == near[0])
        flash("This template is not offered any more. These come nearest to it.", "bad")
        return go_to(url_for("templates.index", industry=industry))
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
    if search.trade and search.industry:
        works_well = f"No templates for “{search.trade}” yet. Those for {INDUSTRIES[search.industry]} work well."
        return f"{works_well} {counted(total, 'template')}"
    kind = f"{INDUSTRIES[search.industry]}: " if search.industry else ""
    return f"{kind}{counted(total, 'template')}"


def _nearest(search: GallerySearch) -> dict[str, str]:
    """Return the nearest industry that has the rule type: {words, href, link_words}."""
    assert search.industry is not None and search.rule_type is not None  # only a filter by both can find nothing
    near = next(key for key in neighbours(search.industry) if templates(key, search.rule_type))
    kind = RULES[search.rule_type].TITLE
    return {
        "title": f"{INDUSTRIES[search.industry]} has no {kind} template yet",
        "words": f"The one for {INDUSTRIES[near]} works well too: change its words and amounts.",
        "href": url_for("templates.index", industry=near, ruleType=search.rule_type),
        "link_words": f"Show {kind} for {INDUSTRIES[near]}",
    }


def _templates_of(rule_type: str) -> list[dict[str, Any]]:
    """Return up to three templates of a rule type, those of the business's own kind first."""
    own = g.business["industry"] or "other"
    order = [own, *neighbours(own)]

    def place(found: ProgramTemplate) -> int:
        return order.index(found.industry)

    best = sorted(templates(rule_type=rule_type), key=place)[:3]
    return [template_card(found, g.business["currency"]) for found in best]
