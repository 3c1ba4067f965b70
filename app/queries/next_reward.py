"""What a member gets next in a program, and what is still missing; None where nothing is waiting to be reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.program import ProgramVersion

_REACHING = {
    "PUNCH_CARD": ("punches", "required"),
    "STAMP_CARD": ("stamps", "required"),
    "AMOUNT_SPENT": ("spent", "threshold"),
    "VISIT_FREQUENCY": ("visits", "required"),
}


def next_reward(version: ProgramVersion, progress: Mapping[str, Any], balance: int) -> dict[str, Any] | None:
    """The reward in the owner's words and ``remaining``: punches, stamps, visits, minor units or points to go."""
    config = version.config
    if version.rule_type in _REACHING:
        reached, wanted = _REACHING[version.rule_type]
        return {
            "description": getattr(config, "reward_description"),  # noqa: B009 - every counting config has one
            "rewardType": getattr(config, "reward_type"),  # noqa: B009
            "remaining": max(0, progress[wanted] - progress[reached]),
        }
    if version.rule_type == "POINTS_BASED":
        return _next_points(config, balance)
    return None


def _next_points(config: Any, balance: int) -> dict[str, Any] | None:
    goals = [step.points for step in config.redemption_steps] or [config.minimum_redemption_points]
    ahead = [goal for goal in goals if goal > balance]
    if not ahead:
        return None
    return {"description": f"{ahead[0]:,} points", "rewardType": "credit", "remaining": ahead[0] - balance}
