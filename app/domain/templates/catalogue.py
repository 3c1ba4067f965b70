"""The program templates: one data file an industry, with what its regulars buy and what its rewards sell for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from app.domain.errors import NotFound
from app.domain.industries import INDUSTRIES
from app.domain.registry import RULES
from app.domain.rule_type import config_of
from app.domain.templates.price_levels import priced

_OTHER = "other"


@dataclass(frozen=True, slots=True)
class ProgramTemplate:
    """A program ready to be made; amounts in ``rule_config`` are marked for `price_levels.priced`.

    ``beside`` is the id of the points template of the same industry that a tier template multiplies.
    """

    id: str
    name: str
    industry: str
    best_for: str
    rule_type: str
    rule_config: Mapping[str, Any]
    beside: str | None = None

    def body(self, currency: str) -> dict[str, Any]:
        """The program body of API.md, in the prices of the currency."""
        return {"name": self.name, "ruleType": self.rule_type, "ruleConfig": priced(self.rule_config, currency)}

    def sentence(self, currency: str) -> str:
        """The rule in its own summary, with a full stop."""
        rule = RULES[self.rule_type]
        config = config_of(rule, priced(self.rule_config, currency), currency)
        return f"{rule.summary(config, currency)}."


@dataclass(frozen=True, slots=True)
class Industry:
    """The best template first; ``regular`` and ``reward_prices`` are what costs are computed from (`cost`)."""

    key: str
    words: str
    regular: Mapping[str, Any]
    reward_prices: Mapping[str, Any]
    templates: Sequence[ProgramTemplate]


@cache
def industries() -> dict[str, Industry]:
    """Every industry by its key, in the order in which owners are shown them."""
    return {key: _read(key, words) for key, words in INDUSTRIES.items()}


def templates(industry: str | None = None, rule_type: str | None = None) -> list[ProgramTemplate]:
    """The templates of an industry and of a rule type, or of all of them."""
    return [
        template
        for found in industries().values()
        for template in found.templates
        if industry in (None, template.industry) and rule_type in (None, template.rule_type)
    ]


def template(template_id: str) -> ProgramTemplate:
    """The template of that id; raises NotFound."""
    for found in templates():
        if found.id == template_id:
            return found
    raise NotFound("template")


def best_template(industry: str | None) -> ProgramTemplate:
    """What a business of the kind starts with; one that has not said its kind starts like any other."""
    return industries()[industry if industry in INDUSTRIES else _OTHER].templates[0]


def _read(key: str, words: str) -> Industry:
    file = files(__package__).joinpath("industries", f"{key.replace(' ', '_')}.json")
    said = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    return Industry(
        key, words, said["regular"], said["rewardPrices"], [_template(key, one) for one in said["templates"]]
    )


def _template(industry: str, said: Mapping[str, Any]) -> ProgramTemplate:
    return ProgramTemplate(
        id=said["id"],
        name=said["name"],
        industry=industry,
        best_for=said["bestFor"],
        rule_type=said["ruleType"],
        rule_config=said["ruleConfig"],
        beside=said.get("beside"),
    )
