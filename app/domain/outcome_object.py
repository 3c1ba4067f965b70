"""What a purchase did in one program, as callers are told of it while nothing is recorded: trials and practice."""

from __future__ import annotations

from typing import Any

from app.domain.explain import sentence
from app.domain.standing import Outcome


def outcome_object(outcome: Outcome, currency: str) -> dict[str, Any]:
    """The outcome in the words of API.md; cash back in minor units, and the explanation as a sentence."""
    return {
        "points": outcome.points,
        "punches": outcome.punches,
        "stamps": outcome.stamps,
        "visits": outcome.visits,
        "tier": outcome.tier,
        "vouchers": outcome.rewards,
        "cashback": outcome.cashback_minor,
        "code": outcome.code,
        "explanation": sentence(outcome.trace, currency),
    }
