"""Previews through the API: the engine itself, and nothing saved."""

from __future__ import annotations

from typing import Any

from tests.api.v1.bodies import CASH_BACK, POINTS, PUNCH_CARD, SPEND, TIERS
from tests.api.v1.caller import ApiCaller

BASE = "/loyalty/programs"


def play(alma: ApiCaller, program: dict[str, Any], *amounts: Any, **member: Any) -> Any:
    purchases = [{"orderId": str(place), "amount": amount} for place, amount in enumerate(amounts)]
    whole = {key: value for key, value in program.items() if key != "name"}
    return alma.post(f"{BASE}/preview", {**whole, "member": member, "purchases": purchases})


def test_points_are_what_a_purchase_would_give(alma: ApiCaller) -> None:
    played = play(alma, POINTS, 42.5, "10.00")
    assert [outcome["points"] for outcome in played["outcomes"]] == [53, 12]
    assert "= 53 points" in played["outcomes"][0]["explanation"]
    assert played["progress"]["lifetime"] == 65
    assert alma.get(BASE)["data"] == [] and alma.get("/purchases")["data"] == []


def test_a_multiplier_counts(alma: ApiCaller) -> None:
    played = play(alma, POINTS, 40, tier="Gold", multiplier=1.5)
    assert played["outcomes"][0]["points"] == 75
    assert "1.5" in played["outcomes"][0]["explanation"]


def test_a_card_goes_on_from_the_progress_given(alma: ApiCaller) -> None:
    played = play(alma, PUNCH_CARD, 5, 5, progress={"punches": 2})
    assert [outcome["vouchers"] for outcome in played["outcomes"]] == [1, 0]
    assert played["progress"] == {"punches": 1, "required": 3}


def test_money_is_in_major_units(alma: ApiCaller) -> None:
    spend = play(alma, SPEND, 30, progress={"spent": "80.50"})
    assert spend["outcomes"][0]["vouchers"] == 1
    assert (spend["progress"]["spent"], spend["progress"]["threshold"]) == ("10.50", "100.00")
    cash = play(alma, CASH_BACK, 30)
    assert cash["outcomes"][0]["cashback"] == "1.50" and cash["progress"]["pending"] == "1.50"
    tiers = play(alma, TIERS, 10, progress={"metric": 45})
    assert tiers["outcomes"][0]["tier"] == "Friend"
    assert (tiers["progress"]["metric"], tiers["progress"]["toNext"]) == ("55.00", "445.00")


def test_every_violation_of_program_and_purchases_is_named(alma: ApiCaller) -> None:
    body = {
        **PUNCH_CARD,
        "ruleConfig": {**PUNCH_CARD["ruleConfig"], "punchesRequired": 1},
        "purchases": [{"amount": 5}, {"amount": "1.234"}, {"amount": 5, "colour": "red"}],
    }
    problem = alma.post(f"{BASE}/preview", body, expect=422)
    assert set(problem["errors"]) == {"ruleConfig.punchesRequired", "purchases.1.amount", "purchases.2.colour"}
    assert "purchases" in alma.post(f"{BASE}/preview", {**PUNCH_CARD, "purchases": []}, expect=422)["errors"]
