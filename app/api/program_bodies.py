"""The bodies that say a program, as the OpenAPI document shows them: one form a rule type, told apart by `ruleType`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model

from app.api.examples import PREVIEW, PROGRAMS, TEMPLATE
from app.domain.body import Body
from app.domain.fields import Text
from app.domain.preview_start import PreviewMember
from app.domain.program_fields import ProgramFields
from app.domain.purchase_order import PurchaseBody
from app.domain.registry import RULES

_Name = Annotated[str, Text("Program name", 100)]


def _words(name: str) -> str:
    return name.title().replace("_", "")


_CONFIGS: Mapping[str, Any] = {
    name: create_model(f"{_words(name)}Config", __base__=rule.Config, __doc__=rule.Config.__doc__)
    for name, rule in RULES.items()
}


def _form(name: str, suffix: str, about: str, base: type[BaseModel], example: Mapping[str, Any]) -> type[BaseModel]:
    """The fields of the base, the rule type, and its config."""
    fields: dict[str, Any] = {"rule_type": (Literal[name], ...), "rule_config": (_CONFIGS[name], ...)}
    form: type[BaseModel] = create_model(
        f"{_words(name)}{suffix}", __base__=base, __doc__=f"{about} {RULES[name].TITLE}.", **fields
    )
    form.model_config["json_schema_extra"] = {"example": dict(example)}
    return form


def _one_of(forms: list[type[BaseModel]]) -> Any:
    return reduce(or_, forms)


class PreviewPurchase(PurchaseBody):
    """A purchase to play: as one that is recorded, but nobody need be named."""

    order_id: Annotated[str | None, Field(max_length=128)] = None  # type: ignore[assignment]


class _PreviewFields(ProgramFields):
    """What a preview takes besides the rule."""

    name: _Name = "Preview"
    member: PreviewMember = PreviewMember()
    purchases: list[PreviewPurchase] = Field(min_length=1, max_length=100)


_PROGRAM_FORMS: Any = _one_of(
    [_form(name, "Program", "A program of the rule type", ProgramFields, PROGRAMS[name]) for name in RULES]
)
_PREVIEW_FORMS: Any = _one_of(
    [
        _form(name, "Preview", "Purchases to play through a program of", _PreviewFields, PROGRAMS[name] | PREVIEW)
        for name in RULES
    ]
)
_ANY_CONFIG: Any = _one_of(list(_CONFIGS.values()))


class WholeProgramBody(RootModel[Annotated[_PROGRAM_FORMS, Field(discriminator="rule_type")]]):
    """A whole program; `ruleType` says which `ruleConfig` it takes."""


def _without_defaults(schema: dict[str, Any]) -> None:
    """What is left out of a change keeps its value, whatever it would be in a new program."""
    for field in schema["properties"].values():
        field.pop("default", None)


class ProgramChangesBody(ProgramFields):
    """What is to change; what is left out keeps its value. `ruleConfig` is replaced whole, as the rule type has it."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    name: _Name = ""
    rule_type: Literal[tuple(RULES)] | None = None  # type: ignore[valid-type]
    rule_config: _ANY_CONFIG | None = None


class TemplateProgramBody(Body):
    """A program out of a template, with what shall differ from it."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"example": TEMPLATE})

    template_id: Annotated[str, Field(max_length=100)]


class NewProgramBody(RootModel[WholeProgramBody | TemplateProgramBody]):
    """A new program, whole or out of a template."""


class PreviewProgramBody(RootModel[Annotated[_PREVIEW_FORMS, Field(discriminator="rule_type")]]):
    """A program that need not exist, who buys, and what."""
