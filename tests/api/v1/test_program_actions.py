"""The ways of a program through the API: every status with every action of RULES 8."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.actor import Actor
from app.domain.errors import InvalidTransition
from app.domain.lifecycle import Action
from app.services.program_lifecycle import move_program
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
    path = made_in(alma, status)
    if (status, action) in LEADS_TO:
        assert alma.post(f"{path}/{action}")["status"] == LEADS_TO[status, action]
    else:
        problem = alma.post(f"{path}/{action}", expect=409)
        assert problem["code"] == "invalid_transition"
        assert alma.get(path)["status"] == status


@pytest.mark.parametrize("status", WAYS_THERE)
def test_every_status_can_be_deleted_and_restored_as_the_rules_say(alma: ApiCaller, status: str) -> None:
    path = made_in(alma, status)
    alma.delete(path, expect=204)
    alma.get(path, expect=404)
    for action in ("activate", "unschedule", "pause", "resume", "end", "duplicate"):
        alma.post(f"{path}/{action}", {} if action == "duplicate" else None, expect=404)
    alma.delete(path, expect=404)
    assert alma.post(f"{path}/restore")["status"] == ("DRAFT" if status == "DRAFT" else "ENDED")


@pytest.mark.parametrize("status", WAYS_THERE)
def test_every_status_can_be_duplicated_and_stays_as_it_is(alma: ApiCaller, status: str) -> None:
    path = made_in(alma, status)
    copy = alma.post(f"{path}/duplicate", {}, expect=201)
    assert (copy["status"], copy["startsAt"], copy["endsAt"]) == ("DRAFT", None, None)
    assert alma.get(path)["status"] == status


@pytest.mark.parametrize("status", WAYS_THERE)
@pytest.mark.parametrize("action", ["activate", "pause", "resume", "end", "delete"])
def test_in_bulk_every_pair_ends_as_it_does_alone(alma: ApiCaller, status: str, action: str) -> None:
    path = made_in(alma, status)
    result = alma.post(f"{BASE}/bulk", {"action": action, "ids": [path.rpartition("/")[2]]})["results"][0]
    deleted = "DRAFT" if status == "DRAFT" else "ENDED"
    expected = deleted if action == "delete" else LEADS_TO.get((status, action))
    assert result["ok"] is (expected is not None)
    if expected is None:
        assert result["error"]["code"] == "invalid_transition"
        assert alma.get(path)["status"] == status
    else:
        assert result["status"] == expected


def test_a_bulk_of_five_hundred_with_some_that_cannot_is_answered_in_order(alma: ApiCaller) -> None:
    made = [alma.post(BASE, PUNCH_CARD, expect=201)["id"] for _ in range(20)]
    ids = made + [str(uuid4()) for _ in range(480)]
    results = alma.post(f"{BASE}/bulk", {"action": "activate", "ids": ids})["results"]
    assert [result["id"] for result in results] == ids
    assert [result["ok"] for result in results] == [True] * 20 + [False] * 480
    assert alma.get(f"{BASE}?status=active")["pagination"]["totalCount"] == 20


def test_the_time_to_restore_ends_with_redeem_until(alma: ApiCaller) -> None:
    path = made_in(alma, "ACTIVE")
    alma.delete(path, expect=204)
    later = datetime.now(UTC) + timedelta(days=91)
    with clock.frozen(later), unit_of_work(alma.business_id), pytest.raises(InvalidTransition):
        move_program(UUID(path.rpartition("/")[2]), Action.RESTORE, actor=Actor("system", None, "Tests"))


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


def made_in(alma: ApiCaller, status: str) -> str:
    """Make a program in a status; returns its path."""
    body, steps = WAYS_THERE[status]
    path = f"{BASE}/{alma.post(BASE, PUNCH_CARD | body, expect=201)['id']}"
    for step in steps:
        alma.post(f"{path}/{step}")
    assert alma.get(path)["status"] == status
    return path
