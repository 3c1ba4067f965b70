"""The OpenAPI 3.1 document, written from what `route` declared on each view: it cannot differ from what is served."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from flask import Blueprint, Flask, current_app, request
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from app.api.answers import encode, respond
from app.api.bodies import read_query
from app.api.examples import BODIES
from app.api.openapi_answers import REFERENCE, ProblemBody, content_of, file_content, problems, refusals, responses
from app.api.pagination import Query
from app.api.routing import File, Raw, Route
from app.domain.permissions import ROLE_PERMISSIONS, Open

bp = Blueprint("openapi", __name__)

_BASE = "/api/v1"
_ASIDE = re.compile(r" \([^)]*\)(?=\.$)")
_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_PART_SCHEMAS = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer"},
    None: {"type": "string"},
    "string": {"type": "string"},
}


@bp.get("/openapi.json")
def openapi_document() -> Any:
    """Answer the document; it is the same for everybody."""
    read_query(Query, request.args)
    return respond(_encoded(current_app._get_current_object()), 200, {"Cache-Control": "public, max-age=300"})  # type: ignore[attr-defined]


openapi_document.permission = Open.ANYONE  # type: ignore[attr-defined]


def document(app: Flask) -> dict[str, Any]:
    """Return the document of every declared route, and of nothing else."""
    routes = list(_declared(app))
    models = sorted(
        {model for _, found in routes for model in _models(found)} | {ProblemBody}, key=lambda m: m.__name__
    )
    _, made = models_json_schema([(model, "validation") for model in models], ref_template=REFERENCE, by_alias=True)
    queries = {found.query.__name__ for _, found in routes if found.query is not None}
    schemas = {name: schema for name, schema in made.get("$defs", {}).items() if name not in queries}
    paths: dict[str, Any] = {}
    for rule, found in routes:
        paths.setdefault(_path(rule), {})[found.method.lower()] = _operation(rule, found, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Regulars", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": _tags(app, routes),
        "paths": paths,
        "components": {"schemas": schemas, "responses": problems(), "securitySchemes": _SECURITY},
        "security": [{"bearer": []}],
    }


_ABOUT = (
    "Loyalty programs, members and purchases. Money comes as a number or a decimal string in major units and is "
    "answered as a string; times are RFC 3339. Errors are RFC 9457 problems with a `code`, each explained at its "
    "`type`. Lists that grow are read by `cursor`. An `Idempotency-Key` makes a POST safe to send again."
)
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


def _tags(app: Flask, routes: list[tuple[Rule, Route]]) -> list[dict[str, str]]:
    """Each group of calls with what its module says of itself."""
    blueprints = {rule.endpoint.split(".")[-2]: rule.endpoint.rpartition(".")[0] for rule, _ in routes}
    said = {tag: inspect.getdoc(sys.modules[app.blueprints[name].import_name]) for tag, name in blueprints.items()}
    return [{"name": tag, "description": _ASIDE.sub("", (said[tag] or "").partition("\n")[0])} for tag in sorted(said)]


def _operation(rule: Rule, found: Route, schemas: Mapping[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": found.summary,
        "description": _description(found),
        "tags": [rule.endpoint.split(".")[-2]],
        "parameters": [*_path_parameters(rule), *_query_parameters(found), *_header_parameters(found)],
        "responses": responses(found, schemas) | refusals(rule, found),
    }
    if isinstance(found.body, File):
        operation["requestBody"] = _file_body(found.body)
    elif found.body is not None:
        content = content_of("application/json", found.body)
        example = BODIES.get(f"{found.method} {_path(rule).removeprefix(_BASE)}")
        if example is not None:
            content["application/json"]["example"] = example
        operation["requestBody"] = {"required": True, "content": content}
    if found.permission is Open.ANYONE:
        operation["security"] = []
    return operation


def _description(found: Route) -> str:
    """Who may ask, and against which limit it counts."""
    counts = f"Counts against the {found.limit.replace('_', '-')} limit."
    if isinstance(found.permission, Open):
        return "Open to anyone, within the limit of an address."
    roles = ", ".join(role.value for role, may in ROLE_PERMISSIONS.items() if found.permission in may)
    return f"Needs `{found.permission.value}`, which these roles have: {roles}. {counts}"


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
    schema = found.query.model_json_schema(by_alias=True, ref_template=REFERENCE)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": of}
        | ({"description": of["description"]} if "description" in of else {})
        for name, of in schema.get("properties", {}).items()
    ]


def _header_parameters(found: Route) -> list[dict[str, Any]]:
    names = []
    if found.takes_idempotency_key:
        names.append(("Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 128}))
    if "if_match" in found.wants:
        names.append(("If-Match", {"type": "string"}))
    return [{"name": name, "in": "header", "required": False, "schema": schema} for name, schema in names]


def _file_body(file: File) -> dict[str, Any]:
    return {"required": True, "description": file.about, "content": file_content(file), "x-file-name": file.name}
