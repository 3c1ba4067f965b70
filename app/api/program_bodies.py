"""The body of a new program as the OpenAPI document shows it: one form for each rule type, told apart by `ruleType`."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, RootModel, create_model

from app.api.examples import PROGRAMS
from app.domain.program_fields import ProgramFields
from app.domain.registry import RULES


def _form(name: str) -> type[BaseModel]:
    """The fields of every program, and the config of this rule type."""
    words = name.title().replace("_", "")
    config = create_model(f"{words}Config", __base__=RULES[name].Config, __doc__=RULES[name].Config.__doc__)
    fields: dict[str, Any] = {"rule_type": (Literal[name], ...), "rule_config": (config, ...)}
    form: type[BaseModel] = create_model(
        f"{words}Program", __base__=ProgramFields, __doc__=f"A program of the rule type {RULES[name].TITLE}.", **fields
    )
    form.model_config["json_schema_extra"] = {"example": PROGRAMS[name]}
    return form


_FORMS: Any = reduce(or_, [_form(name) for name in RULES])


class NewProgramBody(RootModel[Annotated[_FORMS, Field(discriminator="rule_type")]]):
    """A new program; `ruleType` says which `ruleConfig` it takes."""
