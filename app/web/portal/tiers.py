"""A member's tier: what it brings, what reaches the next one, and what keeps this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from app.queries.live_versions import newest_versions
from app.web.support.formatting import money
from app.web.support.words import counted

Enrollment = Mapping[str, Any]


def tier_panel(enrollments: Iterable[Enrollment], currency: str) -> dict[str, Any] | None:
    """Return {name, benefits, reach, keep, next_name, next_benefits} of the first tier program; None without one."""
    found = next((one for one in enrollments if one["ruleType"] == "TIER_BASED"), None)
    if found is None or found["programStatus"] == "ENDED":
        return None
    tiers = _tiers(found["programId"])
    progress, held = found["progress"], found["tier"]
    following, keep = progress["nextTier"], progress["toKeep"]
    missing = _metric(found, progress["toNext"] or 0, currency)
    return {
        "name": held,
        "benefits": tiers.get(held, []),
        "reach": f"{missing} more to reach {following}" if following else None,
        "keep": f"{_metric(found, keep, currency)} more to keep {held}" if keep else None,
        "next_name": following,
        "next_benefits": tiers.get(following, []),
    }


def benefits(tier: Any) -> list[str]:
    """Return what a tier of a config brings, in the owner's words and what its multipliers say."""
    words = [str(each) for each in tier.benefits]
    points = tier.multipliers.get("points", 1)
    if points != 1:
        words.append(f"Points × {points.normalize():f}")
    if tier.birthday_bonus_multiplier:
        words.append(f"Birthday bonus × {tier.birthday_bonus_multiplier.normalize():f}")
    return words + [str(each) for each in tier.exclusive_rewards]


def _tiers(program_id: UUID) -> dict[str | None, list[str]]:
    version = newest_versions([program_id])[program_id]
    return {tier.name: benefits(tier) for tier in getattr(version.config, "tiers", ())}


def _metric(found: Enrollment, amount: int, currency: str) -> str:
    """Write what a tier counts: money, visits or points."""
    if found["metricUnit"] == "spending":
        return money(amount, currency)
    return counted(amount, "visit" if found["metricUnit"] == "visits" else "point")
