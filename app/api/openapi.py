"""The OpenAPI 3.1 document, written from what `route` declared on each view: it cannot differ from what is served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, current_app
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from app.api.answers import encode, respond
from app.api.examples import BODIES, FILES
from app.api.routing import File, Raw, Route
from app.api.shapes import Shape
from app.domain.permissions import Open

bp = Blueprint("openapi", __name__)

_REFERENCE = "#/components/schemas/{model}"
_BASE = "/api/v1"
_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_PART_SCHEMAS = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer"},
    None: {"type": "string"},
    "string": {"type": "string"},
}


class ProblemBody(Shape):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: dict[str, list[str]] | None = None


@bp.get("/openapi.json")
def openapi_document() -> Any:
    """Answer the document; it is the same for everybody."""
    return respond(_encoded(current_app._get_current_object()), 200, {"Cache-Control": "public, max-age=300"})  # type: ignore[attr-defined]


openapi_document.permission = Open.ANYONE  # type: ignore[attr-defined]


def document(app: Flask) -> dict[str, Any]:
    """Return the document of every declared route, and of nothing else."""
    routes = list(_declared(app))
    models = sorted(
        {model for _, found in routes for model in _models(found)} | {ProblemBody}, key=lambda m: m.__name__
    )
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=_REFERENCE, by_alias=True)
    paths: dict[str, Any] = {}
    for rule, found in routes:
        paths.setdefault(_path(rule), {})[found.method.lower()] = _operation(rule, found)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Regulars", "version": "1", "description": "Loyalty programs, members and purchases."},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas.get("$defs", {}), "securitySchemes": _SECURITY},
        "security": [{"bearer": []}],
    }


_SECURITY = {"bearer": {"type": "http", "scheme": "bearer", "description": "An access token, or an API key rk_…"}}


@cache
def _encoded(app: Flask) -> bytes:
    return encode(document(app))


def _declared(app: Flask) -> Iterator[tuple[Rule, Route]]:
    for rule in app.url_map.iter_rules():
        found = getattr(app.view_functions[rule.endpoint], "route", None)
        if found is not None:
            yield rule, found


def _models(found: Route) -> Iterator[type[BaseModel]]:
    body = found.body.schema if isinstance(found.body, Raw) else found.body
    for model in (body, found.query, *found.answers.values()):
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield model


def _operation(rule: Rule, found: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": found.summary,
        "tags": [rule.endpoint.split(".")[-2]],
        "parameters": [*_path_parameters(rule), *_query_parameters(found), *_header_parameters(found)],
        "responses": _responses(found),
    }
    if isinstance(found.body, File):
        operation["requestBody"] = _file_body(found.body)
    elif found.body is not None:
        content = _content("application/json", found.body)
        example = BODIES.get(f"{found.method} {_path(rule).removeprefix(_BASE)}")
        if example is not None:
            content["application/json"]["example"] = example
        operation["requestBody"] = {"required": True, "content": content}
    if found.permission is Open.ANYONE:
        operation["security"] = []
    return operation


def _path(rule: Rule) -> str:
    return _PART.sub(r"{\g<name>}", rule.rule)


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {"name": part["name"], "in": "path", "required": True, "schema": _PART_SCHEMAS[part["kind"]]}
        for part in _PART.finditer(rule.rule)
    ]


def _query_parameters(found: Route) -> list[dict[str, Any]]:
    if found.query is None:
        return []
    schema = found.query.model_json_schema(by_alias=True, ref_template=_REFERENCE)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": of}
        for name, of in schema.get("properties", {}).items()
    ]


def _header_parameters(found: Route) -> list[dict[str, Any]]:
    names = []
    if found.takes_idempotency_key:
        names.append(("Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 128}))
    if "if_match" in found.wants:
        names.append(("If-Match", {"type": "string"}))
    return [{"name": name, "in": "header", "required": False, "schema": schema} for name, schema in names]


def _responses(found: Route) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, model in found.answers.items():
        answers[str(status)] = {"description": HTTPStatus(status).phrase}
        if isinstance(model, File):
            answers[str(status)]["content"] = _file(model)
        elif model is not None:
            answers[str(status)]["content"] = _content("application/json", model)
    answers["default"] = {"description": "An error", "content": _content("application/problem+json", ProblemBody)}
    return answers


def _file_body(file: File) -> dict[str, Any]:
    return {"required": True, "description": file.about, "content": _file(file), "x-file-name": file.name}


def _file(file: File) -> dict[str, Any]:
    """Say of each kind that it is a file; texts have an example."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    text = {"schema": {"type": "string"}, "example": FILES.get(file.name, "")}
    return {kind: text if kind.startswith("text/") else binary for kind in file.kinds}


def _content(mimetype: str, model: Any) -> dict[str, Any]:
    if isinstance(model, Raw):
        model = model.schema
    if isinstance(model, dict):
        return {mimetype: {"schema": model}}
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {mimetype: {"schema": {"$ref": _REFERENCE.format(model=_name(model))}}}
    return {mimetype: {"schema": TypeAdapter(model).json_schema(by_alias=True, ref_template=_REFERENCE)}}


def _name(model: type[BaseModel]) -> str:
    """Return the name under which pydantic files a model; generic ones lose their brackets."""
    return re.sub(r"[^a-zA-Z0-9.\-_]", "_", model.__name__)
