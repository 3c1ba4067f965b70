"""An Idempotency-Key: the same request twice has one effect and one answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from app.core import clock
from app.core.unit_of_work import platform_session, unit_of_work
from app.services import idempotency
from tests.factories.people import Person

KEY = "till-7-0001"


def _count(person: Person) -> int:
    return int(person.get("/locations").json["pagination"]["totalCount"])


def test_the_same_key_and_body_answer_the_first_answer_again(alma: Person) -> None:
    first = alma.post("/locations", {"name": "Main"}, Idempotency_Key=KEY)
    again = alma.post("/locations", {"name": "Main"}, Idempotency_Key=KEY)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert _count(alma) == 1


def test_another_body_under_the_same_key_is_refused(alma: Person) -> None:
    alma.post("/locations", {"name": "Main"}, Idempotency_Key=KEY)
    answer = alma.post("/locations", {"name": "Other"}, Idempotency_Key=KEY)
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    assert _count(alma) == 1


def test_a_refusal_is_not_kept(alma: Person) -> None:
    assert alma.post("/locations", {"name": ""}, Idempotency_Key=KEY).status_code == 422
    assert alma.post("/locations", {"name": "Main"}, Idempotency_Key=KEY).status_code == 201


def test_keys_belong_to_their_caller(alma: Person, max_manager: Person, dora: Person) -> None:
    for person in (alma, max_manager, dora):
        answer = person.post("/locations", {"name": "Main"}, Idempotency_Key=KEY)
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer.headers


def test_a_secret_is_answered_once(alma: Person) -> None:
    body = {"name": "till", "role": "staff"}
    first = alma.post("/api-keys", body, Idempotency_Key=KEY).json
    again = alma.post("/api-keys", body, Idempotency_Key=KEY).json
    assert (again.pop("key"), first.pop("key")[:3]) == (None, "rk_")
    assert again == first


def test_twenty_at_once_have_one_effect(alma: Person) -> None:
    start = Barrier(20)

    def send(_: int) -> tuple[int, str | None]:
        start.wait()
        answer = alma.post("/locations", {"name": "Main"}, Idempotency_Key=KEY)
        return answer.status_code, answer.json.get("code")

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(send, range(20)))
    assert answers <= {(201, None), (409, "request_in_progress"), (503, "busy")}
    assert (201, None) in answers
    assert _count(alma) == 1


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
