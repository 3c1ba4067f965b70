"""TIER_BASED by hand from RULES 3: thresholds and periods, rises at once, falls after the period with grace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.localtime import local_day
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase
from app.domain.tiers import Measured, TierChange, evaluations, late_rises, tier_held
from tests.domain.support import Vector, only, sale, settled, version


def tiers(kind: str = "spending", period: str = "yearly", *values: int, **more: Any) -> dict[str, Any]:
    named = zip(("Silver", "Gold", "Black"), values or (100, 300, 1000), strict=False)
    levels = [{"name": name, "threshold": {"type": kind, "value": value, "period": period}} for name, value in named]
    return {"tiers": levels, "evaluationPeriod": "yearly", **more}


FALLING = tiers(degradationRules={"enabled": True, "gracePeriodMonths": 1})

TABLE = [
    Vector("nobody starts with a tier", tiers(), [sale("99.99")], ["nothing_reached"]),
    Vector("reached at the threshold", tiers(), [sale("100")], ["Silver"]),
    Vector("over several steps at once", tiers(), [sale("400")], ["Gold"]),
    Vector("step by step", tiers(), [sale("100"), sale("200", "2026-03-11T12:00")], ["Silver", "Gold"]),
    Vector("the same again is no rise", tiers(), [sale("100"), sale("50", "2026-03-11T12:00")], ["Silver", "nothing_reached"]),
    Vector("a year ends at local midnight", tiers(), [sale("60", "2025-12-31T23:59"), sale("60", "2026-01-01T00:00")],
           ["nothing_reached"] * 2),
    Vector("a month ends", tiers("spending", "monthly"), [sale("60", "2026-03-31T23:59"), sale("60", "2026-04-01T00:00")],
           ["nothing_reached"] * 2),
    Vector("a quarter does not", tiers("spending", "quarterly"),
           [sale("60", "2026-02-28T23:59"), sale("60", "2026-03-01T00:00")], ["nothing_reached", "Silver"]),
    Vector("a lifetime never ends", tiers("spending", "lifetime"), [sale("60", "2020-01-01T12:00"), sale("60")],
           ["nothing_reached", "Silver"]),
    Vector("visits are days", tiers("visits", "yearly", 2, 3), [sale("1", "2026-03-10T09:00"), sale("1", "2026-03-10T18:00"),
           sale("1", "2026-03-11T09:00")], ["nothing_reached", "nothing_reached", "Silver"]),
    Vector("a threshold of nothing is reached by the first purchase", tiers("spending", "yearly", 0, 300), [sale("1")], ["Silver"]),
    Vector("nothing paid", tiers(), [sale("0")], ["nothing_reached"]),
    Vector("the skipped hour belongs to its day", tiers("visits", "yearly", 1, 2),
           [sale("1", "2026-03-29T03:30"), sale("1", "2026-03-29T23:30")], ["Silver", "nothing_reached"]),
]  # fmt: skip


@pytest.mark.parametrize("vector", TABLE, ids=str)
def test_tiers_rise_as_rules_3_says(vector: Vector) -> None:
    shown = settled(version("TIER_BASED", vector.config), *vector.purchases)
    assert [outcome.tier or "nothing_reached" for outcome in shown.outcomes] == list(vector.expected)


def measured(rule: ProgramVersion, *purchases: Purchase) -> list[Measured]:
    return [
        Measured(one.occurred_at, one.order_id, local_day(one.occurred_at, rule.zone), only(rule, one).adds)
        for one in purchases
    ]


def falls(rule: ProgramVersion, until: str, *purchases: Purchase) -> list[tuple[str | None, datetime, str]]:
    known = measured(rule, *purchases)
    history = late_rises(rule.terms, known, [])
    times = [one.occurred_at for one in purchases]
    at = datetime.fromisoformat(until).replace(tzinfo=rule.zone).astimezone(UTC)
    return [
        (c.to_tier, c.effective_at, c.reason) for c in evaluations(rule.terms, history, known, times, at, rule.zone)
    ]


def test_without_degradation_a_tier_is_never_lost() -> None:
    assert falls(version("TIER_BASED", tiers()), "2030-01-01T00:00", sale("400", "2024-06-01T12:00")) == []


def test_a_lower_tier_comes_after_the_grace_period() -> None:
    rule = version("TIER_BASED", FALLING)
    bought = [sale("400", "2024-06-01T12:00"), sale("100", "2025-06-01T12:00")]
    assert falls(rule, "2026-01-31T23:59", *bought) == []
    assert falls(rule, "2026-02-01T00:00", *bought) == [("Silver", datetime(2026, 1, 31, 22, tzinfo=UTC), "period_end")]


def test_nothing_earned_falls_to_none() -> None:
    rule = version("TIER_BASED", FALLING)
    assert [fall[0] for fall in falls(rule, "2026-06-01T00:00", sale("400", "2024-06-01T12:00"))] == [None]


def test_reaching_the_tier_again_in_time_keeps_it() -> None:
    rule = version("TIER_BASED", FALLING)
    bought = [sale("400", "2024-06-01T12:00"), sale("300", "2026-01-20T12:00")]
    assert falls(rule, "2026-06-01T00:00", *bought) == []


def test_reaching_it_a_day_too_late_lifts_it_anew() -> None:
    rule = version("TIER_BASED", FALLING)
    bought = [sale("400", "2024-06-01T12:00"), sale("300", "2026-02-02T12:00")]
    assert [fall[0] for fall in falls(rule, "2026-06-01T00:00", *bought)] == [None]


def test_silence_drops_one_tier() -> None:
    rules = {"enabled": True, "gracePeriodMonths": 24, "inactivityMonths": 6}
    rule = version("TIER_BASED", tiers(degradationRules=rules))
    found = falls(rule, "2024-12-31T00:00", sale("400", "2024-01-31T12:00"))
    assert found == [("Silver", datetime(2024, 7, 31, 9, tzinfo=UTC), "inactivity")]


def test_a_late_purchase_makes_a_rise_earlier() -> None:
    rule = version("TIER_BASED", tiers())
    history = late_rises(rule.terms, measured(rule, sale("60", "2026-03-01T12:00"), sale("60", "2026-03-20T12:00")), [])
    late = sale("50", "2026-02-01T12:00")
    everything = measured(rule, sale("60", "2026-03-01T12:00"), sale("60", "2026-03-20T12:00"), late)
    added = late_rises(rule.terms, everything, history)
    assert [change.effective_at.day for change in (*history, *added)] == [20, 1]
    noon = datetime(2026, 3, 10, tzinfo=UTC)
    assert tier_held([*history, *added], rule.terms, (noon, "")) == "Silver"


def test_the_purchase_that_causes_a_rise_does_not_see_it() -> None:
    rule = version("TIER_BASED", tiers())
    at = datetime(2026, 3, 1, tzinfo=UTC)
    history = [TierChange(None, "Silver", "automatic", at, "B")]
    assert tier_held(history, rule.terms, (at, "B")) is None
    assert tier_held(history, rule.terms, (at, "C")) == "Silver"
