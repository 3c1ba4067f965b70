"""What is kept about a member: ledger, activity, vouchers, export, by the clock and without secrets."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.models.member import Member
from app.queries.enrollments import enrollments_of
from app.queries.vouchers import vouchers_of
from tests.api.v1.bodies import POINTS, PUNCH_CARD
from tests.api.v1.caller import ApiCaller
from tests.api.v1.till import settle

INSTANT = re.compile(r"\d{4}-\d\d-\d\dt[\d:.]+z")


@pytest.fixture
def cleo(alma: ApiCaller) -> str:
    """Cleo is a member of Café Alma."""
    return str(alma.post("/members", {"name": "Cleo Ray", "phone": "0501234567"}, expect=201)["id"])


def live(alma: ApiCaller, body: dict[str, Any], **config: Any) -> str:
    whole = {**body, "ruleConfig": {**body["ruleConfig"], **config}, "isActive": True}
    return str(alma.post("/loyalty/programs", whole, expect=201)["id"])


def buy(alma: ApiCaller, member: str, order: str, amount: Any = 40) -> str:
    bought = alma.post("/purchases", {"orderId": order, "memberId": member, "amount": amount}, expect=202)
    settle(alma.business_id)
    return str(bought["id"])


def test_the_ledger_tells_each_movement_with_its_reason(alma: ApiCaller, cleo: str) -> None:
    points = live(alma, POINTS)
    purchases = [buy(alma, cleo, str(number)) for number in range(3)]
    entries = alma.get(f"/members/{cleo}/ledger")["data"]
    assert [entry["purchaseId"] for entry in entries] == purchases[::-1]
    assert [entry["balanceAfter"] for entry in entries] == [150, 100, 50]
    assert all(entry["programId"] == points and entry["explanation"] for entry in entries)
    other = live(alma, {**PUNCH_CARD})
    assert alma.get(f"/members/{cleo}/ledger?programId={other}")["data"] == []


def test_the_ledger_goes_on_by_cursor(alma: ApiCaller, cleo: str) -> None:
    live(alma, POINTS)
    for number in range(3):
        buy(alma, cleo, str(number))
    first = alma.get(f"/members/{cleo}/ledger?limit=2")
    rest = alma.get(f"/members/{cleo}/ledger?limit=2&cursor={first['pagination']['nextCursor']}")
    assert [entry["balanceAfter"] for entry in first["data"] + rest["data"]] == [150, 100, 50]


def test_activity_is_every_event_in_its_order(alma: ApiCaller, cleo: str) -> None:
    live(alma, POINTS)
    buy(alma, cleo, "1")
    events = alma.get(f"/members/{cleo}/activity")["data"]
    sequences = [event["sequence"] for event in events]
    assert sequences == sorted(sequences, reverse=True) and sequences[-1] == 1
    names = {event["eventType"] for event in events}
    assert names >= {"loyalty.member.enrolled", "loyalty.points.earned", "loyalty.purchase.processed"}


def test_a_full_card_gives_a_voucher_that_its_code_finds(alma: ApiCaller, dora: ApiCaller, cleo: str) -> None:
    live(alma, PUNCH_CARD)
    for number in range(3):
        last = buy(alma, cleo, str(number))
    vouchers = alma.get(f"/members/{cleo}/vouchers")["data"]
    assert [(voucher["status"], voucher["rewardValue"]) for voucher in vouchers] == [("available", "free_coffee")]
    code = vouchers[0]["code"]
    assert alma.get(f"/vouchers/{code.lower()}") == vouchers[0]
    dora.get(f"/vouchers/{code}", expect=404)
    read = alma.get(f"/purchases/{last}")
    assert read["outcomes"][0]["vouchers"] == 1
    assert [voucher["code"] for voucher in read["vouchers"]] == [code]


def test_a_voucher_past_its_time_is_expired_before_any_job_has_run(alma: ApiCaller, cleo: str) -> None:
    live(alma, PUNCH_CARD, rewardExpiresAfterDays=5)
    for number in range(3):
        buy(alma, cleo, str(number))
    with clock.frozen(clock.now() + timedelta(days=7)), unit_of_work(alma.business_id):
        assert [voucher["status"] for voucher in vouchers_of(UUID(cleo)).rows] == ["expired"]


def test_balances_are_read_by_the_clock_before_any_job_has_run(alma: ApiCaller, cleo: str) -> None:
    live(alma, POINTS, pendingDays=3, expirationMonths=1)
    buy(alma, cleo, "1")
    now = clock.now()
    read = {days: balances(alma, cleo, now + timedelta(days=days)) for days in (0, 5, 40)}
    assert read == {0: (0, 50, 0), 5: (50, 0, 0), 40: (0, 0, 50)}


def test_what_expires_next_is_in_the_progress(alma: ApiCaller, cleo: str) -> None:
    live(alma, POINTS, expirationMonths=1)
    buy(alma, cleo, "1")
    progress = alma.get(f"/members/{cleo}/enrollments")["data"][0]["progress"]
    assert progress["lifetime"] == 50
    assert progress["nextExpiry"]["points"] == 50 and progress["nextExpiry"]["at"].endswith("Z")


def test_an_export_is_everything_that_is_kept(alma: ApiCaller, ben: ApiCaller, cleo: str) -> None:
    live(alma, POINTS)
    purchase = buy(alma, cleo, "1")
    export = alma.get(f"/members/{cleo}/export")
    assert export["member"]["name"] == "Cleo Ray"
    assert [bought["id"] for bought in export["purchases"]] == [purchase]
    assert [entry["amount"] for entry in export["ledger"]] == [50]
    assert export["enrollments"][0]["balance"] == 50 and export["activity"]
    ben.get(f"/members/{cleo}/export", expect=403)


def test_a_private_multiplier_works_and_is_told_to_nobody(alma: ApiCaller, cleo: str) -> None:
    live(alma, POINTS)
    with unit_of_work(alma.business_id):
        session().execute(update(Member).where(Member.id == UUID(cleo)).values(private_multiplier=Decimal("1.7")))
    purchase = buy(alma, cleo, "1")
    assert alma.get(f"/members/{cleo}/enrollments")["data"][0]["balance"] == 85
    for path in (
        f"/members/{cleo}",
        f"/members/{cleo}/ledger",
        f"/members/{cleo}/activity",
        f"/members/{cleo}/export",
        f"/purchases/{purchase}",
        f"/purchases?memberId={cleo}",
    ):
        text = INSTANT.sub("", str(alma.get(path)).casefold())
        assert "1.7" not in text and "multiplier" not in text and "private" not in text, path
    explanation = alma.get(f"/purchases/{purchase}")["outcomes"][0]["explanation"]
    assert "85" in explanation and "1.25" not in explanation and "×" not in explanation


def balances(alma: ApiCaller, member: str, at: Any) -> tuple[int, int, int]:
    with unit_of_work(alma.business_id):
        entry = enrollments_of(UUID(member), at)[0]
    return entry["balance"], entry["pending"], entry["expired"]
