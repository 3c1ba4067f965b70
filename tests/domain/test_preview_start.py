"""Where the member of a preview stands before the first purchase."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.preview_start import PREVIEW_ID, PreviewMember, starting_state
from app.domain.program import ProgramVersion

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
REWARD = {"rewardType": "free_item", "rewardValue": "coffee", "rewardDescription": "A coffee"}
DAY = date(2026, 5, 4).toordinal()


def version(rule_type: str, **config: Any) -> ProgramVersion:
    return ProgramVersion.compile(
        {"ruleType": rule_type, "ruleConfig": config, "timezone": "Europe/Kyiv", "segments": ["new"]},
        id=PREVIEW_ID,
        program_id=PREVIEW_ID,
        number=1,
        created_order=(NOON, PREVIEW_ID),
        currency="UAH",
    )


CARD = version("PUNCH_CARD", punchesRequired=5, endowedStart=1, **REWARD)
SPEND = version("AMOUNT_SPENT", thresholdAmount=100, **REWARD)
VISITS = version("VISIT_FREQUENCY", visitsRequired=3, withinDays=7, **REWARD)
POINTS = version("POINTS_BASED", pointsPerDollar=1, redemptionRate=10)


@pytest.mark.parametrize(
    ("program", "minor", "state"),
    [
        (CARD, {}, {"card": 1, "due": 0}),
        (CARD, {"punches": 4}, {"card": 4, "due": 0}),
        (CARD, {"stamps": 4, "spent": 9}, {"card": 4, "due": 0}),
        (SPEND, {"spent": 950}, {"day": DAY, "rest": 950, "paid": 0, "due": 0}),
        (VISITS, {"visits": 2}, {"days": [DAY - 2, DAY - 1], "used": [], "due": 0}),
        (POINTS, {"punches": 3}, None),
    ],
)
def test_a_progress_is_the_state_of_its_rule(program: ProgramVersion, minor: dict[str, int], state: Any) -> None:
    assert starting_state(program, minor, NOON) == state


def test_the_member_is_in_every_segment_that_is_targeted() -> None:
    facts = PreviewMember(tier="Gold").facts(CARD)
    assert facts.segments == {"new"} and facts.multipliers.tier_name == "Gold"
