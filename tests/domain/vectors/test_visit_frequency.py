"""VISIT_FREQUENCY by hand from RULES 3: windows, used visits, runs of days, blackout dates, late purchases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.purchase import Purchase
from app.domain.rule_type import Standpoint
from tests.domain.support import REWARD, Vector, due, punch, results, sale, settled, version

OFTEN = {"visitsRequired": 3, "withinDays": 7, **REWARD}
STREAK = {**OFTEN, "consecutiveRequired": True}
LOST = ["already_counted_today"]


def on(*days: int, month: int = 3) -> list[Purchase]:
    return [sale("4", f"2026-{month:02d}-{day:02d}T12:00") for day in days]


TABLE = [
    Vector("three within seven days", OFTEN, on(1, 3, 7), [1, 1, 1], due=1),
    Vector("the first falls out on the eighth day", OFTEN, on(1, 3, 8), [1, 1, 1]),
    Vector("a used visit is used", OFTEN, on(1, 2, 3, 4, 5), [1] * 5, due=1),
    Vector("six days in a row make two", OFTEN, on(1, 2, 3, 4, 5, 6), [1] * 6, due=2),
    Vector("several purchases on a day are one visit", OFTEN,
           [sale("4", "2026-03-01T09:00"), sale("4", "2026-03-01T18:00"), *on(2, 3)], [1, *LOST, 1, 1], due=1),
    Vector("below the minimum is no visit", {**OFTEN, "minimumPurchaseAmount": 5}, on(1), ["below_minimum"]),
    Vector("at the minimum it is", {**OFTEN, "minimumPurchaseAmount": 4}, on(1), [1]),
    Vector("a till punch is a visit, whatever the minimum", {**OFTEN, "minimumPurchaseAmount": 5}, [punch()], [1]),
    Vector("midnight makes a new visit", OFTEN, [sale("4", "2026-03-01T23:59"), sale("4", "2026-03-02T00:00")], [1, 1]),
    Vector("over the night that is an hour short", OFTEN, on(28, 29, 30), [1] * 3, due=1),
    Vector("over the night that is an hour long", OFTEN, on(24, 25, 26, month=10), [1] * 3, due=1),
    Vector("over the end of a month", OFTEN, [*on(30, 31), *on(1, month=4)], [1] * 3, due=1),
    Vector("three days in a row", STREAK, on(1, 2, 3), [1] * 3, due=1),
    Vector("a missed day breaks the run", STREAK, on(1, 2, 4, 5), [1] * 4),
    Vector("the next run starts with the next day", STREAK, on(1, 2, 3, 4, 5), [1] * 5, due=1),
    Vector("six in a row are two runs", STREAK, on(1, 2, 3, 4, 5, 6), [1] * 6, due=2),
    Vector("a blackout date does not break a run", STREAK, on(1, 2, 4), [1] * 3, due=1, snapshot={"blackoutDates": ["2026-03-03"]}),
    Vector("a blackout date is no visit", STREAK, on(3), ["blackout_date"], snapshot={"blackoutDates": ["2026-03-03"]}),
    Vector("a run must fit into its days", {**STREAK, "withinDays": 3}, on(1, 2, 4), [1] * 3,
           snapshot={"blackoutDates": ["2026-03-03"]}),
]  # fmt: skip


@pytest.mark.parametrize("vector", TABLE, ids=str)
def test_visits_are_what_rules_3_says(vector: Vector) -> None:
    shown = settled(version("VISIT_FREQUENCY", vector.config, **(vector.snapshot or {})), *vector.purchases)
    assert results(shown.outcomes, "visits") == list(vector.expected)
    assert sum(outcome.rewards for outcome in shown.outcomes) == vector.due


@pytest.mark.parametrize("config", [OFTEN, STREAK])
def test_the_order_of_arrival_does_not_matter(config: dict[str, object]) -> None:
    rule = version("VISIT_FREQUENCY", config)
    visits = on(1, 2, 3, 4, 6, 7, 8, 9, 20)
    assert due(rule, visits) == due(rule, visits[::-1]) == due(rule, visits[4:] + visits[:4])


def test_a_late_visit_closes_the_gap_of_a_run() -> None:
    rule = version("VISIT_FREQUENCY", STREAK)
    assert due(rule, on(1, 3)) == 0
    assert due(rule, [*on(1, 3), *on(2)]) == 1


def test_a_run_that_reaches_to_yesterday_is_alive() -> None:
    rule = version("VISIT_FREQUENCY", STREAK)
    state = settled(rule, *on(1, 2)).outcomes[-1].state
    shown = [
        rule.rule.progress(rule.terms, state, Standpoint(datetime(2026, 3, day, 12, tzinfo=UTC), rule.zone))["visits"]
        for day in (2, 3, 4)
    ]
    assert shown == [2, 2, 0]
