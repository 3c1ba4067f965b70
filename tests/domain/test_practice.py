"""The practice customer goes through the engine itself: one short of a full card, and nobody's books are touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.domain.practice import Place, Practised, Step, practise
from app.domain.program import ProgramVersion
from tests.domain.support import REWARD, version

NOON = datetime(2026, 3, 24, 12, tzinfo=UTC)
CARD = version("PUNCH_CARD", {"punchesRequired": 3, **REWARD}, place=1)
POINTS = version("POINTS_BASED", {"pointsPerDollar": 2, "redemptionRate": 50}, place=2)
TIERS = version(
    "TIER_BASED",
    {
        "tiers": [{"name": "Gold", "threshold": {"type": "spending", "value": 10}, "multipliers": {"points": 2}}],
        "evaluationPeriod": "yearly",
    },
    place=3,
)


def played(*steps: Step, versions: tuple[ProgramVersion, ...] = (CARD, POINTS, TIERS), points: int = 0) -> Practised:
    """Play steps from noon on."""
    return practise(versions, steps, location_id=None, points={POINTS.program_id: points}, began_at=NOON)


def place_in(found: Practised, program: ProgramVersion) -> Place:
    """Return the place in one program."""
    return found.places[program.program_id]


def test_before_anything_the_card_is_one_short_of_full() -> None:
    found = played()
    assert place_in(found, CARD).state == {**(place_in(found, CARD).state or {}), "card": 2}
    assert (place_in(found, CARD).ready, found.outcomes) == (0, [])


def test_a_punch_fills_the_card_and_giving_the_reward_takes_it_away() -> None:
    punch = Step("punch", NOON)
    assert place_in(played(punch), CARD).ready == 1
    given = Step("give", NOON, what=CARD.program_id)
    assert place_in(played(punch, given), CARD).ready == 0
    assert place_in(played(punch, given, given), CARD).ready == 0


def test_a_sale_earns_points_and_a_tier_that_doubles_the_next_one() -> None:
    first, second = (
        Step("sale", NOON + timedelta(minutes=minute), amount_minor=1000, category="latte") for minute in range(2)
    )
    assert place_in(played(first), POINTS).balance == 20
    found = played(first, second)
    assert (place_in(found, POINTS).balance, place_in(found, TIERS).tier) == (60, "Gold")
    assert {outcome.points for outcome in found.outcomes} == {0, 40}


def test_a_reward_of_the_catalogue_takes_its_points_and_never_more_than_there_are() -> None:
    bought = Step("buy", NOON, what=UUID(int=9), payer=POINTS.program_id, cost=60)
    assert place_in(played(bought, points=100), POINTS).balance == 40
    assert place_in(played(bought, bought, points=100), POINTS).balance == 0


def test_points_that_are_pending_are_no_balance_yet() -> None:
    slow = version("POINTS_BASED", {"pointsPerDollar": 2, "redemptionRate": 50, "pendingDays": 3}, place=2)
    found = played(Step("sale", NOON, amount_minor=1000), versions=(slow,))
    assert (place_in(found, slow).balance, place_in(found, slow).pending) == (0, 20)


@pytest.mark.parametrize("kind", ["give", "buy"])
def test_what_is_not_there_cannot_be_given(kind: str) -> None:
    lost = Step(kind, NOON, what=UUID(int=77), payer=UUID(int=77), cost=5)  # type: ignore[arg-type]
    assert played(lost).outcomes == []
