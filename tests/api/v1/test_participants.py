"""Who takes part in a program: enrolled by hand, once, and listed."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.api.v1.bodies import POINTS, PUNCH_CARD
from tests.api.v1.caller import ApiCaller
from tests.api.v1.till import settle


@pytest.fixture
def card(alma: ApiCaller) -> str:
    """A live card that a member joins by hand alone."""
    body = {**PUNCH_CARD, "autoEnroll": False, "isActive": True}
    return str(alma.post("/loyalty/programs", body, expect=201)["id"])


@pytest.fixture
def cleo(alma: ApiCaller) -> str:
    """Cleo is a member of Café Alma."""
    return str(alma.post("/members", {"name": "Cleo"}, expect=201)["id"])


def test_a_member_is_enrolled_once_and_then_earns(alma: ApiCaller, card: str, cleo: str) -> None:
    path = f"/loyalty/programs/{card}/enrollments"
    alma.post("/purchases", {"orderId": "1", "memberId": cleo, "amount": 9}, expect=202)
    settle(alma.business_id)
    assert alma.get(path)["data"] == []
    first = alma.post(path, {"memberId": cleo}, expect=201)
    assert (first["memberId"], first["progress"]) == (cleo, {"punches": 0, "required": 3})
    assert alma.post(path, {"memberId": cleo}, expect=200)["id"] == first["id"]
    alma.post("/purchases", {"orderId": "2", "memberId": cleo, "amount": 9}, expect=202)
    settle(alma.business_id)
    assert [entry["progress"]["punches"] for entry in alma.get(path)["data"]] == [1]
    enrolled = [e for e in alma.get(f"/members/{cleo}/activity")["data"] if e["eventType"] == "loyalty.member.enrolled"]
    assert len(enrolled) == 1


def test_nobody_joins_a_draft_or_what_has_ended(alma: ApiCaller, card: str, cleo: str) -> None:
    draft = alma.post("/loyalty/programs", POINTS, expect=201)["id"]
    alma.post(f"/loyalty/programs/{card}/end")
    for program in (draft, card):
        problem = alma.post(f"/loyalty/programs/{program}/enrollments", {"memberId": cleo}, expect=409)
        assert problem["code"] == "program_not_open"


def test_strangers_join_nothing(alma: ApiCaller, dora: ApiCaller, card: str, cleo: str) -> None:
    hers = dora.post("/members", {"name": "Rose"}, expect=201)["id"]
    dora.post(f"/loyalty/programs/{card}/enrollments", {"memberId": hers}, expect=404)
    problem = alma.post(f"/loyalty/programs/{card}/enrollments", {"memberId": hers}, expect=422)
    assert problem["code"] == "member_not_found"
    alma.post(f"/loyalty/programs/{uuid4()}/enrollments", {"memberId": cleo}, expect=404)
