"""Points given and taken by hand through the API."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.api.v1.caller import ApiCaller
from tests.factories.businesses import Shop, hire
from tests.factories.programs import punch_card
from tests.factories.trade import join, live_points, sell


def test_points_are_given_and_taken_and_the_ledger_says_why(cafe: Shop, alma: ApiCaller) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Cleo Ray")
    body = {"programId": str(program_id), "points": 80, "reason": " Waited too long "}
    given = alma.post(f"/members/{cleo}/adjustments", body, expect=201)
    assert (given["balanceBefore"], given["balanceAfter"]) == (0, 80)
    taken = alma.post(f"/members/{cleo}/adjustments", body | {"points": -30}, expect=201)
    assert (taken["balanceBefore"], taken["balanceAfter"]) == (80, 50)
    entries = alma.get(f"/members/{cleo}/ledger")["data"]
    assert [(each["kind"], each["amount"], each["note"]) for each in entries] == [
        ("adjust", -30, "Waited too long"),
        ("adjust", 80, "Waited too long"),
    ]
    assert entries[1]["explanation"] == "80 points given by hand"
    events = alma.get(f"/members/{cleo}/activity")["data"]
    assert [each["eventType"] for each in events[:2]] == ["loyalty.points.adjusted"] * 2
    assert "Waited" not in str(events)


def test_nobody_goes_below_zero_and_is_told_what_may_be_taken(cafe: Shop, alma: ApiCaller) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Jo Ray")
    sell(cafe, cleo, "40")
    body = {"programId": str(program_id), "points": -81, "reason": "Mistake"}
    problem = alma.post(f"/members/{cleo}/adjustments", body, expect=409)
    assert (problem["code"], problem["detail"]) == (
        "insufficient_points",
        "Jo has 80 points. Take away 80 or less.",
    )
    alma.post(f"/members/{cleo}/adjustments", body | {"points": -80}, expect=201)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": 0}, "points"),
        ({"points": 1_000_001}, "points"),
        ({"points": "5"}, "points"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"programId": str(uuid4())}, "programId"),
    ],
)
def test_what_makes_no_sense_is_refused(cafe: Shop, alma: ApiCaller, change: dict[str, object], field: str) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Cleo")
    body = {"programId": str(program_id), "points": 5, "reason": "Because", **change}
    assert field in alma.post(f"/members/{cleo}/adjustments", body, expect=422)["errors"]


def test_a_card_has_no_points_to_adjust(cafe: Shop, alma: ApiCaller) -> None:
    body = {"programId": str(punch_card(cafe)), "points": 5, "reason": "Because"}
    problem = alma.post(f"/members/{join(cafe, 'Cleo')}/adjustments", body, expect=422)
    assert problem["errors"]["programId"] == ["Choose a program with points"]


def test_staff_may_not_and_strangers_find_nobody(cafe: Shop, alma: ApiCaller, ben: ApiCaller, dora: ApiCaller) -> None:
    program_id, cleo = live_points(cafe), join(cafe, "Cleo")
    body = {"programId": str(program_id), "points": 5, "reason": "Because"}
    ben.post(f"/members/{cleo}/adjustments", body, expect=403)
    dora.post(f"/members/{cleo}/adjustments", body, expect=404)
    max_manager = ApiCaller(hire(cafe, "Max", "manager"))
    max_manager.post(f"/members/{cleo}/adjustments", body, expect=201)
    alma.post(f"/members/{uuid4()}/adjustments", body, expect=404)
