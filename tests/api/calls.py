"""Every call of the API as the URL map has it, with ids that exist and a body that is right; and what an error is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from app.api.examples import BODIES
from app.api.openapi import document
from app.api.routing import File, Route
from app.domain.permissions import Open
from app.domain.problems import PROBLEMS
from tests.architecture.audit_walk import picture
from tests.architecture.samples import sample_ids
from tests.architecture.test_routes import PART
from tests.factories.businesses import Shop
from tests.factories.people import Person

BASE = "/api/v1"
PROBLEM = "application/problem+json"
_ALWAYS = {"type", "title", "status", "detail", "code", "requestId"}
_NAMED = {"memberId": "member_id", "programId": "program_id", "rewardId": "reward_id", "into": "member_id"}


@dataclass(frozen=True)
class Call:
    """One route: how it reads in the documents, and a request to it that is right."""

    route: Route
    template: str
    path: str
    body: dict[str, Any] | None
    file: dict[str, Any]
    query: dict[str, str]

    def __str__(self) -> str:
        return f"{self.route.method} {self.template}"

    @property
    def takes_json(self) -> bool:
        """Say whether a body of JSON belongs to it."""
        return self.body is not None

    @property
    def takes_file(self) -> bool:
        """Say whether a body belongs to it that is no JSON."""
        return isinstance(self.route.body, File)

    @property
    def is_open(self) -> bool:
        """Say whether it answers anybody."""
        return self.route.permission is Open.ANYONE


def calls(app: Flask, ids: Mapping[str, UUID | str]) -> list[Call]:
    """Return every call; `ids` fill the addresses and the examples of bodies."""
    found = []
    for rule in app.url_map.iter_rules():
        route = getattr(app.view_functions[rule.endpoint], "route", None)
        if route is None:
            continue
        template = PART.sub(r"{\g<name>}", rule.rule).removeprefix(BASE)
        path = PART.sub(lambda part: str(ids[part["name"]]), rule.rule)
        body = BODIES.get(f"{route.method} {template}")
        takes_json = route.body is not None and not isinstance(route.body, File)
        assert takes_json is (body is not None), f"{route.method} {template} has no example in app/api/examples.py"
        found.append(Call(route, template, path, _with_ids(body, ids) if body else None, _file(route), _query(route)))
    return found


def _file(route: Route) -> dict[str, Any]:
    """What a request to a route that takes a file has for it."""
    if not isinstance(route.body, File):
        return {}
    kind = route.body.kinds[0]
    return {"data": picture() if kind.startswith("image/") else b"Name\nCleo\n", "content_type": kind}


def _query(route: Route) -> dict[str, str]:
    """The parameters that a route cannot do without, and the words for a picture."""
    names = route.query.model_fields if route.query else {}
    return {field.alias or name: "x" for name, field in names.items() if field.is_required() or name == "alt"}


def calls_of(app: Flask, shop: Shop) -> list[Call]:
    """Return every call, on rows of this shop."""
    return calls(app, sample_ids(shop))


def ask(person: Person | None, call: Call, **request: Any) -> TestResponse:
    """Send a call as somebody, or as nobody; `request` takes the place of what would be right."""
    headers = dict(person.headers if person else {}) | request.pop("headers", {})
    if "data" not in request and "json" not in request:
        request |= {"json": call.body} if call.takes_json else call.file
    request.setdefault("query_string", call.query)
    app: Flask = request.pop("app", None) or cast(Person, person).app
    client = app.test_client(use_cookies=False)
    path, method = request.pop("path", call.path), request.pop("method", call.route.method)
    return client.open(path, method=method, headers=headers, **request)


def schemas(app: Flask) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the operations of the document by (method, template), and its schemas by name."""
    made = document(app)
    operations = {
        f"{method.upper()} {path.removeprefix(BASE)}": operation
        for path, methods in made["paths"].items()
        for method, operation in methods.items()
    }
    return operations, made["components"]["schemas"]


def fault_of(answer: TestResponse, status: int, code: str | None = None) -> str | None:
    """Say in what an answer differs from the error expected; None when it is one, whole and known."""
    if answer.status_code != status:
        return f"{answer.status_code}, not {status}: {answer.get_data(as_text=True)[:300]}"
    if answer.mimetype != PROBLEM:
        return f"{answer.mimetype}, not {PROBLEM}"
    said = cast(dict[str, Any], answer.json)
    expected = {
        "status": status,
        "title": HTTPStatus(status).phrase,
        "code": code or said["code"],
        "requestId": answer.headers["X-Request-ID"],
    }
    wrong = {name: said.get(name) for name, value in expected.items() if said.get(name) != value}
    if said.keys() - {"errors"} != _ALWAYS:
        wrong["members"] = sorted(said)
    if not said["type"].endswith(f"/api/problems/{said['code']}") or PROBLEMS[said["code"]].status != status:
        wrong["type"] = said["type"]
    if not said["detail"] or (status == HTTPStatus.UNPROCESSABLE_ENTITY and "errors" not in said):
        wrong["detail"] = said
    if answer.headers["Cache-Control"] != "no-store":
        wrong["Cache-Control"] = answer.headers["Cache-Control"]
    return str(wrong) if wrong else None


def _with_ids(value: Any, ids: Mapping[str, UUID | str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _with_ids(inner, ids, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_ids(inner, ids, "programId" if key == "ids" else key) for inner in value]
    return str(ids[_NAMED[key]]) if key in _NAMED else value
