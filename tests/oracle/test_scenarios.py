"""The scenarios are what they say, and the judge's totals agree with sums that are made in another way."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from tests.oracle import scenarios
from tests.oracle.model import Arrival, Purchase, Refund
from tests.oracle.oracle import compute

Result = dict[str, dict[str, dict[str, Any]]]

pytestmark = pytest.mark.timeout(600)


def judged(arrivals: list[Arrival]) -> Result:
    return compute(arrivals, scenarios.load_programs(), scenarios.CLOCK)


@cache
def base_result() -> Result:
    return judged(scenarios.base())


@cache
def disturbed_result() -> Result:
    return judged(scenarios.disturbed())


def total(result: Result, program: str, figure: str) -> int:
    return sum(values[program][figure] for values in result.values())


def test_base_is_the_real_data() -> None:
    ((kind, purchases),) = scenarios.base()
    assert kind == "purchases"
    assert isinstance(purchases, list)
    assert len(purchases) == 3547
    assert len({purchase.member for purchase in purchases}) == len(base_result()) == 1316


def rows() -> list[tuple[str, str, int]]:
    """(card, local time, minor units), straight from the file."""
    with scenarios.PURCHASES.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    return [(r["card"], r["occurred_at_local"], int(Decimal(r["amount"]) * 100)) for r in table if r["card"]]


def test_cashback_and_spend_agree_with_plain_sums() -> None:
    by_hand = {3870: 150, 3772: 94, 3576: 89, 3380: 84, 3282: 82, 3086: 77, 2890: 28, 2792: 27, 2596: 25, 2400: 24,
               2302: 23, 2106: 21, 1812: 18}  # fmt: skip
    assert total(base_result(), "cashback", "earned") == sum(by_hand[amount] for _, _, amount in rows())
    sums: Counter[tuple[str, str, int]] = Counter()
    for card, when, amount in rows():
        sums[card, when[:4], (int(when[5:7]) - 1) // 3] += amount
    assert total(base_result(), "spent", "issued") == sum(amount // 25000 for amount in sums.values())
    first_quarter = sum(amount for (_, year, quarter), amount in sums.items() if (year, quarter) == ("2025", 0))
    assert total(base_result(), "spent", "spent") == first_quarter


def test_streaks_agree_with_a_count_of_runs() -> None:
    """Every run of successive days gives a voucher for each full three. The blackout date is no visit and breaks no
    run, so the calendar closes up over it (three visits then take four days, still inside the week)."""
    days: dict[str, set[int]] = defaultdict(set)
    blackout = date(2024, 8, 24).toordinal()
    for card, when, _ in rows():
        day = date.fromisoformat(when[:10]).toordinal()
        if day != blackout:
            days[card].add(day - (day > blackout))
    vouchers = 0
    for visited in days.values():
        length = 1
        for earlier, later in pairwise([*sorted(visited), 10**7]):
            if later == earlier + 1:
                length += 1
            else:
                vouchers += length // 3
                length = 1
    assert total(base_result(), "streak", "issued") == vouchers


def test_the_tiers_agree_with_the_yearly_sums() -> None:
    years: dict[str, Counter[str]] = defaultdict(Counter)
    for card, when, amount in rows():
        years[card][when[:4]] += amount
    names = {30000: "Regular", 80000: "Friend", 200000: "Family"}
    for card, sums in years.items():
        reached = [name for value, name in names.items() if max(sums.values()) >= value]
        assert base_result()[card]["tier"]["tier"] == (reached[-1] if reached else None)
        assert base_result()[card]["tier"]["metric"] == sums["2025"]


def test_every_purchase_agrees_with_one_pass_in_whole_numbers() -> None:
    """The file is in the order of time, so the base can also be run through once, with counters and integers only."""
    year_sums: Counter[tuple[str, str]] = Counter()
    best: Counter[str] = Counter()
    day_points: Counter[tuple[str, str]] = Counter()
    hundredths = {0: 100, 30000: 110, 80000: 125, 200000: 150}
    doubled = {"latte": 4, "cappuccino": 4, "espresso": 1}
    with scenarios.PURCHASES.open(encoding="utf-8", newline="") as file:
        table = [row for row in csv.DictReader(file) if row["card"]]
    for row in table:
        card, day, hour = row["card"], row["occurred_at_local"][:10], int(row["occurred_at_local"][11:13])
        amount, item = int(row["amount"].replace(".", "")), row["item"].lower()
        tier = max(value for value in hundredths if best[card] >= value)
        points = (
            125 * amount * doubled.get(item, 2) * hundredths[tier] // (100 * 100 * 2 * 100) if amount >= 2000 else 0
        )
        points = min(points, 150 - day_points[card, day])
        day_points[card, day] += points
        year_sums[card, day[:4]] += amount
        best[card] = max(best[card], year_sums[card, day[:4]])
        punch = int(item == "americano with milk" and amount >= 2500 and not 12 <= hour < 22)
        stamps = 0 if punch else 7 * amount // 10000
        found = {key: base_result()[card][key]["purchases"][row["order_id"]]["granted"] for key in base_result()[card]}
        assert (found["points"], found["punch"], found["stamp"]) == (points, punch, stamps), row


def test_points_are_conserved_and_inside_the_cap() -> None:
    for result in (base_result(), disturbed_result()):
        for values in (programs["points"] for programs in result.values()):
            assert values["active"] + values["pending"] + values["expired"] == (
                values["lifetime"] + values["taken_after_expiry"]
            )
            assert all(0 <= row["now"] <= row["granted"] <= min(150, row["uncapped"]) or row["granted"] == 0
                       for row in values["purchases"].values())  # fmt: skip


def test_vouchers_are_due_issued_or_expired() -> None:
    for values in (v for programs in disturbed_result().values() for v in programs.values() if "due" in v):
        assert values["open"] + values["expired"] + values["revoked"] == values["issued"]
        assert values["due"] <= values["open"] + values["expired"]
        assert values["due"] == values["open"] + values["expired"] or values["open"] == 0


def test_the_disturbed_scenario_is_what_it_says() -> None:
    arrivals = scenarios.disturbed()
    assert arrivals == scenarios.disturbed()
    assert arrivals != scenarios.disturbed(1)
    purchases = [p for _, content in arrivals if isinstance(content, list) for p in content]
    refunds = [content for _, content in arrivals if isinstance(content, Refund)]
    baskets = [p for p in purchases if p.order_id.startswith("BK-")]
    assert (len(purchases), len(baskets), len(refunds), len(arrivals)) == (3897, 300, 200, 251)
    assert {len(p.items) for p in baskets} == {3}
    listed = [int(sum(i.quantity * i.unit_price_minor for i in p.items)) for p in baskets]
    compared = Counter((s > p.amount_minor) - (s < p.amount_minor) for s, p in zip(listed, baskets, strict=True))
    assert compared == {-1: 100, 0: 100, 1: 100}
    check_refunds(purchases, refunds)


def check_refunds(purchases: list[Purchase], refunds: list[Refund]) -> None:
    amounts = {p.order_id: p.amount_minor for p in purchases}
    back: Counter[str] = Counter()
    for refund in refunds:
        back[refund.order_id] += refund.amount_minor
    assert all(back[order] <= amounts[order] for order in back)
    assert sum(back[order] == amounts[order] for order in back) > 30
    assert sum(refund.items is not None for refund in refunds) > 20
    assert sum(count == 2 for count in Counter(r.order_id for r in refunds).values()) > 20
    assert {order[:2] for order in back} == {"BK", "CS", "LT"}


@pytest.mark.parametrize("n", [1, 2, 3])
def test_any_order_of_arrival_gives_the_same(n: int) -> None:
    arrivals = scenarios.shuffled(n)
    assert arrivals == scenarios.shuffled(n)
    assert len(arrivals) > 1000
    view = scenarios.order_free(judged(arrivals))
    assert view == scenarios.order_free(base_result())
    assert sum("active" in programs["points"] for programs in view.values()) == 1316 - 49
