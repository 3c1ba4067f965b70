"""Programs through the API: made, listed, read, changed, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.api.v1.bodies import POINTS, PUNCH_CARD, SPEND
from tests.api.v1.caller import ApiCaller

BASE = "/loyalty/programs"


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def test_a_new_program_is_a_draft_that_reads_back_as_it_was_sent(alma: ApiCaller) -> None:
    made = alma.post(BASE, PUNCH_CARD, expect=201)
    assert made["state"] == "draft" and made["status"] == "DRAFT" and made["isActive"] is False
    assert made["ruleConfig"] == PUNCH_CARD["ruleConfig"]
    assert made["timezone"] == "Europe/Kyiv" and made["version"] == 1 and made["locationIds"] == []
    assert alma.get(f"{BASE}/{made['id']}") == made


def test_is_active_starts_a_program_at_once(alma: ApiCaller) -> None:
    made = alma.post(BASE, {**POINTS, "isActive": True}, expect=201)
    assert (made["state"], made["status"], made["isActive"]) == ("active", "ACTIVE", True)
    assert made["startsAt"] is not None


def test_is_active_with_a_start_to_come_is_scheduled(alma: ApiCaller) -> None:
    made = alma.post(BASE, {**POINTS, "isActive": True, "startsAt": in_days(3)}, expect=201)
    assert (made["state"], made["status"]) == ("active", "SCHEDULED")


def test_is_active_with_an_end_in_the_past_is_refused(alma: ApiCaller) -> None:
    body = {**POINTS, "isActive": True, "startsAt": in_days(-9), "endsAt": in_days(-1)}
    assert "endsAt" in alma.post(BASE, body, expect=422)["errors"]


def test_nonsense_is_refused_with_every_violation_at_once(alma: ApiCaller) -> None:
    nonsense = {
        "name": "",
        "ruleType": "PUNCH_CARD",
        "ruleConfig": {**PUNCH_CARD["ruleConfig"], "punchesRequired": 51, "minimumPurchaseAmount": 0},
        "startsAt": in_days(2),
        "endsAt": in_days(1),
        "locationIds": [str(uuid4())],
        "segments": ["nobody"],
        "colour": "red",
    }
    problem = alma.post(BASE, nonsense, expect=422)
    assert set(problem["errors"]) >= {
        "name",
        "ruleConfig.punchesRequired",
        "ruleConfig.minimumPurchaseAmount",
        "endsAt",
        "locationIds.0",
        "segments.0",
        "colour",
    }
    assert problem["errors"]["ruleConfig.punchesRequired"] == ["Punches required must be between 2 and 50"]
    assert problem["errors"]["endsAt"] == ["End date must be after start date"]


def test_numbers_of_a_config_come_back_in_the_types_they_were_sent(alma: ApiCaller) -> None:
    made = alma.post(BASE, SPEND, expect=201)
    config = made["ruleConfig"]
    assert (config["thresholdAmount"], config["rewardValue"]) == (100, 20)
    assert alma.post(BASE, POINTS, expect=201)["ruleConfig"]["pointsPerDollar"] == 1.25


def test_a_list_filters_sorts_and_counts(alma: ApiCaller) -> None:
    card = alma.post(BASE, {**PUNCH_CARD, "name": "Alpha card"}, expect=201)
    points = alma.post(BASE, {**POINTS, "name": "Beta points", "isActive": True}, expect=201)
    assert ids(alma.get(BASE)) == [points["id"], card["id"]]
    assert ids(alma.get(f"{BASE}?sort=name")) == [card["id"], points["id"]]
    assert ids(alma.get(f"{BASE}?status=Active")) == [points["id"]]
    assert ids(alma.get(f"{BASE}?ruleType=punch_card")) == [card["id"]]
    assert ids(alma.get(f"{BASE}?q=beta")) == [points["id"]]
    page = alma.get(f"{BASE}?pageSize=1&page=2")
    assert ids(page) == [card["id"]]
    assert page["pagination"] == {"page": 2, "pageSize": 1, "totalPages": 2, "totalCount": 2}


def test_a_list_by_location_holds_programs_for_it_and_for_all(alma: ApiCaller) -> None:
    here = alma.post("/locations", {"name": "Podil"}, expect=201)["id"]
    there = alma.post("/locations", {"name": "Obolon"}, expect=201)["id"]
    everywhere = alma.post(BASE, POINTS, expect=201)
    only_here = alma.post(BASE, {**PUNCH_CARD, "locationIds": [here]}, expect=201)
    assert only_here["locationIds"] == [here]
    assert set(ids(alma.get(f"{BASE}?locationId={here}"))) == {everywhere["id"], only_here["id"]}
    assert ids(alma.get(f"{BASE}?locationId={there}")) == [everywhere["id"]]


def test_a_list_by_segment_holds_the_programs_that_target_it(alma: ApiCaller) -> None:
    alma.post(BASE, POINTS, expect=201)
    targeted = alma.post(BASE, {**PUNCH_CARD, "segments": ["new"]}, expect=201)
    assert ids(alma.get(f"{BASE}?segment=new")) == [targeted["id"]]


def test_unknown_query_parameters_are_refused(alma: ApiCaller) -> None:
    for query in ("colour=red", "status=sleeping", "sort=colour", "page=0", "pageSize=101"):
        alma.get(f"{BASE}?{query}", expect=400)


def test_a_put_keeps_what_it_leaves_out_and_replaces_the_config_whole(alma: ApiCaller) -> None:
    rich = {**PUNCH_CARD["ruleConfig"], "minimumPurchaseAmount": 25}
    made = alma.post(BASE, {**PUNCH_CARD, "ruleConfig": rich, "priority": 7}, expect=201)
    changed = alma.put(f"{BASE}/{made['id']}", {"ruleConfig": {**PUNCH_CARD["ruleConfig"], "punchesRequired": 5}})
    assert changed["ruleConfig"]["punchesRequired"] == 5
    assert "minimumPurchaseAmount" not in changed["ruleConfig"]
    assert (changed["name"], changed["priority"]) == (made["name"], 7)
    assert changed["version"] == made["version"] + 1


def test_a_changed_config_makes_a_version_that_says_in_words_what_changed(alma: ApiCaller) -> None:
    made = alma.post(BASE, PUNCH_CARD, expect=201)
    alma.put(f"{BASE}/{made['id']}", {"ruleConfig": {**PUNCH_CARD["ruleConfig"], "punchesRequired": 5}})
    alma.put(f"{BASE}/{made['id']}", {"name": "Bean card", "description": "For the regulars"})
    versions = alma.get(f"{BASE}/{made['id']}/versions")["data"]
    assert [version["number"] for version in versions] == [2, 1]
    assert versions[0]["changes"] == ["Punches required 3 → 5"]
    assert (versions[0]["effectiveFrom"], versions[0]["purchasesEarned"]) == (None, 0)
    assert versions[0]["createdBy"]
    whole = alma.get(f"{BASE}/{made['id']}/versions/1")
    assert whole["ruleConfig"]["punchesRequired"] == 3
    for number in (0, 3, 2**31, 10**30):
        alma.get(f"{BASE}/{made['id']}/versions/{number}", expect=404)


def test_a_put_that_changes_nothing_leaves_the_version_alone(alma: ApiCaller) -> None:
    made = alma.post(BASE, PUNCH_CARD, expect=201)
    same = alma.put(f"{BASE}/{made['id']}", PUNCH_CARD)
    assert (same["version"], same["programVersion"]) == (1, 1)


def test_if_match_refuses_a_change_of_what_has_moved_on(alma: ApiCaller) -> None:
    made = alma.post(BASE, PUNCH_CARD, expect=201)
    alma.put(f"{BASE}/{made['id']}", {"name": "First"}, headers={"If-Match": '"1"'})
    problem = alma.put(f"{BASE}/{made['id']}", {"name": "Second"}, headers={"If-Match": '"1"'}, expect=412)
    assert problem["status"] == 412
    assert alma.get(f"{BASE}/{made['id']}")["name"] == "First"


def test_the_rule_type_is_fixed_after_the_first_activation(alma: ApiCaller) -> None:
    made = alma.post(BASE, PUNCH_CARD, expect=201)
    as_points = {"ruleType": POINTS["ruleType"], "ruleConfig": POINTS["ruleConfig"]}
    assert alma.put(f"{BASE}/{made['id']}", as_points)["ruleType"] == "POINTS_BASED"
    alma.post(f"{BASE}/{made['id']}/activate")
    problem = alma.put(f"{BASE}/{made['id']}", {"ruleType": "STAMP_CARD"}, expect=409)
    assert problem["code"] == "rule_type_fixed"


def test_what_has_ended_keeps_its_rules_and_its_end(alma: ApiCaller) -> None:
    made = alma.post(BASE, {**PUNCH_CARD, "isActive": True}, expect=201)
    alma.post(f"{BASE}/{made['id']}/end")
    for change in (
        {"endsAt": in_days(9)},
        {"priority": 3},
        {"ruleConfig": {**PUNCH_CARD["ruleConfig"], "punchesRequired": 9}},
    ):
        assert alma.put(f"{BASE}/{made['id']}", change, expect=409)["code"] == "program_ended"
    assert alma.put(f"{BASE}/{made['id']}", {"name": "Once upon a time"})["name"] == "Once upon a time"
    assert alma.put(f"{BASE}/{made['id']}", {"redeemUntil": in_days(120)})["redeemUntil"]


def test_two_live_programs_of_one_type_are_allowed_with_a_warning(alma: ApiCaller) -> None:
    first = alma.post(BASE, {**POINTS, "isActive": True}, expect=201)
    assert first["warnings"] == []
    second = alma.post(BASE, {**POINTS, "isActive": True}, expect=201)
    assert [warning["code"] for warning in second["warnings"]] == ["same_rule_type_live"]
    assert alma.post(f"{BASE}/validate", POINTS)["warnings"]


def test_a_duplicate_is_a_draft_without_dates(alma: ApiCaller) -> None:
    made = alma.post(BASE, {**PUNCH_CARD, "isActive": True, "endsAt": in_days(9), "priority": 4}, expect=201)
    copy = alma.post(f"{BASE}/{made['id']}/duplicate", {"name": "Second card"}, expect=201)
    assert (copy["name"], copy["status"], copy["endsAt"], copy["priority"]) == ("Second card", "DRAFT", None, 4)
    assert copy["ruleConfig"] == made["ruleConfig"] and copy["id"] != made["id"]
    assert alma.post(f"{BASE}/{made['id']}/duplicate", {}, expect=201)["name"] == "Copy of Coffee card"


def test_a_deleted_program_is_gone_until_it_is_restored(alma: ApiCaller) -> None:
    draft = alma.post(BASE, PUNCH_CARD, expect=201)["id"]
    live = alma.post(BASE, {**POINTS, "isActive": True}, expect=201)["id"]
    for program_id in (draft, live):
        alma.delete(f"{BASE}/{program_id}", expect=204)
        alma.get(f"{BASE}/{program_id}", expect=404)
        alma.post(f"{BASE}/{program_id}/activate", expect=404)
    assert ids(alma.get(BASE)) == []
    assert alma.post(f"{BASE}/{draft}/restore")["status"] == "DRAFT"
    assert alma.post(f"{BASE}/{live}/restore")["status"] == "ENDED"
    assert alma.post(f"{BASE}/{live}/restore", expect=409)["code"] == "invalid_transition"


def test_validate_says_what_create_would_and_saves_nothing(alma: ApiCaller) -> None:
    assert alma.post(f"{BASE}/validate", PUNCH_CARD) == {"valid": True, "errors": {}, "warnings": []}
    bad = {**PUNCH_CARD, "ruleConfig": {**PUNCH_CARD["ruleConfig"], "punchesRequired": 1}}
    found = alma.post(f"{BASE}/validate", bad)
    assert found["valid"] is False
    assert found["errors"] == {"ruleConfig.punchesRequired": ["Punches required must be between 2 and 50"]}
    assert ids(alma.get(BASE)) == []


def test_validate_of_a_stored_program_looks_at_it_with_the_changes(alma: ApiCaller) -> None:
    made = alma.post(BASE, PUNCH_CARD, expect=201)
    assert alma.post(f"{BASE}/{made['id']}/validate", {"priority": 3})["valid"] is True
    assert "priority" in alma.post(f"{BASE}/{made['id']}/validate", {"priority": 0})["errors"]
    assert alma.get(f"{BASE}/{made['id']}")["priority"] == made["priority"]


def test_a_stranger_sees_nothing_and_learns_nothing(alma: ApiCaller, dora: ApiCaller) -> None:
    made = alma.post(BASE, PUNCH_CARD, expect=201)
    for method, rest, body in (
        ("GET", "", None),
        ("PUT", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/activate", None),
        ("POST", "/duplicate", {}),
        ("GET", "/versions", None),
        ("GET", "/enrollments", None),
        ("POST", "/restore", None),
    ):
        hers = dora.call(method, f"{BASE}/{made['id']}{rest}", body, expect=404)
        nobodys = dora.call(method, f"{BASE}/{uuid4()}{rest}", body, expect=404)
        assert without_request(hers) == without_request(nobodys)
    assert dora.get(BASE)["data"] == []
    assert alma.get(f"{BASE}/{made['id']}")["name"] == "Coffee card"


def test_staff_read_programs_and_change_none(alma: ApiCaller, ben: ApiCaller) -> None:
    made = alma.post(BASE, PUNCH_CARD, expect=201)
    assert ben.get(f"{BASE}/{made['id']}")["id"] == made["id"]
    ben.post(BASE, PUNCH_CARD, expect=403)
    ben.post(f"{BASE}/{made['id']}/activate", expect=403)
    assert alma.get(f"{BASE}/{made['id']}")["status"] == "DRAFT"


def ids(page: dict[str, Any]) -> list[str]:
    return [program["id"] for program in page["data"]]


def without_request(problem: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in problem.items() if key != "requestId"}
