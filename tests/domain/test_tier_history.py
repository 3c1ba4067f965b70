"""Tier history is appended to, never changed: what a refund or a late purchase alters is written as further rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.domain.tiers import Measured, TierChange, corrections, evaluations, late_rises, tier_held
from tests.domain.support import version

UTC_ZONE = ZoneInfo("UTC")
LEVELS = [
    {"name": name, "threshold": {"type": "spending", "value": value}}
    for name, value in (("Silver", 100), ("Gold", 300))
]
FALLING = {"enabled": True, "gracePeriodMonths": 1}
YEARLY = version("TIER_BASED", {"tiers": LEVELS, "evaluationPeriod": "yearly", "degradationRules": FALLING}).terms
SILENT = version(
    "TIER_BASED",
    {"tiers": LEVELS, "evaluationPeriod": "yearly", "degradationRules": {**FALLING, "inactivityMonths": 1}},
).terms


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def spent(major: int, day: str, *corrected: tuple[str, int]) -> Measured:
    left = tuple((at(when), major_left * 100) for when, major_left in corrected)
    return Measured(at(day), day, date.fromisoformat(day), major * 100, left)


def falls(history: Sequence[TierChange], measured: Sequence[Measured], until: str) -> list[TierChange]:
    times = [one.occurred_at for one in measured]
    return evaluations(YEARLY, history, measured, times, at(until), UTC_ZONE)


def test_a_purchase_is_known_with_the_corrections_made_before_an_instant() -> None:
    one = spent(400, "2024-06-01", ("2024-07-01", 150), ("2024-08-01", 0))
    known = [one.counted(None if day is None else at(day)).adds for day in ("2024-07-01", "2024-07-02", None)]
    assert known == [40_000, 15_000, 0]


def test_what_was_refunded_to_nothing_counts_for_no_tier() -> None:
    assert late_rises(YEARLY, [spent(400, "2024-06-01", ("2024-07-01", 0))], []) == []


def test_an_evaluation_does_not_see_a_refund_made_after_it() -> None:
    kept = [spent(400, "2024-06-01"), spent(300, "2025-06-01", ("2026-01-15", 0))]
    history = late_rises(YEARLY, kept[:1], [])
    assert falls(history, kept, "2026-06-01") == []
    lost = [kept[0], spent(300, "2025-06-01", ("2025-12-15", 0))]
    assert [fall.to_tier for fall in falls(history, lost, "2026-06-01")] == [None]


def test_a_fall_that_is_missing_is_appended_once() -> None:
    history = late_rises(YEARLY, [spent(400, "2024-06-01")], [])
    due = falls(history, [spent(400, "2024-06-01")], "2026-06-01")
    rows = corrections(history, due)
    assert rows == due != []
    assert corrections([*history, *rows], due) == []


def test_a_fall_that_a_late_purchase_prevents_is_lifted_again_at_its_own_instant() -> None:
    bought = [spent(400, "2024-06-01")]
    history = late_rises(YEARLY, bought, [])
    history += corrections(history, falls(history, bought, "2026-06-01"))
    assert tier_held(history, YEARLY, (at("2026-06-01"), "")) is None
    due = falls(history, [*bought, spent(300, "2025-06-01")], "2026-06-01")
    lift = corrections(history, due)
    assert [(row.from_tier, row.to_tier, row.reason) for row in lift] == [(None, "Gold", "automatic")]
    assert lift[0].effective_at == history[-1].effective_at
    assert tier_held([*history, *lift], YEARLY, (at("2026-06-01"), "")) == "Gold"
    assert corrections([*history, *lift], due) == []


def test_silence_takes_a_tier_at_a_time_until_none_is_left() -> None:
    bought = [spent(400, "2024-01-31")]
    history = late_rises(SILENT, bought, [])
    found = evaluations(SILENT, history, bought, [at("2024-01-31")], at("2024-07-01"), UTC_ZONE)
    assert [(fall.to_tier, fall.effective_at) for fall in found] == [
        ("Silver", at("2024-02-29")),
        (None, at("2024-03-31")),
    ]
