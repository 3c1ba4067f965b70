"""Signing in to the API: tokens that die soon, rotate, and end at once when they should."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.core.unit_of_work import platform_session
from app.services import sessions
from tests.factories.businesses import Shop, address, hire
from tests.factories.people import PASSWORD, Person


def _me(client: FlaskClient, token: str) -> int:
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def _sign_up(client: FlaskClient, **changes: Any) -> Any:
    body = {
        "businessName": "Café Alma",
        "email": address("alma"),
        "password": PASSWORD,
        "timezone": "Europe/Kyiv",
        "currency": "UAH",
    }
    return client.post("/api/v1/auth/signup", json=body | changes)


def test_signing_up_founds_a_business_and_signs_its_owner_in(client: FlaskClient) -> None:
    answer = _sign_up(client)
    assert answer.status_code == 201
    assert answer.json["business"]["name"] == "Café Alma"
    assert answer.json["tokenType"] == "Bearer"
    assert answer.json["expiresIn"] == 900
    assert _me(client, answer.json["accessToken"]) == 200


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "alma", "Email must look like name@example.com"),
        ("password", "short", "Password must have at least 8 characters"),
        ("password", "aaaaaaaaaaaa", "Password is too easy to guess"),
        ("currency", "EURO", "Currency must be a code such as EUR"),
        ("timezone", "Mars/Base", "Timezone must be a name such as Europe/Kyiv"),
        ("businessName", "  ", "Business name is missing"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(client: FlaskClient, field: str, value: str, sentence: str) -> None:
    answer = _sign_up(client, **{field: value})
    assert answer.status_code == 422
    assert answer.json["errors"] == {field: [sentence]}


def test_an_e_mail_has_one_account_whatever_its_case(client: FlaskClient, alma: Person) -> None:
    answer = _sign_up(client, email=alma.email.upper())
    assert (answer.status_code, answer.json["code"]) == (409, "email_taken")


@pytest.mark.parametrize("email", ["alma", "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_e_mail_are_answered_alike(
    client: FlaskClient, alma: Person, email: str
) -> None:
    chosen = alma.email if email == "alma" else email
    answer = client.post("/api/v1/auth/token", json={"email": chosen, "password": "wrong password"})
    said = {name: value for name, value in answer.json.items() if name != "requestId"}
    assert said == {
        "type": "http://localhost:8000/api/problems/wrong_credentials",
        "title": "Unauthorized",
        "status": 401,
        "detail": "E-mail and password do not fit",
        "code": "wrong_credentials",
    }


def test_a_person_chooses_among_their_businesses_and_no_other(client: FlaskClient, alma: Person, florist: Shop) -> None:
    body = {"email": alma.email, "password": PASSWORD}
    assert client.post("/api/v1/auth/token", json=body).json["business"]["id"] == str(alma.business_id)
    answer = client.post("/api/v1/auth/token", json=body | {"businessId": str(florist.id)})
    assert answer.status_code == 401


def test_a_refresh_token_works_once_and_using_it_again_ends_the_session(client: FlaskClient, alma: Person) -> None:
    second = client.post("/api/v1/auth/refresh", json={"refreshToken": alma.refresh_token})
    third = client.post("/api/v1/auth/refresh", json={"refreshToken": second.json["refreshToken"]})
    assert (second.status_code, third.status_code) == (200, 200)
    assert client.post("/api/v1/auth/refresh", json={"refreshToken": alma.refresh_token}).status_code == 401
    assert client.post("/api/v1/auth/refresh", json={"refreshToken": third.json["refreshToken"]}).status_code == 401
    assert _me(client, third.json["accessToken"]) == 401


def test_revoking_ends_the_access_token_at_the_next_request(client: FlaskClient, alma: Person) -> None:
    assert _me(client, alma.access_token) == 200
    assert client.post("/api/v1/auth/revoke", json={"refreshToken": alma.refresh_token}).status_code == 204
    assert _me(client, alma.access_token) == 401


@pytest.mark.parametrize("nonsense", ["", "x", "rt_x", "rt_" + "0" * 32 + "_secret", "rk_abc"])
def test_an_unknown_refresh_token_is_401_and_nothing_to_revoke(client: FlaskClient, nonsense: str) -> None:
    assert client.post("/api/v1/auth/refresh", json={"refreshToken": nonsense}).status_code == 401
    assert client.post("/api/v1/auth/revoke", json={"refreshToken": nonsense}).status_code == 204


def test_a_new_role_counts_at_the_next_request_and_leaving_ends_access(client: FlaskClient, cafe: Shop) -> None:
    mia = hire(cafe, "Mia", "manager")
    assert mia.get("/staff").status_code == 200
    staff_id = _staff_id(cafe, mia)
    cafe.owner.patch(f"/staff/{staff_id}", {"role": "staff"})
    assert mia.get("/staff").status_code == 403
    assert cafe.owner.delete(f"/staff/{staff_id}").status_code == 204
    assert mia.get("/me").status_code == 401
    assert client.post("/api/v1/auth/refresh", json={"refreshToken": mia.refresh_token}).status_code == 401


def test_a_changed_password_ends_every_session(alma: Person) -> None:
    browser = alma.browser()
    with platform_session():
        assert not sessions.change_password(alma.user_id, "wrong", "another long password")
        assert sessions.change_password(alma.user_id, PASSWORD, "another long password")
    assert alma.get("/me").status_code == 401
    assert browser.get("/").headers["Location"] == "/login"


def test_an_access_token_dies_after_a_quarter_of_an_hour(alma: Person, client: FlaskClient) -> None:
    with clock.frozen(clock.now() - timedelta(minutes=20)), platform_session():
        old = sessions.open_api_session(alma.user_id, alma.business_id, sessions.Visit("", ""))
    assert old is not None
    assert _me(client, old.access_token) == 401


def _staff_id(cafe: Shop, person: Person) -> str:
    rows = cafe.owner.get("/staff").json["data"]
    return str(next(row["id"] for row in rows if row["userId"] == str(person.user_id)))
