"""Refunds, cancellations and moves through the API (RULES 4)."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from tests.api.v1.bodies import POINTS, PUNCH_CARD
from tests.api.v1.caller import ApiCaller
from tests.api.v1.till import settle


@pytest.fixture
def cleo(alma: ApiCaller) -> str:
    """Cleo takes part in points and in a punch card."""
    for body in (POINTS, PUNCH_CARD):
        alma.post("/loyalty/programs", {**body, "isActive": True}, expect=201)
    return str(alma.post("/members", {"name": "Cleo"}, expect=201)["id"])


@pytest.fixture
def bought(alma: ApiCaller, cleo: str) -> str:
    """A settled purchase of 40.00: 50 points and a punch."""
    items = [{"name": "Beans", "quantity": 2, "unitPrice": 20}]
    body = {"orderId": "1", "memberId": cleo, "amount": 40, "items": items}
    purchase = alma.post("/purchases", body, expect=202)
    settle(alma.business_id)
    return str(purchase["id"])


def test_a_preview_says_what_a_refund_takes_back_and_saves_nothing(alma: ApiCaller, cleo: str, bought: str) -> None:
    before = (alma.get(f"/purchases/{bought}"), standing(alma, cleo))
    taken = alma.post(f"/purchases/{bought}/refunds/preview", {"amount": 40})["data"]
    assert [(row["points"], row["punches"], row["owed"]) for row in taken] == [(50, 0, 0), (0, 1, 0)]
    assert (alma.get(f"/purchases/{bought}"), standing(alma, cleo)) == before
    settle(alma.business_id)
    assert (alma.get(f"/purchases/{bought}"), standing(alma, cleo)) == before


def test_a_partial_refund_takes_back_its_share(alma: ApiCaller, cleo: str, bought: str) -> None:
    answer = alma.post(f"/purchases/{bought}/refunds", {"amount": "20.00", "reason": "Cold"}, expect=202)
    assert (answer["amount"], answer["earning"], answer["purchaseId"]) == ("20.00", "queued", bought)
    settle(alma.business_id)
    assert standing(alma, cleo) == [(25, {"lifetime": 25, "nextExpiry": None}), (0, {"punches": 1, "required": 3})]
    read = alma.get(f"/purchases/{bought}")
    assert read["refunded"] == "20.00" and read["outcomes"][0]["points"] == 25
    ledger = alma.get(f"/members/{cleo}/ledger")["data"]
    assert [(entry["kind"], entry["amount"], entry["balanceAfter"]) for entry in ledger] == [
        ("reversal", -25, 25),
        ("earn", 50, 50),
    ]


def test_items_are_refunded_by_their_place(alma: ApiCaller, cleo: str, bought: str) -> None:
    body = {"amount": 20, "items": [{"index": 0, "quantity": 1}]}
    alma.post(f"/purchases/{bought}/refunds", body, expect=202)
    again = {"amount": 20, "items": [{"index": 0, "quantity": 2}, {"index": 4, "quantity": 1}]}
    problem = alma.post(f"/purchases/{bought}/refunds", again, expect=422)
    assert set(problem["errors"]) == {"items.0.quantity", "items.1.index"}


@pytest.mark.parametrize("amount", [0, -1, "40.01", "1.234", "much"])
def test_more_than_was_paid_and_nonsense_are_refused(alma: ApiCaller, bought: str, amount: Any) -> None:
    assert "amount" in alma.post(f"/purchases/{bought}/refunds", {"amount": amount}, expect=422)["errors"]


def test_what_is_left_is_said_as_money(alma: ApiCaller, cleo: str, bought: str) -> None:
    alma.post(f"/purchases/{bought}/refunds", {"amount": 10}, expect=202)
    refused = alma.post(f"/purchases/{bought}/refunds", {"amount": 31}, expect=422)
    assert refused["errors"] == {"amount": ["Refund at most ₴30.00; that is what is left"]}
    sale = {"orderId": "2", "memberId": cleo, "amount": 100_000_000}
    refused = alma.post("/purchases", sale, expect=422)
    assert refused["errors"] == {"amount": ["The amount must be between 0 and ₴99,999,999.99"]}


def test_a_cancel_undoes_all_and_twice_is_once(alma: ApiCaller, cleo: str, bought: str) -> None:
    for _ in range(2):
        assert alma.post(f"/purchases/{bought}/cancel")["status"] == "cancelled"
        settle(alma.business_id)
    assert standing(alma, cleo) == [(0, {"lifetime": 0, "nextExpiry": None}), (0, {"punches": 0, "required": 3})]
    assert alma.post(f"/purchases/{bought}/refunds", {"amount": 1}, expect=409)["code"] == "not_refundable"


def test_a_move_gives_the_purchase_to_another_member(alma: ApiCaller, cleo: str, bought: str) -> None:
    dan = alma.post("/members", {"name": "Dan"}, expect=201)["id"]
    moved = alma.post(f"/purchases/{bought}/move", {"memberId": dan, "reason": "Wrong card"})
    assert moved["memberId"] == dan
    settle(alma.business_id)
    assert [balance for balance, _ in standing(alma, dan)] == [50, 0]
    assert [balance for balance, _ in standing(alma, cleo)] == [0, 0]
    alma.post(f"/purchases/{bought}/move", {"memberId": dan}, expect=422)


def test_a_refund_before_its_purchase_arrives_is_not_found_and_counts_once_sent_again(
    alma: ApiCaller, cleo: str
) -> None:
    alma.post(f"/purchases/{new_id()}/refunds", {"amount": 10}, expect=404)
    purchase = alma.post("/purchases", {"orderId": "9", "memberId": cleo, "amount": 40}, expect=202)
    # the purchase is there, but no worker has seen it yet: the refund waits behind it
    alma.post(f"/purchases/{purchase['id']}/refunds", {"amount": 10}, expect=202)
    settle(alma.business_id)
    assert standing(alma, cleo)[0][0] == 37  # 30 at 5 for 4, rounded down


def test_a_part_is_not_the_whole_and_a_refund_of_what_was_refunded_is_refused(
    alma: ApiCaller, cleo: str, bought: str
) -> None:
    alma.post(f"/purchases/{bought}/refunds", {"amount": 10}, expect=202)
    settle(alma.business_id)
    assert standing(alma, cleo)[0][0] == 37
    alma.post(f"/purchases/{bought}/refunds", {"amount": 30}, expect=202)
    settle(alma.business_id)
    assert standing(alma, cleo)[0][0] == 0
    again = alma.post(f"/purchases/{bought}/refunds", {"amount": "0.01"}, expect=422)
    assert set(again["errors"]) == {"amount"}
    settle(alma.business_id)
    assert standing(alma, cleo)[0][0] == 0


def test_the_same_refund_delivered_twice_takes_back_once(alma: ApiCaller, cleo: str, bought: str) -> None:
    said = [
        alma.post(f"/purchases/{bought}/refunds", {"amount": 20}, expect=202, headers={"Idempotency-Key": "r-1"})
        for _ in range(2)
    ]
    assert said[0]["id"] == said[1]["id"]
    settle(alma.business_id)
    assert standing(alma, cleo)[0][0] == 25


def test_a_reward_that_a_refunded_purchase_filled_is_given_back(alma: ApiCaller, cleo: str) -> None:
    bought = [
        alma.post("/purchases", {"orderId": f"p{number}", "memberId": cleo, "amount": 40}, expect=202)["id"]
        for number in range(3)
    ]
    settle(alma.business_id)
    assert [each["status"] for each in alma.get(f"/members/{cleo}/vouchers")["data"]] == ["available"]
    alma.post(f"/purchases/{bought[2]}/refunds", {"amount": 40}, expect=202)
    settle(alma.business_id)
    assert [each["status"] for each in alma.get(f"/members/{cleo}/vouchers")["data"]] == ["revoked"]
    assert standing(alma, cleo)[1][1]["punches"] == 2


def test_what_was_cancelled_cannot_be_completed_again_and_stays_undone(alma: ApiCaller, cleo: str, bought: str) -> None:
    alma.post(f"/purchases/{bought}/cancel")
    settle(alma.business_id)
    assert alma.post(f"/purchases/{bought}/complete", {}, expect=409)["code"] == "invalid_transition"
    again = alma.post("/purchases", {"orderId": "1", "memberId": cleo, "amount": 40}, expect=200)
    assert (again["id"], again["status"]) == (bought, "cancelled")
    settle(alma.business_id)
    assert [balance for balance, _ in standing(alma, cleo)] == [0, 0]


def test_staff_refund_but_neither_cancel_nor_move(alma: ApiCaller, ben: ApiCaller, cleo: str, bought: str) -> None:
    ben.post(f"/purchases/{bought}/refunds", {"amount": 1}, expect=202)
    ben.post(f"/purchases/{bought}/cancel", expect=403)
    ben.post(f"/purchases/{bought}/move", {"memberId": cleo, "reason": "?"}, expect=403)


def standing(alma: ApiCaller, member_id: str) -> list[tuple[int, dict[str, Any]]]:
    entries = alma.get(f"/members/{member_id}/enrollments")["data"]
    return [(entry["balance"], entry["progress"]) for entry in entries]
