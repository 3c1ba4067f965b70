"""Values that a schema does not allow, for every field of a body or query, out of the OpenAPI document."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Path = tuple[str | int, ...]
Schema = dict[str, Any]

UNKEEPABLE = ("a\0b", "\ud800", "\udc00x")
"""Texts that no database keeps; the door refuses them before anything reads them."""

_EXTREME_NUMBERS: list[Any] = [2**64 - 1, -(2**63), "1e400", "1e999999", "9" * 4000]

_NO_NUMBER: list[Any] = ["x", "", [], {}, "NaN", "-Infinity"]
_BY_FORMAT: dict[str, list[Any]] = {
    "uuid": ["nope", "", 5, [], {}, "01890a5d-ac96-774b-bcce-b302099a805", "urn:x", True],
    "date-time": [
        "yesterday", "", 5, 1.5, True, [], "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z",
        "2026-01-01T00:00:00", "2026-01-01", "20260101T000000Z", "1767225600", "2026-01-01T00:00:00+99:00",
    ],
    "date": ["today", "", 5, [], "2026-13-01", "2026-02-30", "01.02.2026", "1767225600", 1767225600],
}  # fmt: skip
_BY_TYPE: dict[str, list[Any]] = {
    "string": [5, 1.5, True, [], {}],
    "integer": [*_NO_NUMBER, "5", 1.5, True],
    "number": [*_NO_NUMBER, True],
    "boolean": ["maybe", "true", 1, 0, 2, [], {}],
    "array": ["x", 5, {}, True],
    "object": ["x", 5, [], True, {"colour of it": "red"}],
}


def fields(schema: Schema, known: dict[str, Schema], example: Any, at: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Every field below a schema, by its path; forms told apart by a key are taken as the example has it."""
    schema = plain(schema, known, example)
    for name, inner in schema.get("properties", {}).items():
        shown = example.get(name) if isinstance(example, dict) else None
        found = plain(inner, known, shown)
        yield (*at, name), found
        yield from fields(found, known, shown, (*at, name))
        entries = found.get("items")
        if isinstance(entries, dict) and entries:
            first = shown[0] if isinstance(shown, list) and shown else None
            yield (*at, name, 0), plain(entries, known, first)
            yield from fields(entries, known, first, (*at, name, 0))


def plain(schema: Schema, known: dict[str, Schema], example: Any = None) -> Schema:
    """The schema without references; of several forms the one that the example has, else the first beside null."""
    while "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    if "discriminator" in schema and isinstance(example, dict):
        told_by = schema["discriminator"]
        return plain({"$ref": told_by["mapping"][example[told_by["propertyName"]]]}, known)
    forms = [form for form in schema.get("anyOf", schema.get("oneOf", [])) if form.get("type") != "null"]
    if not forms:
        return schema
    return plain(forms[0], known, example) | {"forms": [plain(form, known, example) for form in forms]}


def wrong_for(schema: Schema) -> list[Any]:
    """Values that this schema does not allow, whichever of its forms is meant."""
    found = _wrong_for_one(schema)
    for other in schema.get("forms", [])[1:]:
        found = [value for value in found if not _may_fit(value, other)]
    return found


def extremes_for(schema: Schema) -> list[Any]:
    """Values of the right kind that nobody means: every field has a bound, also where its schema cannot say it."""
    kinds = {form.get("type") for form in schema.get("forms", [schema])}
    found: list[Any] = _EXTREME_NUMBERS if kinds & {"integer", "number"} else []
    found = [*found, "x" * 20_000] if "string" in kinds else found
    found = [*found, ["x"] * 20_000, [{}] * 20_000] if "array" in kinds else found
    return found if kinds <= {"integer", "number"} else [value for value in found if not _is_short_text(value)]


def placed(body: Any, path: Path, value: Any) -> Any:
    """The body with a value at a path; what is not there on the way is made."""
    made = copy.deepcopy(body) if body is not None else ([] if isinstance(path[0], int) else {})
    inner = made
    for step, following in pairwise(path):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(inner, list):
            inner[:] = inner or [empty]
        elif not isinstance(inner.get(step), type(empty)):
            inner[step] = empty
        inner = inner[step]
    if isinstance(inner, list):
        inner[:] = [value, *inner[1:]]
    else:
        inner[path[-1]] = value
    return made


def _wrong_for_one(schema: Schema) -> list[Any]:
    kind = schema.get("type")
    if "enum" in schema or "const" in schema:
        return ["nonsense", "", 5, [], {}, True]
    if kind == "string" and schema.get("format") in _BY_FORMAT:
        return list(_BY_FORMAT[schema["format"]])
    found = list(_BY_TYPE.get(str(kind), []))
    if "maxLength" in schema:
        found.append("x" * (schema["maxLength"] + 1))
    if kind == "array" and schema.get("maxItems", 1001) <= 1000:
        found.append([None] * (schema["maxItems"] + 1))
    if kind == "object" and schema.get("additionalProperties", True) is not False:
        found.pop()  # any key may stand here
    return found


def _may_fit(value: Any, other: Schema) -> bool:
    """Say whether a value could belong to another form: a text to text or a number to a number, by its type alone."""
    kinds = {str: ("string",), int: ("integer", "number"), float: ("number", "integer")}
    kinds |= {list: ("array",), dict: ("object",), bool: ("boolean",)}
    return other.get("type") in kinds[type(value)] or "type" not in other


def _is_short_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) < 10_000
