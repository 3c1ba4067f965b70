"""What all pages share: doors, error pages, headers, health."""

from __future__ import annotations

import flask
import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import text

from app.core.unit_of_work import platform_session, session
from app.factory import create_app
from tests.factories.people import Person
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database


@pytest.mark.parametrize("path", ["/login", "/nothing", "/api/v1/openapi.json", "/healthz", "/static/css/base.css"])
def test_every_answer_has_the_security_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Request-ID"]
    answer.close()


def test_pages_are_kept_by_nobody_and_differ_for_htmx(client: FlaskClient) -> None:
    answer = client.get("/login")
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "Cookie"} <= set(answer.vary)


def test_the_api_touches_no_cookie(alma: Person) -> None:
    answer = alma.get("/me")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.vary


def test_flask_has_a_session_for_pages_and_none_for_the_api(app: Flask) -> None:
    with app.test_request_context("/login"):
        flask.session["note"] = "kept"
    with app.test_request_context("/api/v1/me"), pytest.raises(RuntimeError, match="session is unavailable"):
        flask.session["note"] = "kept"


def test_an_address_that_is_nowhere_is_a_page_with_the_request_s_id(client: FlaskClient) -> None:
    answer = client.get("/nothing", headers={"X-Request-ID": "find-me"})
    assert answer.status_code == 404
    assert "find-me" in answer.get_data(as_text=True)
    assert client.get("/nothing", headers={"HX-Request": "true"}).data == b""


def test_colours_come_from_the_address_and_anything_else_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/brand.css?colour=7f3b1c")
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/brand.css?colour=red;}").status_code == 404


def test_a_running_house_is_alive_and_ready(fresh_database: Database) -> None:
    made = create_app(settings_for(fresh_database))
    made.test_client_class = Client
    client = made.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "down": {}})
    close(made)


def test_what_is_down_is_named(database: Database) -> None:
    url = database.url("regulars_app").partition("?")[0] + "?host=/nowhere"
    made = create_app(settings_for(database, redis_url="unix:///nowhere.sock", database_url=url))
    made.test_client_class = Client
    client = made.test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json["down"]) == {"database", "redis"}
    assert client.get("/healthz").status_code == 200
    close(made)


def test_an_outbox_that_stands_still_and_a_missing_migration_are_named(fresh_database: Database) -> None:
    made = create_app(settings_for(fresh_database, database_url=fresh_database.url("regulars_owner")))
    made.test_client_class = Client
    with made.app_context(), platform_session():
        session().execute(text("UPDATE alembic_version SET version_num = '0001'"))
        session().execute(
            text(
                "WITH made AS (INSERT INTO business (id, slug, name, timezone, currency, created_at)"
                " VALUES (gen_random_uuid(), 'x', 'x', 'UTC', 'EUR', now()) RETURNING id)"
                " INSERT INTO due SELECT gen_random_uuid(), id, 'relay', now() - interval '1 hour' FROM made"
            )
        )
    down = made.test_client().get("/readyz").json["down"]
    assert "0001" in down["migrations"]
    assert "waited" in down["outbox"]
    close(made)


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.0.0.1", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.1"}, 404),
        ("10.0.0.1", {"Authorization": "Bearer right"}, 200),
        ("10.0.0.1", {"Authorization": "Bearer wrong"}, 404),
    ],
)
def test_figures_are_for_this_machine_or_the_token(
    database: Database, address: str, headers: dict[str, str], status: int
) -> None:
    made = create_app(settings_for(database, metrics_token="right"))
    made.test_client_class = Client
    answer = made.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    close(made)


@pytest.mark.parametrize(("hops", "address"), [(0, "127.0.0.1"), (1, "10.0.0.2"), (2, "10.0.0.1")])
def test_only_the_proxies_that_stand_before_us_are_believed(database: Database, hops: int, address: str) -> None:
    made = create_app(settings_for(database, proxy_hops=hops))
    made.test_client_class = Client
    seen: list[str | None] = []
    made.before_request(lambda: seen.append(request.remote_addr))
    made.test_client().get("/healthz", headers={"X-Forwarded-For": "10.0.0.1, 10.0.0.2"})
    assert seen == [address]
    close(made)
