"""Request bodies: camelCase outside, unknown keys refused, every violation at once in words an owner understands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from app.domain.errors import ValidationErrors

_SENTENCES = {
    "missing": "{label} is missing",
    "extra_forbidden": "{key} is not a field here",
    "string_type": "{label} must be text",
    "string_too_short": "{label} must have at least {min_length} characters",
    "string_too_long": "{label} must have at most {max_length} characters",
    "string_pattern_mismatch": "{label} has a form that is not allowed",
    "int_type": "{label} must be a whole number",
    "int_parsing": "{label} must be a whole number",
    "int_from_float": "{label} must be a whole number",
    "decimal_type": "{label} must be a number",
    "decimal_parsing": "{label} must be a number",
    "decimal_max_places": "{label} must have at most {decimal_places} decimals",
    "finite_number": "{label} must be a number",
    "greater_than": "{label} must be greater than {gt}",
    "greater_than_equal": "{label} must be at least {ge}",
    "less_than": "{label} must be less than {lt}",
    "less_than_equal": "{label} must be at most {le}",
    "bool_type": "{label} must be true or false",
    "bool_parsing": "{label} must be true or false",
    "literal_error": "{label} must be one of {expected}",
    "enum": "{label} must be one of {expected}",
    "uuid_type": "{label} must be an id",
    "uuid_parsing": "{label} must be an id",
    "list_type": "{label} must be a list",
    "dict_type": "{label} must be an object",
    "model_attributes_type": "{label} must be an object",
    "model_type": "{label} must be an object",
    "too_short": "{label} must have at least {min_length} entries",
    "too_long": "{label} must have at most {max_length} entries",
    "date_from_datetime_parsing": "{label} must be a date such as 2026-12-25",
    "date_parsing": "{label} must be a date such as 2026-12-25",
    "date_type": "{label} must be a date such as 2026-12-25",
    "timezone_aware": "{label} needs an offset, such as 2026-12-25T09:00:00Z",
    "datetime_type": "{label} must be a time such as 2026-12-25T09:00:00Z",
    "datetime_parsing": "{label} must be a time such as 2026-12-25T09:00:00Z",
    "datetime_from_date_parsing": "{label} must be a time such as 2026-12-25T09:00:00Z",
}


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(rf"{_DAY.pattern}[Tt ][0-9]{{2}}:[0-9]{{2}}")


def is_day(text: str) -> bool:
    """Say whether a text is written as a day is: 2026-12-25 and no other way that ISO 8601 knows."""
    return _DAY.fullmatch(text) is not None


def is_instant(text: str) -> bool:
    """Say whether a text begins as RFC 3339 writes a time: 2026-12-25T09:00."""
    return _INSTANT.match(text) is not None


def _written_day(value: Any) -> Any:
    """Refuse numbers, which pydantic would take for seconds since 1970, also where they are written as text."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("date_type", "")
    if not is_day(value):
        raise PydanticCustomError("date_parsing", "")
    return value


Day = Annotated[date, BeforeValidator(_written_day)]
"""A calendar day as 2026-12-25."""


def _spelled_out(value: Any) -> Any:
    """Refuse numbers, which pydantic would take for seconds since 1970, in any spelling."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_type", "")
    if not is_instant(value):
        raise PydanticCustomError("datetime_parsing", "")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_spelled_out)]
"""A moment as RFC 3339 writes it, with an offset."""


class Body(BaseModel):
    """A request body: camelCase outside, snake_case inside."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


Parsed = TypeVar("Parsed", bound=BaseModel)


def parsed(model: type[Parsed], body: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> Parsed:
    """Return the body as its model, or raise ValidationErrors with every violation."""
    try:
        return model.model_validate(body, context=context)
    except ValidationError as error:
        raise ValidationErrors(violations(error)) from error


def violations(error: ValidationError) -> dict[str, list[str]]:
    """Return every violation under its dotted path (``items.1.unitPrice``); the body as a whole is ``body``."""
    found: dict[str, list[str]] = {}
    for problem in error.errors(include_url=False, include_input=False):
        path = ".".join(map(str, problem["loc"])) or "body"
        found.setdefault(path, []).append(_sentence(path, problem["type"], problem.get("ctx", {}), problem["msg"]))
    return found


def _sentence(path: str, kind: str, limits: Mapping[str, Any], fallback: str) -> str:
    if kind == "value_error":
        return str(limits["error"])
    if kind == "owner":
        return fallback
    key = path.rpartition(".")[2]
    is_empty = kind == "string_too_short" and limits["min_length"] == 1
    sentence = _SENTENCES.get("missing" if is_empty else kind)
    return sentence.format(label=label(key), key=key, **limits) if sentence else f"{label(key)}: {fallback}"


def label(key: str) -> str:
    """What people call a key: ``unitPrice`` → ``Unit price``; a place in a list → ``Entry 2``."""
    if key.isdecimal():
        return f"Entry {int(key) + 1}"
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in key)
    return words[:1].upper() + words[1:]
