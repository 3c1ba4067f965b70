"""Programs made of templates: a template's body in the business's prices, under what the owner has said otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.domain.actor import Actor
from app.domain.errors import NotFound, ValidationErrors
from app.domain.templates.catalogue import best_template, template
from app.queries.currency import currency
from app.services.programs import create_program

_KEY = "templateId"


def filled_in(body: Mapping[str, Any]) -> dict[str, Any]:
    """The whole body of ``{templateId, ...overrides}``; a body without a templateId is whole as it is.

    An override takes a key's place; within ruleConfig each key by itself, unless the rule type is another. Raises
    ValidationErrors for a template that there is not.
    """
    overrides = dict(body)
    if _KEY not in overrides:
        return overrides
    base = _template_body(overrides.pop(_KEY))
    is_same_rule = overrides.get("ruleType", base["ruleType"]) == base["ruleType"]
    config = overrides.get("ruleConfig", {} if is_same_rule else None)
    if is_same_rule and isinstance(config, Mapping):
        overrides["ruleConfig"] = base["ruleConfig"] | dict(config)
    elif config is None:
        del base["ruleConfig"]
    return base | overrides


def use_template(template_id: str, *, actor: Actor) -> UUID:
    """Make a draft of a template; returns the program's id. Raises NotFound for the template."""
    return create_program(template(template_id).body(currency()), actor=actor)


def start_with_industry(industry: str | None, *, actor: Actor) -> UUID:
    """Make a draft of the industry's best template; returns the program's id."""
    return use_template(best_template(industry).id, actor=actor)


def _template_body(template_id: Any) -> dict[str, Any]:
    try:
        return template(template_id).body(currency())
    except NotFound as missing:
        raise ValidationErrors({_KEY: ["There is no such template"]}) from missing
