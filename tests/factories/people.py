"""People who work for a business, and how they reach it: by the API, or by the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from pydantic import TypeAdapter
from werkzeug.test import TestResponse

from app.api.routing import File

PASSWORD = "a horse with four legs"


@dataclass(frozen=True)
class Person:
    """Somebody with an account, signed in to the API of one business."""

    app: Flask
    name: str
    email: str
    user_id: UUID
    business_id: UUID
    slug: str
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        """The header that says who calls."""
        return {"Authorization": f"Bearer {self.access_token}"}

    def call(self, method: str, path: str, json: Any = None, **headers: str) -> TestResponse:
        """Call the API; a good answer must have the form that its route documents."""
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return called(self.app, method, path, json, sent)

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET below /api/v1."""
        return self.call("GET", path, **headers)

    def post(self, path: str, json: Any = None, **headers: str) -> TestResponse:
        """POST below /api/v1."""
        return self.call("POST", path, {} if json is None else json, **headers)

    def patch(self, path: str, json: Any, **headers: str) -> TestResponse:
        """PATCH below /api/v1."""
        return self.call("PATCH", path, json, **headers)

    def put(self, path: str, json: Any, **headers: str) -> TestResponse:
        """PUT below /api/v1."""
        return self.call("PUT", path, json, **headers)

    def delete(self, path: str, **headers: str) -> TestResponse:
        """DELETE below /api/v1."""
        return self.call("DELETE", path, **headers)

    def browser(self) -> FlaskClient:
        """Return a client that is signed in on the pages."""
        client = self.app.test_client()
        answer = submit(client, "/login", email=self.email, password=PASSWORD)
        assert answer.status_code == 303, answer.status_code
        return client


def called(app: Flask, method: str, path: str, json: Any, headers: dict[str, str]) -> TestResponse:
    """Call the API and hold a good answer against the shape that its route documents."""
    client = app.test_client(use_cookies=False)
    answer = client.open(f"/api/v1{path}", method=method, json=json, headers=headers)
    check_shape(app, method, path, answer)
    return answer


def check_shape(app: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Assert that a 2xx answer has the documented form."""
    if not 200 <= answer.status_code < 300:
        return
    adapter = app.url_map.bind("localhost")
    endpoint, _ = adapter.match(f"/api/v1{path.partition('?')[0]}", method=method)
    route = getattr(app.view_functions[endpoint], "route", None)
    if route is None:
        return
    assert answer.status_code in route.answers, f"{method} {path} does not document {answer.status_code}"
    shape = route.answers[answer.status_code]
    if shape is None:
        assert answer.data == b""
    elif isinstance(shape, File):
        assert answer.mimetype in shape.kinds
    else:
        TypeAdapter(shape).validate_json(answer.data)


def submit(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """Send a form as a browser would: with the page's own token."""
    return client.post(path, data={"csrf_token": form_token(client), **fields})


def form_token(client: FlaskClient) -> str:
    """Return the token of the forms that this client is shown."""
    page = client.get("/signup").get_data(as_text=True)
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]
