"""What the API takes and answers about program templates."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from app.api.pagination import Query
from app.api.program_shapes import known_rule_type
from app.api.shapes import Shape
from app.domain.industries import INDUSTRIES


def _known_industry(text: str) -> str:
    if text.lower() not in INDUSTRIES:
        raise ValueError(f"industry is one of {', '.join(INDUSTRIES)}")
    return text.lower()


class TemplatesQuery(Query):
    """Which templates to list."""

    industry: Annotated[str, BeforeValidator(_known_industry)] | None = None
    rule_type: Annotated[str, BeforeValidator(known_rule_type)] | None = None


class TypicalCostShape(Shape):
    """A regular's first year by the engine: the share of sales, in percent, and the same in words."""

    percent: str
    words: str


class TemplateShape(Shape):
    """A program ready to be made, in the prices of the business's currency."""

    id: str
    name: str
    industry: str
    best_for: str
    sentence: str
    typical_cost: TypicalCostShape
    rule_type: str
    rule_config: dict[str, Any]


class TemplatesShape(Shape):
    """All templates that were asked for, an industry's best one first."""

    data: list[TemplateShape]
