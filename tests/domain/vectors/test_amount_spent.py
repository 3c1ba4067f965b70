"""AMOUNT_SPENT by hand from RULES 3: period edges in the program's zone, repeatable or not, several at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.corrections import First, resettle
from app.domain.purchase import Refund, after_refunds, cancelled
from app.domain.rule_type import Standpoint
from app.domain.standing import Granted
from tests.domain.support import REWARD, Vector, due, only, punch, results, sale, settled, version


def goal(threshold: str, period: str = "lifetime", **more: object) -> dict[str, object]:
    return {"thresholdAmount": threshold, "resetPeriod": period, **REWARD, **more}


TABLE = [
    Vector("a cent short", goal("100"), [sale("99.99")], [9999]),
    Vector("reached", goal("100"), [sale("100")], [10000], due=1),
    Vector("reached by the second", goal("100"), [sale("60"), sale("40", "2026-03-11T12:00")], [6000, 4000], due=1),
    Vector("one purchase reaches it three times", goal("100"), [sale("399.99")], [39999], due=3),
    Vector("the rest carries", goal("100"), [sale("150"), sale("50", "2026-03-11T12:00")], [15000, 5000], due=2),
    Vector("once only", goal("100", repeatable=False), [sale("350")], [35000], due=1),
    Vector("once in each month", goal("100", "monthly", repeatable=False),
           [sale("250", "2026-03-31T23:59"), sale("250", "2026-04-01T00:00")], [25000, 25000], due=2),
    Vector("a month ends at local midnight", goal("100", "monthly"),
           [sale("60", "2026-03-31T23:59"), sale("60", "2026-04-01T00:00")], [6000, 6000]),
    Vector("a quarter holds three months", goal("100", "quarterly"),
           [sale("60", "2026-01-01T00:00"), sale("60", "2026-03-31T23:59")], [6000, 6000], due=1),
    Vector("a quarter ends", goal("100", "quarterly"), [sale("60", "2026-03-31T23:59"), sale("60", "2026-04-01T00:00")],
           [6000, 6000]),
    Vector("a year ends", goal("100", "yearly"), [sale("60", "2025-12-31T23:59"), sale("60", "2026-01-01T00:00")], [6000, 6000]),
    Vector("a lifetime does not", goal("100"), [sale("60", "2025-12-31T23:59"), sale("60", "2026-01-01T00:00")],
           [6000, 6000], due=1),
    Vector("a month with the night an hour short", goal("100", "monthly"),
           [sale("60", "2026-03-29T02:59"), sale("60", "2026-03-29T04:00")], [6000, 6000], due=1),
    Vector("a till punch is no money", goal("100"), [punch()], ["nothing_earned"]),
    Vector("nothing paid", goal("100"), [sale("0")], ["zero_amount"]),
]  # fmt: skip


@pytest.mark.parametrize("vector", TABLE, ids=str)
def test_spending_is_what_rules_3_says(vector: Vector) -> None:
    shown = settled(version("AMOUNT_SPENT", vector.config), *vector.purchases)
    assert results(shown.outcomes, "adds") == list(vector.expected)
    assert sum(outcome.rewards for outcome in shown.outcomes) == vector.due


def test_a_late_purchase_counts_in_its_own_period() -> None:
    rule = version("AMOUNT_SPENT", goal("100", "monthly"))
    spent = [sale("60", "2026-04-02T12:00"), sale("60", "2026-03-31T12:00"), sale("60", "2026-03-01T12:00")]
    assert due(rule, spent) == due(rule, spent[::-1]) == 1


def test_a_refund_lowers_what_was_spent() -> None:
    rule = version("AMOUNT_SPENT", goal("100"))
    bought = sale("120")
    left = after_refunds(bought, [Refund(2001)])
    assert resettle(left, rule, Granted(adds=12000), First(12000)).adds == 9999
    assert resettle(cancelled(bought), rule, Granted(adds=12000), First(12000)).adds == 0


def test_progress_is_of_the_period_that_holds_now() -> None:
    rule = version("AMOUNT_SPENT", goal("100", "monthly"))
    state = only(rule, sale("60", "2026-03-15T12:00")).state
    march = Standpoint(datetime(2026, 3, 20, tzinfo=UTC), rule.zone)
    april = Standpoint(datetime(2026, 4, 20, tzinfo=UTC), rule.zone)
    assert rule.rule.progress(rule.terms, state, march) == {
        "spent": 6000, "threshold": 10000, "periodEndsAt": datetime(2026, 3, 31, 21, tzinfo=UTC),
    }  # fmt: skip
    assert rule.rule.progress(rule.terms, state, april)["spent"] == 0
