"""Answers: plain values in camelCase become JSON, times in UTC with a Z, Decimals with their own digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from flask import Response

from app.core import serial

JSON = "application/json"
_NOBODY_S = "no-store"
_OPTIONS = orjson.OPT_UTC_Z


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view answers when a bare value is not enough.

    `finish` runs after the commit and outside the scope, for what must see the committed rows: it returns the answer
    to send. An Idempotency-Key keeps the one before it with the effect, and this one in its place once it is known.
    """

    body: Any = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    finish: Callable[[Answer], Answer] | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A file that a view answers with."""

    content: bytes
    content_type: str
    file_name: str


def answer_of(value: Any, status: int) -> Answer:
    """Return what a view returned as an Answer with a status; nothing at all is 204."""
    if not isinstance(value, Answer):
        return Answer(value, 204 if value is None else status)
    return value if value.status is not None else replace(value, status=status)


def encode(value: Any) -> bytes:
    """Return the JSON of an answer."""
    return orjson.dumps(value, default=serial.exact, option=_OPTIONS)


def sent(file: Download) -> Response:
    """Return a file under its name, which nobody keeps either."""
    response = Response(file.content, 200, content_type=file.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    response.headers["Cache-Control"] = _NOBODY_S
    return response


def headers_of(body: bytes) -> list[tuple[str, str]]:
    """Return the headers of a good answer as JSON, the same that `respond` gives."""
    return [("Content-Type", JSON), ("Content-Length", str(len(body))), ("Cache-Control", _NOBODY_S)]


def respond(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON response; the answers of an API are nobody's to keep.

    Passed through as it is, in one piece: an iterator around it costs the server more than a kept answer itself.
    """
    response = Response(body, status, mimetype=JSON, direct_passthrough=True)
    response.headers["Cache-Control"] = _NOBODY_S
    response.headers.update(dict(headers or {}))
    return response
