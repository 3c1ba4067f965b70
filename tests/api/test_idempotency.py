"""An Idempotency-Key: whose it is, what it may be, how long it counts; its effect is asked of every call elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.unit_of_work import platform_session, unit_of_work
from app.services import idempotency
from tests.factories.people import PASSWORD, Person

KEY = "till-7-0001"


def test_a_refusal_is_not_kept(alma: Person) -> None:
    assert alma.post("/locations", {"name": ""}, Idempotency_Key=KEY).status_code == 422
    assert alma.post("/locations", {"name": "Main"}, Idempotency_Key=KEY).status_code == 201


def test_keys_belong_to_their_caller(alma: Person, max_manager: Person, dora: Person) -> None:
    for person in (alma, max_manager, dora):
        answer = person.post("/locations", {"name": "Main"}, Idempotency_Key=KEY)
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer.headers


def test_signing_in_takes_no_key(alma: Person) -> None:
    body = {"email": alma.email, "password": PASSWORD}
    tokens = [alma.post("/auth/token", body, Idempotency_Key=KEY).json["refreshToken"] for _ in range(2)]
    assert tokens[0] != tokens[1]


@pytest.mark.parametrize("key", ["", "x" * 129, "ключ"])
def test_a_key_that_cannot_be_one_is_refused(alma: Person, key: str) -> None:
    answer = alma.post("/locations", {"name": "Main"}, Idempotency_Key=key)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid_idempotency_key")


def test_after_thirty_days_a_key_is_new(alma: Person) -> None:
    with clock.frozen(clock.now() - timedelta(days=31)), unit_of_work(alma.business_id):
        idempotency.keep(alma.user_id, KEY, b"another request", 201, b"{}")
    assert alma.post("/locations", {"name": "Main"}, Idempotency_Key=KEY).status_code == 201
    with platform_session():
        idempotency.forget_old()
    again = alma.post("/locations", {"name": "Main"}, Idempotency_Key=KEY)
    assert again.headers["Idempotency-Replayed"] == "true"
