"""The gates of RULES 2, each with its code, in their order; groups, caps and budgets after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.domain.boosts import Multipliers
from app.domain.caps import allow_rewards, budget_charge, charges
from app.domain.earning import evaluation_order, settle
from app.domain.purchase import Purchase
from app.domain.segments import built_in_segments
from app.domain.standing import NEWCOMER, MemberFacts, Outcome, Standing
from tests.domain.support import ANYBODY, REWARD, only, sale, version

POINTS = {"pointsPerDollar": 10, "redemptionRate": 100}
CARD = {"punchesRequired": 3, **REWARD}
HERE, THERE = UUID(int=7), UUID(int=8)


def outcomes(purchase: Purchase, *versions: Any, **given: Any) -> list[Outcome]:
    facts = given.pop("facts", ANYBODY)
    return settle(purchase, versions, facts, given.pop("standings", {}), given.pop("held", {}), given.pop("left", {}))


GATES = [
    ("zero_amount", sale("0"), {}, ANYBODY),
    ("member_not_active", sale("5"), {}, MemberFacts(status="suspended")),
    ("member_not_active", sale("5"), {}, MemberFacts(status="expired")),
    ("location_not_participating", sale("5"), {"locationIds": [str(HERE)]}, ANYBODY),
    ("blackout_date", sale("5"), {"blackoutDates": ["2026-03-10"]}, ANYBODY),
    ("outside_recurrence", sale("5"), {"recurrence": {"rrule": "FREQ=WEEKLY;BYDAY=MO", "startTime": "08:00",
     "durationMinutes": 60}}, ANYBODY),
    ("segment_not_targeted", sale("5"), {"segments": ["new"]}, ANYBODY),
    ("not_enrolled", sale("5"), {"autoEnroll": False}, ANYBODY),
]  # fmt: skip


@pytest.mark.parametrize(("code", "purchase", "said", "facts"), GATES, ids=[f"{g[0]}-{i}" for i, g in enumerate(GATES)])
def test_each_gate_says_its_code(code: str, purchase: Purchase, said: dict[str, Any], facts: MemberFacts) -> None:
    (outcome,) = outcomes(purchase, version("POINTS_BASED", POINTS, **said), facts=facts)
    assert (outcome.code, outcome.points, outcome.trace[0][0]) == (code, 0, code)


def test_every_gate_opens_for_the_right_purchase() -> None:
    rule = version(
        "POINTS_BASED",
        POINTS,
        locationIds=[str(HERE)],
        blackoutDates=["2026-03-11"],
        recurrence={"rrule": "FREQ=WEEKLY;BYDAY=TU", "startTime": "11:30", "durationMinutes": 60},
        segments=["new"],
        autoEnroll=False,
    )
    bought = replace(sale("5"), location_id=HERE)
    standing = {rule.program_id: Standing(enrolled=True)}
    facts = MemberFacts(status="inactive", segments=frozenset({"new"}))
    assert outcomes(bought, rule, facts=facts, standings=standing)[0].points == 50
    elsewhere = replace(bought, location_id=THERE)
    assert outcomes(elsewhere, rule, facts=facts, standings=standing)[0].code == "location_not_participating"


def test_a_member_is_new_for_thirty_days() -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    assert built_in_segments(now - timedelta(days=29), now) == {"new"}
    assert built_in_segments(now - timedelta(days=30), now) == frozenset()


def test_priority_decides_the_order_then_creation_and_tiers_come_last() -> None:
    tier = version("TIER_BASED", {"tiers": [{"name": "A", "threshold": {"type": "spending", "value": 1}}],
                                  "evaluationPeriod": "yearly"}, place=1, priority=1)  # fmt: skip
    second, first, third = (
        version("POINTS_BASED", POINTS, place=place, priority=priority) for place, priority in ((3, 2), (4, 1), (5, 2))
    )
    assert evaluation_order([tier, third, second, first]) == (first, second, third, tier)


def test_of_an_exclusive_group_only_the_first_that_yields_counts() -> None:
    night = version(
        "PUNCH_CARD", {**CARD, "validHours": {"start": 22, "end": 2}}, place=1, priority=1, exclusiveGroup="c"
    )
    card = version("PUNCH_CARD", CARD, place=2, priority=2, exclusiveGroup="c")
    last = version("POINTS_BASED", POINTS, place=3, priority=3, exclusiveGroup="c")
    other = version("POINTS_BASED", POINTS, place=4, priority=4, exclusiveGroup="d")
    found = outcomes(sale("5"), last, card, night, other)
    assert [outcome.code for outcome in found] == ["outside_valid_hours", None, "excluded_by_priority", None]


def test_the_part_below_a_cap_is_granted() -> None:
    capped = version("POINTS_BASED", POINTS, caps=[{"unit": "points", "max": 60, "per": "day"},
                                                   {"unit": "points", "max": 1000, "per": "week"}])  # fmt: skip
    standing = Standing(enrolled=True, cap_used={("points", "2026-03-10"): 20})
    (outcome,) = outcomes(sale("5"), capped, standings={capped.program_id: standing})
    assert (outcome.points, outcome.computed, outcome.code) == (40, 50, None)
    assert charges(capped, outcome) == {("points", "2026-03-10"): 40, ("points", "2026-W11"): 40}
    full = Standing(enrolled=True, cap_used={("points", "2026-03-10"): 60})
    assert outcomes(sale("5"), capped, standings={capped.program_id: full})[0].code == "member_cap_reached"


def test_a_budget_is_for_all_members_and_windows_are_local() -> None:
    rule = version("CASH_BACK", {"rates": [{"minimumAmount": 0, "ratePercent": 10}]},
                   budget={"unit": "cashback", "max": 1, "per": "month"})  # fmt: skip
    (outcome,) = outcomes(sale("5", "2026-03-31T23:30"), rule, left={rule.program_id: 30})
    assert (outcome.cashback_minor, budget_charge(rule, outcome)) == (30, ("2026-03", 30))
    assert outcomes(sale("5"), rule, left={rule.program_id: 0})[0].code == "budget_reached"
    enough = outcomes(sale("5"), rule, left={rule.program_id: 50})[0]
    assert (enough.cashback_minor, [code for code, _ in enough.trace]) == (50, ["cashback"])
    assert budget_charge(version("POINTS_BASED", POINTS), outcome) is None


def test_vouchers_lost_to_a_cap_are_forfeited() -> None:
    rule = version("PUNCH_CARD", {**CARD, "punchesRequired": 2}, caps=[{"unit": "rewards", "max": 1, "per": "program"}])
    day = only(rule, sale("5")).local_day
    assert allow_rewards(rule, 3, NEWCOMER, {}, day)[:2] == (1, 2)
    assert allow_rewards(rule, 0, NEWCOMER, {}, day) == (0, 0, [])


def test_the_largest_multiplier_of_the_held_tiers_counts_while_their_programs_live() -> None:
    def tiers(place: int, multiplier: str) -> Any:
        tier = {"name": "Gold", "threshold": {"type": "spending", "value": 1}, "multipliers": {"points": multiplier}}
        return version("TIER_BASED", {"tiers": [tier], "evaluationPeriod": "yearly"}, place=place)

    points, small, large = version("POINTS_BASED", POINTS, place=9), tiers(1, "1.5"), tiers(2, "2")
    held = {small.program_id: "Gold", large.program_id: "Gold"}
    assert outcomes(sale("5"), points, small, large, held=held)[0].points == 100
    assert outcomes(sale("5"), points, small, held=held)[0].points == 75
    gone = {small.program_id: "A name that is no longer there", large.program_id: None}
    assert outcomes(sale("5"), points, small, large, held=gone)[0].points == 50
    both = MemberFacts(multipliers=Multipliers(private=Decimal("1.1"), campaign=Decimal(2), badge=Decimal("1.5")))
    assert outcomes(sale("10"), points, small, held=held, facts=both)[0].points == 495


def test_tiers_by_points_measure_what_the_purchase_earned_elsewhere() -> None:
    rule = version("TIER_BASED", {"tiers": [{"name": "A", "threshold": {"type": "points", "value": 50}}],
                                  "evaluationPeriod": "yearly"}, place=1)  # fmt: skip
    points = version("POINTS_BASED", POINTS, place=2)
    found = outcomes(sale("5"), rule, points)
    assert (found[1].adds, found[1].tier) == (50, "A")
    assert outcomes(sale("5"), rule)[0].code == "nothing_earned"
    assert outcomes(sale("0"), rule, points)[1].code == "zero_amount"


def test_a_late_purchase_adds_and_leaves_the_walk_to_the_caller() -> None:
    late = Standing(enrolled=True, in_order=False)
    rule = version("STAMP_CARD", {"stampsRequired": 3, "stampEarnRule": {"type": "per_visit", "value": 1}, **REWARD})
    (first,) = outcomes(sale("5"), rule, standings={rule.program_id: late})
    assert (first.adds, first.stamps, first.state) == (1, 1, None)
    second = replace(late, is_first_of_day=False)
    assert outcomes(sale("5"), rule, standings={rule.program_id: second})[0].code == "already_counted_today"
    tier = version("TIER_BASED", {"tiers": [{"name": "A", "threshold": {"type": "spending", "value": 1}}],
                                  "evaluationPeriod": "yearly"})  # fmt: skip
    (measured,) = outcomes(sale("5"), tier, standings={tier.program_id: late})
    assert (measured.adds, measured.tier, measured.state) == (500, None, None)
    spent = version("AMOUNT_SPENT", {"thresholdAmount": 100, **REWARD})
    assert outcomes(sale("5"), spent, standings={spent.program_id: late})[0].adds == 500


def test_cashback_keeps_the_badges_multiplier_for_refunds() -> None:
    rule = version("CASH_BACK", {"rates": [{"minimumAmount": 0, "ratePercent": 10}]})
    facts = MemberFacts(multipliers=Multipliers(badge_cashback=Decimal(2)))
    (outcome,) = outcomes(sale("5"), rule, facts=facts)
    assert (outcome.cashback_minor, outcome.multipliers) == (100, {"badgeCashback": "2"})
