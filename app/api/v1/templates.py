"""Program templates: listed and read (API.md, Programs)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.api.routing import route
from app.api.template_shapes import TemplateShape, TemplatesQuery, TemplatesShape
from app.domain.permissions import Permission
from app.domain.templates.catalogue import ProgramTemplate, template, templates
from app.domain.templates.cost import typical_cost
from app.queries.currency import currency

bp = Blueprint("templates", __name__, url_prefix="/loyalty/templates")


@route(bp, "GET", "", permission=Permission.PROGRAM_VIEW, query=TemplatesQuery, answers={200: TemplatesShape})
def list_templates(query: TemplatesQuery) -> dict[str, Any]:
    """List program templates by industry and rule type."""
    return {"data": [_answer(found) for found in templates(query.industry, query.rule_type)]}


@route(bp, "GET", "/<template_id>", permission=Permission.PROGRAM_VIEW, answers={200: TemplateShape})
def read_template(template_id: str) -> dict[str, Any]:
    """Read one program template."""
    return _answer(template(template_id))


def _answer(found: ProgramTemplate) -> dict[str, Any]:
    cost = typical_cost(found.id, currency())
    body = found.body(currency())
    return {
        "id": found.id,
        "name": found.name,
        "industry": found.industry,
        "bestFor": found.best_for,
        "sentence": found.sentence(currency()),
        "typicalCost": {"percent": cost.percent, "words": cost.words},
        "ruleType": found.rule_type,
        "ruleConfig": body["ruleConfig"],
    }
