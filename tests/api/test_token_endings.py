"""What ends an access token ends it at the next request, and a refresh token is good for one exchange."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core import clock
from app.core.unit_of_work import platform_session, session
from app.models.user import UserAccount
from app.services import sessions
from tests.api.forging import claims_of
from tests.factories.businesses import VISIT, Shop, hire
from tests.factories.people import PASSWORD, Person, submit

AT_ONCE = 8
NEW_PASSWORD = "another horse, with five legs"

Ending = Callable[[Shop, Person], None]


def _revoke(_: Shop, person: Person) -> None:
    """The program signs out."""
    answer = person.app.test_client().post("/api/v1/auth/revoke", json={"refreshToken": person.refresh_token})
    assert answer.status_code == 204


def _sign_out_from_the_list(_: Shop, person: Person) -> None:
    """The person ends this sign-in on the page of their account."""
    path = f"/b/{person.slug}/account/sign-ins/{claims_of(person)['sid']}/end"
    assert submit(person.browser(), path).status_code == 303


def _sign_out_elsewhere(_: Shop, person: Person) -> None:
    """The person ends every sign-in but the browser's."""
    assert submit(person.browser(), f"/b/{person.slug}/account/sign-ins/end-others").status_code == 303


def _change_password(_: Shop, person: Person) -> None:
    """The person changes the password."""
    path, browser = f"/b/{person.slug}/account/password", person.browser()
    assert submit(browser, path, current=PASSWORD, password=NEW_PASSWORD).status_code == 303


def _use_a_refresh_token_twice(_: Shop, person: Person) -> None:
    """Somebody has copied the refresh token."""
    answers = [_exchange(person.app, person.refresh_token) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]


def _let_go(shop: Shop, person: Person) -> None:
    """The owner lets them go."""
    assert shop.owner.delete(f"/staff/{_staff_id(shop, person)}").status_code == 204


def _disable(_: Shop, person: Person) -> None:
    """The account is disabled, and what was remembered of it is forgotten as every ending does."""
    with platform_session():
        session().get_one(UserAccount, person.user_id).disabled_at = clock.now()
        sessions.end_sessions_of(person.user_id, "disabled")


ENDINGS: list[Ending] = [
    _revoke, _sign_out_from_the_list, _sign_out_elsewhere, _change_password, _use_a_refresh_token_twice, _let_go,
    _disable,
]  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__.strip("_"))
def test_an_ending_ends_the_access_token_at_the_next_request(cafe: Shop, ending: Ending) -> None:
    mia = hire(cafe, "Mia", "manager")
    assert [mia.get("/me").status_code for _ in range(2)] == [200, 200], "the second is answered from memory"
    ending(cafe, mia)
    answer = mia.get("/me")
    assert (answer.status_code, answer.json["code"]) == (401, "unauthorized")
    assert _exchange(mia.app, mia.refresh_token).status_code == 401
    assert cafe.owner.get("/me").status_code == 200, "nobody else is signed out"


@pytest.mark.parametrize(("role", "status"), [("staff", 403), ("owner", 200)])
def test_a_new_role_counts_at_the_next_request(cafe: Shop, role: str, status: int) -> None:
    mia, page = hire(cafe, "Mia", "manager"), f"/b/{cafe.slug}/settings/api-keys"
    browser = mia.browser()
    assert (mia.get("/staff").status_code, mia.post("/api-keys").status_code, browser.get(page).status_code) == (
        200,
        403,
        403,
    )
    cafe.owner.patch(f"/staff/{_staff_id(cafe, mia)}", {"role": role})
    assert (mia.get("/staff").status_code, browser.get(page).status_code) == (status, status)
    assert mia.post("/api-keys").status_code == (422 if role == "owner" else 403)


def test_an_api_key_ends_at_the_next_request(cafe: Shop) -> None:
    made = cafe.owner.post("/api-keys", {"name": "Shop", "role": "manager"}).json
    client, headers = cafe.owner.app.test_client(), {"Authorization": f"Bearer {made['key']}"}
    assert [client.get("/api/v1/me", headers=headers).status_code for _ in range(2)] == [200, 200]
    assert cafe.owner.delete(f"/api-keys/{made['id']}").status_code == 204
    assert client.get("/api/v1/me", headers=headers).status_code == 401


def test_a_cookie_that_was_copied_before_the_sign_out_opens_nothing(cafe: Shop) -> None:
    browser, page = cafe.owner.browser(), f"/b/{cafe.slug}/account"
    copied = browser.get_cookie("sid")
    assert copied is not None
    thief = cafe.owner.app.test_client()
    thief.set_cookie("sid", copied.value)
    assert thief.get(page).status_code == 200
    assert submit(browser, "/logout").status_code == 303
    assert thief.get(page).status_code == 303


def test_refresh_tokens_rotate_and_the_access_token_before_lives_on(app: Flask, alma: Person) -> None:
    first = _exchange(app, alma.refresh_token)
    second = _exchange(app, first.json["refreshToken"])
    tokens = {alma.refresh_token, first.json["refreshToken"], second.json["refreshToken"]}
    assert len(tokens) == 3
    for token in (alma.access_token, first.json["accessToken"], second.json["accessToken"]):
        assert app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize("old", [0, 1, 2])
def test_any_refresh_token_that_was_used_ends_the_whole_family(app: Flask, alma: Person, old: int) -> None:
    family, tokens = [alma.refresh_token], []
    for _ in range(3):
        answer = _exchange(app, family[-1])
        family.append(answer.json["refreshToken"])
        tokens.append(answer.json["accessToken"])
    assert _exchange(app, family[old]).status_code == 401
    assert _exchange(app, family[-1]).status_code == 401, "the newest too"
    for token in (alma.access_token, *tokens):
        assert app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_another_sign_in_of_the_same_person_is_no_part_of_the_family(app: Flask, alma: Person) -> None:
    with platform_session():
        other = sessions.open_api_session(alma.user_id, alma.business_id, VISIT)
    assert other is not None
    _use_a_refresh_token_twice(None, alma)  # type: ignore[arg-type]
    assert _exchange(app, other.refresh_token).status_code == 200


def test_of_many_exchanges_at_once_one_is_good_and_the_family_ends(app: Flask, alma: Person) -> None:
    start = Barrier(AT_ONCE)

    def exchange(_: int) -> TestResponse:
        start.wait(30)
        return _exchange(app, alma.refresh_token)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(exchange, range(AT_ONCE)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * (AT_ONCE - 1)
    [good] = [answer.json for answer in answers if answer.status_code == 200]
    assert _exchange(app, good["refreshToken"]).status_code == 401, "two have had the token, and one is a thief"
    headers = {"Authorization": f"Bearer {good['accessToken']}"}
    assert app.test_client().get("/api/v1/me", headers=headers).status_code == 401


def test_a_refresh_token_dies_after_its_ninety_days(app: Flask, client: FlaskClient, alma: Person) -> None:
    with clock.frozen(clock.now() - timedelta(days=91)), platform_session():
        old = sessions.open_api_session(alma.user_id, alma.business_id, VISIT)
    assert old is not None
    assert _exchange(app, old.refresh_token).status_code == 401


@pytest.mark.parametrize("changed", ["last letter", "another session", "upper case", "with a blank", "access token"])
def test_a_refresh_token_that_was_changed_is_none(app: Flask, alma: Person, dora: Person, changed: str) -> None:
    token = alma.refresh_token
    forged = {
        "last letter": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "another session": dora.refresh_token[:36] + token[36:],
        "upper case": token.upper(),
        "with a blank": f" {token}",
        "access token": alma.access_token[:200],
    }[changed]
    assert _exchange(app, forged).status_code == 401


def _exchange(app: Flask, refresh_token: str) -> TestResponse:
    return app.test_client(use_cookies=False).post("/api/v1/auth/refresh", json={"refreshToken": refresh_token})


def _staff_id(shop: Shop, person: Person) -> str:
    rows = shop.owner.get("/staff").json["data"]
    return str(next(row["id"] for row in rows if row["userId"] == str(person.user_id)))
