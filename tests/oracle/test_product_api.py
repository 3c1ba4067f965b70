"""The same through the REST API: purchases sent in bulk, enrollments read back, for busy and for other cards."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from flask import Flask

from app.core import clock
from tests.oracle import scenarios
from tests.oracle.model import Purchase
from tests.oracle.oracle import compute
from tests.oracle.product import Kava, batches, open_kava, sent
from tests.oracle.scenarios import CLOCK

BUSIEST, OTHERS = 15, 15
COUNTS = {
    "PUNCH_CARD": ("punches", "punches"),
    "STAMP_CARD": ("stamps", "stamps"),
    "VISIT_FREQUENCY": ("visits", "unused"),
}


def test_the_api_answers_the_judge_s_figures(in_app: Flask) -> None:
    with clock.frozen(CLOCK):
        kava = open_kava()
        purchases = sample(scenarios.load_purchases())
        send(kava, purchases)
        kava.settle()
        expected = compute([("purchases", purchases)], scenarios.load_programs(), CLOCK)
        assert len(expected) == BUSIEST + OTHERS
        assert {card: read(kava, card) for card in expected} == {
            card: {key: judged(values) for key, values in by_program.items()} for card, by_program in expected.items()
        }


def sample(purchases: list[Purchase]) -> list[Purchase]:
    """Everything of the cards with the most purchases, and of others far apart in the file."""
    cards = [card for card, _ in Counter(purchase.member for purchase in purchases).most_common()]
    others = cards[BUSIEST :: len(cards) // OTHERS][:OTHERS]
    chosen = {*cards[:BUSIEST], *others}
    return [purchase for purchase in purchases if purchase.member in chosen]


def send(kava: Kava, purchases: list[Purchase]) -> None:
    """POST /purchases/bulk, as a point of sale does."""
    for batch in batches(purchases):
        answer = kava.shop.owner.post("/purchases/bulk", {"purchases": [sent(each) for each in batch]})
        assert answer.json == {"accepted": len(batch), "duplicates": 0, "rejected": []}


def read(kava: Kava, card: str) -> dict[str, Any]:
    """{program key: figures} of a card, from GET /members/{id}/enrollments."""
    (member,) = _get(kava, f"/members?q={card}")["data"]
    assert member["externalId"] == card
    names = {str(program_id): key for key, program_id in kava.programs.items()}
    entries = _get(kava, f"/members/{member['id']}/enrollments")["data"]
    return {names[entry["programId"]]: answered(entry) for entry in entries}


def answered(entry: dict[str, Any]) -> dict[str, Any]:
    """What an enrollment says that the judge knows too."""
    rule, progress = entry["ruleType"], entry["progress"]
    if rule == "POINTS_BASED":
        return {name: entry[name] for name in ("balance", "pending", "owed")} | {"lifetime": progress["lifetime"]}
    if rule == "CASH_BACK":
        return {name: Decimal(progress[name]) for name in ("earned", "paid", "pending")}
    if rule == "TIER_BASED":
        return {"tier": progress["tier"], "metric": Decimal(progress["metric"])}
    if rule in COUNTS:
        return {"count": progress[COUNTS[rule][0]]}
    return {"spent": Decimal(progress["spent"])}


def judged(values: dict[str, Any]) -> dict[str, Any]:
    """The judge's figures in the words of the API."""
    rule = values["rule"]
    if rule == "POINTS_BASED":
        return {"balance": values["active"]} | {name: values[name] for name in ("pending", "owed", "lifetime")}
    if rule == "CASH_BACK":
        return {name: _major(values[name]) for name in ("earned", "paid", "pending")}
    if rule == "TIER_BASED":
        return {"tier": values["tier"], "metric": _major(values["metric"])}
    if rule in COUNTS:
        return {"count": values[COUNTS[rule][1]]}
    return {"spent": _major(values["spent"] % 25_000)}  # towards the next 250.00; nothing is over-issued here


def _get(kava: Kava, path: str) -> Any:
    answer = kava.shop.owner.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def _major(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2)
