"""Signing in on the pages: a new cookie each time, that ends with its row."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.core import clock
from app.core.unit_of_work import platform_session, session
from app.factory import create_app
from app.models.user_session import UserSession
from tests.factories.businesses import address
from tests.factories.people import PASSWORD, Person, submit
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database

TOKEN = re.compile(r"I[jm]\w+\.[\w-]+\.[\w-]+")
"""A form's token: it says in which second it was made. It begins with a digit or a letter in quotes, as base64."""


def _cookie(client: FlaskClient, name: str = "sid") -> str:
    found = client.get_cookie(name)
    assert found is not None
    return found.value


def _without_token(page: str) -> str:
    bare, found = TOKEN.subn("", page)
    assert found
    return bare


def _is_in(client: FlaskClient) -> bool:
    return client.get("/").headers["Location"] != "/login"


def test_signing_up_founds_a_business_and_leads_to_its_pages(client: FlaskClient) -> None:
    fields = {"business_name": "Café Alma", "email": address("alma"), "timezone": "Europe/Kyiv", "currency": "UAH"}
    answer = submit(client, "/signup", **fields, password=PASSWORD, industry="coffee")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/b/cafe-alma")
    assert _is_in(client)


def test_a_sign_up_that_cannot_be_shows_the_form_again_with_every_error(client: FlaskClient) -> None:
    answer = submit(client, "/signup", business_name="", email="x", password="short", timezone="Mars", currency="?")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for sentence in ("Business name must have", "Email must look like", "at least 8 characters", "Choose a time zone"):
        assert sentence in page
    assert "short" not in page


def test_a_wrong_password_and_an_unknown_e_mail_show_the_same_page(client: FlaskClient, alma: Person) -> None:
    pages = [
        _without_token(submit(client, "/login", email=email, password="wrong").text).replace(email, "")
        for email in (alma.email, "nobody@example.com")
    ]
    assert pages[0] == pages[1]
    assert "do not fit" in pages[0]


def test_the_cookie_is_new_at_each_sign_in_and_the_old_one_ends(alma: Person, app: Flask) -> None:
    browser = alma.browser()
    first = _cookie(browser)
    submit(browser, "/login", email=alma.email, password=PASSWORD)
    assert _cookie(browser) != first
    thief = app.test_client()
    thief.set_cookie("sid", first)
    assert not _is_in(thief)


def test_a_cookie_set_before_signing_in_is_not_taken_over(client: FlaskClient, alma: Person) -> None:
    client.set_cookie("sid", "chosen-by-somebody-else")
    submit(client, "/login", email=alma.email, password=PASSWORD)
    assert _cookie(client) != "chosen-by-somebody-else"


def test_a_copied_cookie_is_worth_nothing_after_signing_out(alma: Person, app: Flask) -> None:
    browser = alma.browser()
    copy = app.test_client()
    copy.set_cookie("sid", _cookie(browser))
    assert _is_in(copy)
    assert submit(browser, "/logout").status_code == 303
    assert not _is_in(copy)


@pytest.mark.parametrize(
    ("field", "age"), [("last_seen_at", timedelta(hours=12, minutes=1)), ("expires_at", timedelta(0))]
)
def test_an_idle_and_an_old_session_are_over(alma: Person, field: str, age: timedelta) -> None:
    browser = alma.browser()
    with platform_session():
        values = {field: clock.now() - age}
        session().execute(update(UserSession).where(UserSession.user_id == alma.user_id).values(values))
    assert not _is_in(browser)


def test_being_there_is_noted_at_most_once_a_minute(alma: Person) -> None:
    browser = alma.browser()
    before = clock.now() - timedelta(minutes=5)
    with platform_session():
        session().execute(update(UserSession).where(UserSession.user_id == alma.user_id).values(last_seen_at=before))
    browser.get("/")
    with platform_session():
        seen = (
            session()
            .scalars(
                select(UserSession.last_seen_at).where(UserSession.user_id == alma.user_id, UserSession.kind == "web")
            )
            .one()
        )
    assert clock.now() - seen < timedelta(minutes=1)


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_from_other_sites(alma: Person, client: FlaskClient) -> None:
    answer = submit(client, "/login", email=alma.email, password=PASSWORD)
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("sid="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_with_https_the_cookie_is_bound_to_the_host(database: Database, alma: Person) -> None:
    made = create_app(settings_for(database, is_https=True))
    made.test_client_class = Client
    client = made.test_client()
    base = "https://localhost"
    page = client.get("/login", base_url=base).get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"csrf_token": token, "email": alma.email, "password": PASSWORD}
    answer = client.post("/login", data=fields, base_url=base, headers={"Referer": f"{base}/login"})
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("__Host-sid="))
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Strict-Transport-Security" in answer.headers
    close(made)


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_away_after_signing_in(client: FlaskClient, alma: Person, wanted: str) -> None:
    answer = submit(client, "/login", email=alma.email, password=PASSWORD, next=wanted)
    assert answer.headers["Location"] == f"/b/{alma.slug}/"


def test_a_page_that_was_asked_for_is_shown_after_signing_in(client: FlaskClient, alma: Person) -> None:
    wanted = f"/b/{alma.slug}/programs?status=active"
    answer = submit(client, "/login", email=alma.email, password=PASSWORD, next=wanted)
    assert answer.headers["Location"] == wanted


def test_a_form_without_our_token_or_from_another_site_is_refused(client: FlaskClient, alma: Person) -> None:
    fields = {"email": alma.email, "password": PASSWORD}
    assert client.post("/login", data=fields).status_code == 403
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        token = client.get("/login").get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
        answer = client.post("/login", data=fields | {"csrf_token": token}, headers=header)
        assert answer.status_code == 403


def test_a_form_is_still_good_after_a_working_day(client: FlaskClient, alma: Person) -> None:
    token = client.get("/login").get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    assert client.application.config["WTF_CSRF_TIME_LIMIT"] is None
    answer = client.post("/login", data={"csrf_token": token, "email": alma.email, "password": PASSWORD})
    assert answer.status_code == 303


def test_another_browser_s_token_is_not_good(app: Flask, client: FlaskClient, alma: Person) -> None:
    other = app.test_client()
    token = other.get("/login").get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    client.get("/login")
    answer = client.post("/login", data={"csrf_token": token, "email": alma.email, "password": PASSWORD})
    assert answer.status_code == 403
