"""Everybody of the one business: each asks every time as if it were the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.isolation.places import Place
from tests.factories.businesses import Shop, hire, signed_in
from tests.factories.people import Person, form_token
from tests.web.tills import BEN_PIN, opened


@dataclass
class Asker:
    """Somebody of the one business; asks each time as if it were the first, with the same cookies."""

    app: Flask
    headers: dict[str, str] = field(default_factory=dict)
    browser: FlaskClient | None = None
    token: str = ""

    def __post_init__(self) -> None:
        """Keep the cookies as they are now: what one answer leaves behind must not colour the next."""
        self._browser = self.browser or self.app.test_client()
        self.token = form_token(self._browser)
        self._cookies = list(self._browser._cookies.values()) if self._browser._cookies is not None else []

    def ask(self, method: str, path: str, body: Mapping[str, Any] | bytes | None = None) -> TestResponse:
        """Send JSON, or a picture, to the API and a form to a page."""
        if path.startswith("/api/"):
            sent: dict[str, Any] = {"json": None if method in ("GET", "DELETE") else body or {}}
            if isinstance(body, bytes):
                sent = {"data": body, "content_type": "image/png"}
            return self.app.test_client(use_cookies=False).open(path, method=method, headers=self.headers, **sent)
        form = None if method == "GET" or isinstance(body, bytes) else {"csrf_token": self.token, **(body or {})}
        return self._again().open(path, method=method, data=form)

    def get(self, path: str, query: Mapping[str, Any]) -> TestResponse:
        """Open a page with a query."""
        return self._again().get(path, query_string=dict(query))

    def _again(self) -> FlaskClient:
        client = self.app.test_client()
        for cookie in self._cookies:
            client.set_cookie(cookie.key, cookie.value, domain=cookie.domain, path=cookie.path)
        return client


def everybody(app: Flask, place: Place, other: Shop) -> dict[str, Asker]:
    """Everybody who has to do with a business and nothing with the other, and one who works for both."""
    shop = place.shop
    people: dict[str, Person] = {
        "owner": shop.owner,
        "manager": hire(shop, "Mia", "manager"),
        "staff": hire(shop, "Ben", "staff", BEN_PIN),
        "owner of both": _owner_of_both(shop, other),
    }
    askers = {name: Asker(app, person.headers, person.browser()) for name, person in people.items()}
    askers["open till"] = Asker(app, {}, opened(shop, people["staff"], name="Bar"))
    for role in ("manager", "staff"):
        key = shop.owner.post("/api-keys", {"name": role, "role": role}).json["key"]
        askers[f"{role}'s key"] = Asker(app, {"Authorization": f"Bearer {key}"})
    member = app.test_client()
    member.set_cookie("member", place.town.cookies["member"], path=f"/m/{shop.slug}")
    askers["member"] = Asker(app, {}, member)
    askers["anonymous"] = Asker(app)
    return askers


def _owner_of_both(shop: Shop, other: Shop) -> Person:
    """The other business's own owner, taken on here: the sign-in says which of the two is meant."""
    stranger = other.owner
    body = {"name": stranger.name, "email": stranger.email, "role": "owner"}
    assert shop.owner.post("/staff", body).status_code == 201
    return signed_in(stranger.name, stranger.email, stranger.user_id, shop.id, shop.slug)
