"""The base of what answers look like: snake_case here, camelCase outside, nothing that is not declared."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Shape(BaseModel):
    """The documented form of an answer; views return plain dicts, and tests hold them against these."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", from_attributes=True)
