"""JSON in and out of columns, caches and answers, exact to the last digit: numbers are never binary floats."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson


def dumps(value: Any) -> str:
    """Return compact JSON text; a Decimal becomes a JSON number with its own digits."""
    return orjson.dumps(value, default=exact).decode()


def dump_bytes(value: Any) -> bytes:
    """Return compact JSON as UTF-8 bytes."""
    return orjson.dumps(value, default=exact)


def loads(text: str | bytes) -> Any:
    """Return the value of JSON that we wrote; numbers with a fraction come back as Decimal.

    Without a full stop in the text there can be no fraction (PostgreSQL writes jsonb numbers without exponents), so
    the fast parser is safe.
    """
    if ("." in text) if isinstance(text, str) else (b"." in text):
        return json.loads(text, parse_float=Decimal)
    return orjson.loads(text)


def exact(value: Any) -> Any:
    """Write what orjson does not know: Decimals as numbers, sets as sorted lists."""
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
