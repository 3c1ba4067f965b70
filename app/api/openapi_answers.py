"""What the calls of the OpenAPI document take and answer: contents with their examples, and refusals by status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, TypeAdapter
from werkzeug.routing import Rule

from app.api.example_answers import example_of
from app.api.examples import FILES, ID
from app.api.routing import File, Raw, Route
from app.api.shapes import Shape
from app.domain.permissions import Open
from app.domain.problems import PROBLEMS

REFERENCE = "#/components/schemas/{model}"
_NAMES = {
    400: ("BadRequest", "invalid_query"),
    401: ("Unauthorized", "unauthorized"),
    403: ("Forbidden", "forbidden"),
    404: ("NotFound", "not_found"),
    409: ("Conflict", "invalid_transition"),
    412: ("PreconditionFailed", "version_moved"),
    413: ("TooLarge", "too_large"),
    415: ("UnsupportedMediaType", "unsupported_media_type"),
    422: ("Unprocessable", "validation_failed"),
    429: ("TooManyRequests", "rate_limited"),
    503: ("Unavailable", "read_only"),
}
"""Status → the name of its answer in the document, and the code of its example."""


class ProblemBody(Shape):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: dict[str, list[str]] | None = None


def problems() -> dict[str, Any]:
    """Every answer that refuses, by the name under which calls refer to it."""
    return {name: _problem(status, code) for status, (name, code) in _NAMES.items()}


def refusals(rule: Rule, found: Route) -> dict[str, Any]:
    """The answers that refuse, by status; what else there may be is `default`."""
    statuses = {400, 429, 503}
    if found.permission is not Open.ANYONE:
        statuses |= {401, 403}
    if rule.arguments:
        statuses.add(404)
    if found.body is not None:
        statuses |= {413, 415, 422}
    if "if_match" in found.wants:
        statuses.add(412)
    if found.method != "GET":
        statuses.add(409)
    return {str(status): {"$ref": f"#/components/responses/{_NAMES[status][0]}"} for status in sorted(statuses)}


def responses(found: Route, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The good answers by status, each with an example, and what an error looks like."""
    answers: dict[str, Any] = {}
    for status, model in found.answers.items():
        answers[str(status)] = {"description": HTTPStatus(status).phrase}
        if isinstance(model, File):
            answers[str(status)]["content"] = file_content(model)
        elif model is not None:
            content = content_of("application/json", model)
            said = content["application/json"]
            answers[str(status)]["content"] = {
                "application/json": said | {"example": example_of(said["schema"], schemas)}
            }
    answers["default"] = {"description": "An error", "content": content_of("application/problem+json", ProblemBody)}
    return answers


def file_content(file: File) -> dict[str, Any]:
    """Say of each kind that it is a file; texts have an example."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    text = {"schema": {"type": "string"}, "example": FILES.get(file.name, "")}
    return {kind: text if kind.startswith("text/") else binary for kind in file.kinds}


def _problem(status: int, code: str) -> dict[str, Any]:
    """The answer of a refusal, with an example."""
    title = HTTPStatus(status).phrase
    example = {
        "type": f"https://regulars.example/api/problems/{code}",
        "title": title,
        "status": status,
        "detail": PROBLEMS[code].means,
        "code": code,
        "requestId": ID,
    }
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        example["errors"] = {"name": ["Name is missing"]}
    content = content_of("application/problem+json", ProblemBody)
    content["application/problem+json"]["example"] = example
    headers = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}
    has_wait = status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    return {"description": title, "content": content} | ({"headers": headers} if has_wait else {})


def content_of(mimetype: str, model: Any) -> dict[str, Any]:
    """A content type with the schema of a model, a type, or a Raw body."""
    if isinstance(model, Raw):
        model = model.schema
    if isinstance(model, dict):
        return {mimetype: {"schema": model}}
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {mimetype: {"schema": {"$ref": REFERENCE.format(model=_name(model))}}}
    return {mimetype: {"schema": TypeAdapter(model).json_schema(by_alias=True, ref_template=REFERENCE)}}


def _name(model: type[BaseModel]) -> str:
    """Return the name under which pydantic files a model; generic ones lose their brackets."""
    return re.sub(r"[^a-zA-Z0-9.\-_]", "_", model.__name__)
