"""The ways of a program through the API: every status with every action of RULES 8."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.api.v1.bodies import POINTS, PUNCH_CARD
from tests.api.v1.caller import ApiCaller

BASE = "/loyalty/programs"
ACTIONS = ("activate", "unschedule", "pause", "resume", "end", "restore")
LEADS_TO = {
    ("DRAFT", "activate"): "ACTIVE",
    ("SCHEDULED", "unschedule"): "DRAFT",
    ("SCHEDULED", "pause"): "PAUSED",
    ("SCHEDULED", "end"): "ENDED",
    ("ACTIVE", "pause"): "PAUSED",
    ("ACTIVE", "end"): "ENDED",
    ("PAUSED", "resume"): "ACTIVE",
    ("PAUSED", "end"): "ENDED",
}
WAYS_THERE: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "DRAFT": ({}, ()),
    "SCHEDULED": ({"startsAt": (datetime.now(UTC) + timedelta(days=5)).isoformat()}, ("activate",)),
    "ACTIVE": ({}, ("activate",)),
    "PAUSED": ({}, ("activate", "pause")),
    "ENDED": ({}, ("activate", "end")),
}


@pytest.mark.parametrize("status", WAYS_THERE)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_leads_where_the_rules_say_or_is_refused(alma: ApiCaller, status: str, action: str) -> None:
    body, steps = WAYS_THERE[status]
    path = f"{BASE}/{alma.post(BASE, PUNCH_CARD | body, expect=201)['id']}"
    for step in steps:
        alma.post(f"{path}/{step}")
    assert alma.get(path)["status"] == status
    if (status, action) in LEADS_TO:
        assert alma.post(f"{path}/{action}")["status"] == LEADS_TO[status, action]
    else:
        problem = alma.post(f"{path}/{action}", expect=409)
        assert problem["code"] == "invalid_transition"
        assert alma.get(path)["status"] == status


def test_what_the_clock_has_ended_is_ended_for_every_action(alma: ApiCaller) -> None:
    past = {
        "startsAt": (datetime.now(UTC) - timedelta(days=9)).isoformat(),
        "endsAt": (datetime.now(UTC) - timedelta(days=1)).isoformat(),
    }
    made = alma.post(BASE, PUNCH_CARD | past, expect=201)
    assert (made["state"], made["status"]) == ("draft", "ENDED")
    for action in ACTIONS:
        alma.post(f"{BASE}/{made['id']}/{action}", expect=409)
    assert alma.put(f"{BASE}/{made['id']}", {"endsAt": None}, expect=409)["code"] == "program_ended"


def test_an_end_sets_until_when_balances_can_be_redeemed(alma: ApiCaller) -> None:
    made = alma.post(BASE, {**POINTS, "isActive": True}, expect=201)
    ended = alma.post(f"{BASE}/{made['id']}/end")
    days = datetime.fromisoformat(ended["redeemUntil"]) - datetime.now(UTC)
    assert timedelta(days=89) < days <= timedelta(days=90)


def test_in_bulk_each_program_goes_its_own_way(alma: ApiCaller) -> None:
    live = alma.post(BASE, {**POINTS, "isActive": True}, expect=201)["id"]
    draft = alma.post(BASE, PUNCH_CARD, expect=201)["id"]
    nobodys = str(uuid4())
    results = alma.post(f"{BASE}/bulk", {"action": "pause", "ids": [draft, live, nobodys]})["results"]
    assert [(result["id"], result["ok"]) for result in results] == [(draft, False), (live, True), (nobodys, False)]
    assert results[0]["error"]["code"] == "invalid_transition"
    assert results[1]["status"] == "PAUSED"
    assert results[2]["error"]["code"] == "not_found"


def test_in_bulk_a_stranger_moves_nothing(alma: ApiCaller, dora: ApiCaller) -> None:
    live = alma.post(BASE, {**POINTS, "isActive": True}, expect=201)["id"]
    result = dora.post(f"{BASE}/bulk", {"action": "delete", "ids": [live]})["results"][0]
    assert result["error"]["code"] == "not_found"
    assert alma.get(f"{BASE}/{live}")["status"] == "ACTIVE"


def test_bulk_takes_one_to_five_hundred(alma: ApiCaller) -> None:
    alma.post(f"{BASE}/bulk", {"action": "pause", "ids": []}, expect=422)
    alma.post(f"{BASE}/bulk", {"action": "pause", "ids": [str(uuid4()) for _ in range(501)]}, expect=422)
    alma.post(f"{BASE}/bulk", {"action": "restore", "ids": [str(uuid4())]}, expect=422)
