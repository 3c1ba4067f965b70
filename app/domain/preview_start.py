"""Where the member of a preview stands before the first purchase: API.md's progress, turned into a rule's state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictInt

from app.domain.body import Body
from app.domain.boosts import Multipliers
from app.domain.localtime import local_day
from app.domain.program import ProgramVersion
from app.domain.registry import COUNTING, counting_rule
from app.domain.rule_type import State
from app.domain.standing import MemberFacts

Count = Annotated[StrictInt, Field(ge=0, le=1_000_000)]


class Progress(Body):
    """How far the member is; the key of the rule type counts. `spent` and a metric of spending are money."""

    punches: Count | None = None
    stamps: Count | None = None
    visits: Annotated[StrictInt, Field(ge=0, le=365)] | None = None
    spent: Annotated[Decimal, Field(ge=0, le=1_000_000_000)] | None = None
    metric: Annotated[Decimal, Field(ge=0, le=1_000_000_000)] | None = None


class PreviewMember(Body):
    """Who buys in a preview: `tier` held, `multiplier` on points, and how far they are."""

    tier: Annotated[str, Field(max_length=60)] | None = None
    multiplier: Annotated[Decimal, Field(gt=0, le=100)] = Decimal(1)
    progress: Progress = Progress()

    def facts(self, version: ProgramVersion) -> MemberFacts:
        """The member as settling sees them: in every segment that the program targets."""
        name = self.tier if version.rule_type != "TIER_BASED" else None
        return MemberFacts(segments=version.segments, multipliers=Multipliers(tier=self.multiplier, tier_name=name))


class PreviewBody(Body):
    """What a preview asks besides the program's own fields."""

    member: PreviewMember = PreviewMember()
    purchases: list[dict[str, Any]] = Field(min_length=1, max_length=100)


def starting_state(version: ProgramVersion, minor: Mapping[str, int], at: datetime) -> State | None:
    """The state of the rule as of ``at``, just before the first purchase.

    ``minor`` has the keys of Progress that were given, money in minor units. Visits are taken for the days just before.
    None where the rule keeps its progress in the ledger.
    """
    if version.rule_type not in COUNTING and version.rule_type != "TIER_BASED":
        return None
    today = local_day(at, version.zone)
    state = dict(counting_rule(version.rule_type).initial(version.terms))
    for key, field in (("punches", "card"), ("stamps", "card"), ("spent", "rest"), ("metric", "metric")):
        if key in minor and field in state:
            state[field] = minor[key]
    if minor.get("visits") and "days" in state:
        state["days"] = [(today - timedelta(days=back)).toordinal() for back in range(minor["visits"], 0, -1)]
    if {"spent", "metric"} & minor.keys() and "day" in state:
        state["day"] = today.toordinal()
    return state


PREVIEW_ID = UUID(int=0)
"""The id of everything in a preview: nothing of it exists."""
