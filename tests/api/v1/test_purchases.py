"""Purchases through the API: recorded once, refused in words, and read with what they earned and why."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.api import waiting
from tests.api.v1.bodies import CASH_BACK, POINTS, PUNCH_CARD, TIERS
from tests.api.v1.caller import ApiCaller
from tests.api.v1.till import settle

PHONE = "050 123 45 67"


@pytest.fixture
def cleo(alma: ApiCaller) -> dict[str, Any]:
    """Cleo is a member of Café Alma."""
    made: dict[str, Any] = alma.post("/members", {"name": "Cleo Ray", "phone": PHONE}, expect=201)
    return made


def live(alma: ApiCaller, body: dict[str, Any]) -> str:
    return str(alma.post("/loyalty/programs", {**body, "isActive": True}, expect=201)["id"])


def test_a_purchase_is_queued_and_then_earns_in_every_program(alma: ApiCaller, cleo: dict[str, Any]) -> None:
    points, card = live(alma, POINTS), live(alma, PUNCH_CARD)
    bought = alma.post("/purchases", {"orderId": "1", "memberId": cleo["id"], "amount": 42.5}, expect=202)
    assert (bought["status"], bought["earning"], bought["amount"]) == ("completed", "queued", "42.50")
    settle(alma.business_id)
    read = alma.get(f"/purchases/{bought['id']}")
    assert read["earning"] == "done" and read["processedAt"]
    by_program = {outcome["programId"]: outcome for outcome in read["outcomes"]}
    assert (by_program[points]["points"], by_program[points]["programVersion"]) == (53, 1)
    assert by_program[card]["punches"] == 1
    assert "53 points" in by_program[points]["explanation"]


def test_the_same_order_again_is_the_first_purchase(alma: ApiCaller, cleo: dict[str, Any]) -> None:
    body = {"orderId": "7", "memberId": cleo["id"], "amount": "42.50"}
    first = alma.post("/purchases", body, expect=202)
    again = alma.post("/purchases", {**body, "amount": 42.5}, expect=200)
    assert again["id"] == first["id"]
    problem = alma.post("/purchases", {**body, "amount": 43}, expect=409)
    assert problem["code"] == "order_id_reused"
    elsewhere = alma.post("/purchases", {**body, "source": "till"}, expect=202)
    assert elsewhere["id"] != first["id"]


@pytest.mark.parametrize("way", ["phone", "email", "code", "externalId"])
def test_a_member_is_named_in_any_of_four_ways(alma: ApiCaller, way: str) -> None:
    keys = {"phone": PHONE, "email": "cleo@example.com", "externalId": "A-1"}
    made = alma.post("/members", {"name": "Cleo", **keys}, expect=201)
    named = {way: made["code"].lower() if way == "code" else keys[way]}
    bought = alma.post("/purchases", {"orderId": "1", "member": named, "amount": 5}, expect=202)
    assert bought["memberId"] == made["id"]


def test_somebody_unknown_is_refused_unless_they_are_to_be_made(alma: ApiCaller) -> None:
    body = {"orderId": "1", "member": {"phone": "067 111 22 33"}, "amount": 5}
    assert alma.post("/purchases", body, expect=422)["code"] == "member_not_found"
    made = alma.post("/purchases", {**body, "createMember": True}, expect=202)
    assert alma.get(f"/members/{made['memberId']}")["phone"] == "+380671112233"
    second = alma.post("/purchases", {**body, "orderId": "2"}, expect=202)
    assert second["memberId"] == made["memberId"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "1.234"}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": "a lot"}, "amount"),
        ({"amount": None}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"occurredAt": "2026-01-01T10:00:00"}, "occurredAt"),
        ({"locationId": str(uuid4())}, "locationId"),
        ({"items": [{"quantity": 0, "unitPrice": 1}]}, "items.0.quantity"),
        ({"items": [{"quantity": "1.2345", "unitPrice": 1}]}, "items.0.quantity"),
        ({"status": "lost"}, "status"),
        ({"kind": "punch"}, "amount"),
        ({"colour": "red"}, "colour"),
        ({"orderId": ""}, "orderId"),
    ],
)
def test_nonsense_is_refused_under_its_field(
    alma: ApiCaller, cleo: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    body = {"orderId": "1", "memberId": cleo["id"], "amount": 5, **change}
    assert field in alma.post("/purchases", body, expect=422)["errors"]
    assert alma.get("/purchases")["data"] == []


def test_a_sale_is_at_most_five_minutes_ahead_of_our_clock(alma: ApiCaller, cleo: dict[str, Any]) -> None:
    body = {"orderId": "1", "memberId": cleo["id"], "amount": 5}
    for minutes, status in ((6, 422), (4, 202)):
        at = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
        alma.post("/purchases", {**body, "occurredAt": at}, expect=status)


def test_every_violation_is_named_at_once(alma: ApiCaller) -> None:
    nonsense = {"orderId": "", "amount": "1.234", "currency": "USD", "occurredAt": "2999-01-01T00:00:00Z", "colour": 1}
    problem = alma.post("/purchases", {**nonsense, "items": [{"quantity": 0, "unitPrice": 1}]}, expect=422)
    assert set(problem["errors"]) == {*nonsense, "items.0.quantity", "member"}


def test_a_bulk_takes_what_is_sound_and_says_what_is_not(alma: ApiCaller, cleo: dict[str, Any]) -> None:
    alma.post("/purchases", {"orderId": "1", "memberId": cleo["id"], "amount": 5}, expect=202)
    purchases = [
        {"orderId": "1", "memberId": cleo["id"], "amount": 5},
        {"orderId": "2", "member": {"phone": PHONE}, "amount": "7.00"},
        {"orderId": "3", "memberId": cleo["id"]},
        {"orderId": "4", "member": {"phone": "067 000 00 00"}, "amount": 5},
        {"orderId": "2", "memberId": cleo["id"], "amount": 7},
        {"orderId": "1", "memberId": cleo["id"], "amount": 6},
    ]
    answer = alma.post("/purchases/bulk", {"purchases": purchases}, expect=202)
    assert (answer["accepted"], answer["duplicates"]) == (1, 2)
    assert [refused["index"] for refused in answer["rejected"]] == [2, 3, 5]
    assert len(alma.get("/purchases")["data"]) == 2


def test_a_bulk_of_a_thousand_is_one_call_and_of_more_is_refused(alma: ApiCaller, cleo: dict[str, Any]) -> None:
    many = [{"orderId": str(number), "memberId": cleo["id"], "amount": 1} for number in range(1001)]
    alma.post("/purchases/bulk", {"purchases": many}, expect=422)
    assert alma.post("/purchases/bulk", {"purchases": many[:1000]}, expect=202)["accepted"] == 1000


def test_purchases_are_listed_latest_sale_first_with_filters(alma: ApiCaller, cleo: dict[str, Any]) -> None:
    dan = alma.post("/members", {"name": "Dan"}, expect=201)
    for order, member, day in (("a", cleo, "01"), ("b", dan, "03"), ("c", cleo, "02")):
        sold = {"orderId": order, "memberId": member["id"], "amount": 5, "occurredAt": f"2026-03-{day}T10:00:00Z"}
        alma.post("/purchases", sold, expect=202)
    assert orders(alma.get("/purchases")) == ["b", "c", "a"]
    assert orders(alma.get(f"/purchases?memberId={cleo['id']}")) == ["c", "a"]
    assert orders(alma.get("/purchases?from=2026-03-02T00:00:00Z&to=2026-03-03T10:00:00Z")) == ["c"]
    assert orders(alma.get("/purchases?status=pending")) == []
    first = alma.get("/purchases?limit=2")
    rest = alma.get(f"/purchases?limit=2&cursor={first['pagination']['nextCursor']}")
    assert orders(first) + orders(rest) == ["b", "c", "a"]
    assert rest["pagination"]["nextCursor"] is None


def test_a_pending_purchase_earns_when_it_is_completed(alma: ApiCaller, cleo: dict[str, Any]) -> None:
    live(alma, POINTS)
    body = {"orderId": "1", "memberId": cleo["id"], "amount": 40, "status": "pending"}
    bought = alma.post("/purchases", body, expect=202)
    settle(alma.business_id)
    assert alma.get(f"/purchases/{bought['id']}")["outcomes"] == []
    assert alma.post(f"/purchases/{bought['id']}/complete")["status"] == "completed"
    settle(alma.business_id)
    assert alma.get(f"/purchases/{bought['id']}")["outcomes"][0]["points"] == 50


@pytest.fixture
def worker(app: Flask, alma: ApiCaller) -> Iterator[None]:
    """Something that settles a moment after a purchase was recorded, as the worker does."""
    over = Event()

    def run() -> None:
        with app.app_context():
            while not over.wait(0.1):
                settle(alma.business_id)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(run)
        yield
        over.set()
        working.result()


def test_prefer_wait_answers_with_the_outcomes_once_they_are_there(
    alma: ApiCaller, cleo: dict[str, Any], worker: None
) -> None:
    live(alma, POINTS)
    body = {"orderId": "1", "memberId": cleo["id"], "amount": 40}
    answer = alma.post("/purchases", body, headers={"Prefer": "wait=5"}, expect=200)
    assert answer["earning"] == "done" and answer["outcomes"][0]["points"] == 50


@pytest.mark.parametrize(("seconds", "status"), [("5", 200), ("0", 202)])
def test_a_key_answers_again_what_came_of_the_wait(
    alma: ApiCaller, cleo: dict[str, Any], worker: None, seconds: str, status: int
) -> None:
    live(alma, POINTS)
    body = {"orderId": "1", "memberId": cleo["id"], "amount": 40}
    headers = {"Idempotency-Key": "till-7-0001", "Prefer": f"wait={seconds}"}
    first, again = (alma.person.call("POST", "/purchases", body, **headers) for _ in range(2))
    assert (first.status_code, again.status_code, again.data) == (status, status, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_prefer_wait_gives_up_after_its_seconds(
    alma: ApiCaller, cleo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()
    monkeypatch.setattr(waiting, "time", watch)
    body = {"orderId": "1", "memberId": cleo["id"], "amount": 40}
    assert alma.post("/purchases", body, headers={"Prefer": "wait=1"}, expect=202)["earning"] == "queued"
    assert 1 <= watch.seconds < 1.1


def test_a_stranger_finds_no_purchase_and_names_no_member(
    alma: ApiCaller, dora: ApiCaller, cleo: dict[str, Any]
) -> None:
    bought = alma.post("/purchases", {"orderId": "1", "memberId": cleo["id"], "amount": 40}, expect=202)
    for method, rest, body in (
        ("GET", "", None),
        ("POST", "/complete", None),
        ("POST", "/cancel", None),
        ("POST", "/move", {"memberId": cleo["id"], "reason": "mine"}),
        ("POST", "/refunds", {"amount": 1}),
        ("POST", "/refunds/preview", {"amount": 1}),
    ):
        hers = dora.call(method, f"/purchases/{bought['id']}{rest}", body, expect=404)
        nobodys = dora.call(method, f"/purchases/{uuid4()}{rest}", body, expect=404)
        assert hers | {"requestId": ""} == nobodys | {"requestId": ""}
    problem = dora.post("/purchases", {"orderId": "1", "memberId": cleo["id"], "amount": 40}, expect=422)
    assert problem["code"] == "member_not_found"
    assert dora.get("/purchases")["data"] == []


def test_enrollments_have_the_progress_of_their_rule_type(alma: ApiCaller, cleo: dict[str, Any]) -> None:
    points, card = live(alma, POINTS), live(alma, PUNCH_CARD)
    cashback, circle = live(alma, CASH_BACK), live(alma, TIERS)
    alma.post("/purchases", {"orderId": "1", "memberId": cleo["id"], "amount": 60}, expect=202)
    settle(alma.business_id)
    stood = {entry["programId"]: entry for entry in alma.get(f"/members/{cleo['id']}/enrollments")["data"]}
    assert stood[points]["balance"] == 75 and stood[points]["progress"] == {"lifetime": 75, "nextExpiry": None}
    assert stood[card]["progress"] == {"punches": 1, "required": 3}
    assert stood[card]["nextReward"]["remaining"] == 2
    assert stood[cashback]["progress"] == {"earned": "3.00", "paid": "0.00", "pending": "3.00"}
    assert (stood[cashback]["balance"], stood[cashback]["pending"]) == ("0.00", "3.00")
    assert stood[circle]["progress"] == {
        "tier": "Friend",
        "metric": "60.00",
        "nextTier": "Family",
        "toNext": "440.00",
        "toKeep": None,
    }


class Watch:
    """Time that goes by only for who sleeps."""

    seconds = 0.0

    def monotonic(self) -> float:
        """What the watch shows."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let it go on."""
        self.seconds += seconds


def orders(page: dict[str, Any]) -> list[str]:
    return [purchase["orderId"] for purchase in page["data"]]
