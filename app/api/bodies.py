"""Reading requests: JSON without binary floats or doubled keys, files, query strings without surprises."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from app.api.errors import Problem
from app.domain.body import violations

_JSON = "application/json"
_DEEPEST = 64
_LONGEST_VERSION = 9
_LARGEST_EXPONENT = 18
_WHOLE = range(-(2**63), 2**64)

_TOO_LONG = "a number has more digits than are kept here"

Query = TypeVar("Query", bound=BaseModel)


def read_json() -> dict[str, Any]:
    """Return the body, an object, with numbers as int or Decimal.

    415 for another content type; 400 for what is not JSON: a doubled key, NaN, text that is not Unicode or holds a
    NUL, nesting deeper than any body of ours, or a number that is larger or finer than any of ours.
    """
    if request.mimetype != _JSON:
        raise Problem(415, "unsupported_media_type", "Send application/json")
    raw = request.get_data()
    try:
        body = json.loads(raw.decode(), **_READERS)
    except RecursionError as error:
        raise _malformed("it is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise _malformed("it is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise _malformed(f"{error.msg} at character {error.pos}") from error
    except ValueError as error:
        raise _malformed(str(error)) from error
    if not isinstance(body, dict):
        raise _malformed("an object is expected")
    _check(body, 0)
    return body


def read_file(kinds: tuple[str, ...]) -> bytes:
    """Return a body that is a file; 415 for another content type than these."""
    if request.mimetype not in kinds:
        raise Problem(415, "unsupported_media_type", f"Send {' or '.join(kinds)}")
    return request.get_data()


def read_query(model: type[Query], given: MultiDict[str, str]) -> Query:
    """Return the query string as its model; an unknown, repeated or wrong parameter is 400.

    Names in the model's SEVERAL may be repeated; their values are joined by commas.
    """
    values: dict[str, Any] = {}
    several = getattr(model, "SEVERAL", ())
    for name, found in given.lists():
        if len(found) > 1 and name not in several:
            raise Problem(400, "invalid_query", f"{name} is given more than once")
        values[name] = ",".join(found)
        if not (_is_sound(name) and _is_sound(values[name])):
            raise Problem(400, "invalid_query", "A parameter holds a character that cannot be kept")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Problem(400, "invalid_query", "Some parameters are wrong", errors=violations(error)) from error


def if_match() -> int | None:
    """Return the version that If-Match names, None without one; what cannot be a version of ours is 412."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    text = given.strip().strip('"')
    if not text.isdecimal() or len(text) > _LONGEST_VERSION:
        raise Problem(412, "version_moved", "It has been changed since the version you name")
    return int(text)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _number(text: str) -> Decimal:
    """Read a number with a fraction or an exponent; written out in full it has as many digits as a whole number may."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(_TOO_LONG) from error
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(_TOO_LONG)
    return number


def _whole(text: str) -> int:
    """Read a whole number of at most 64 bits: what is longer could be kept, but not be answered as JSON."""
    if len(text) > _LARGEST_EXPONENT + 3 or int(text) not in _WHOLE:
        raise ValueError(_TOO_LONG)
    return int(text)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _malformed(reason: str) -> Problem:
    return Problem(400, "malformed_json", f"The body is not the JSON expected: {reason}")


def _check(value: Any, depth: int) -> None:
    """Refuse nesting without end, and text that PostgreSQL could not keep."""
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            _check_text(name)
            _check_inner(inner, depth)
    elif isinstance(value, list):
        for inner in value:
            _check_inner(inner, depth)


def _check_inner(value: Any, depth: int) -> None:
    if depth >= _DEEPEST:
        raise _malformed("it is nested too deeply")
    _check(value, depth + 1)


def _check_text(text: str) -> None:
    if not _is_sound(text):
        raise _malformed("a text holds a character that cannot be kept")


def _is_sound(text: str) -> bool:
    """Say whether PostgreSQL could keep a text: it has no NUL and no half of a character."""
    if "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


_READERS: dict[str, Any] = {
    "parse_int": _whole,
    "parse_float": _number,
    "parse_constant": _refuse,
    "object_pairs_hook": _without_doubles,
}
