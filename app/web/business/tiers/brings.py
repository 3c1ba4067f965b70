"""What each tier brings, and whether its multiplier does what an owner expects: the base rate counts once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

from flask import g

from app.domain.money import exponent
from app.domain.program import ProgramVersion
from app.queries.reward_reach import PointsProgram, points_programs
from app.web.business.tiers.thresholds import amount
from app.web.support.formatting import money
from app.web.support.words import counted

_SAMPLE = 10


def tiers_bring(version: ProgramVersion) -> list[dict[str, Any]]:
    """Return {name, threshold, words} for each tier, the lowest first."""
    return [
        {
            "name": tier.name,
            "threshold": amount(version, tier.threshold.value),
            "words": [*_multipliers(tier), *map(str, tier.benefits), *map(str, tier.exclusive_rewards)],
        }
        for tier in getattr(version.config, "tiers", ())
    ]


def multiplier_check(version: ProgramVersion) -> list[str]:
    """Return what a purchase earns in each tier with a multiplier, at the rate of the oldest points program."""
    multiplied = [
        (name, factor)
        for name, factor in zip(version.terms.names, version.terms.points_multipliers, strict=True)
        if factor != 1
    ]
    if not multiplied:
        return ["No tier multiplies points: everybody earns at the base rate."]
    programs = points_programs()
    if not programs:
        return ["There is no points program yet, so these multipliers multiply nothing."]
    return _earned(multiplied, programs[0])


def _earned(multiplied: Sequence[tuple[str, Decimal]], program: PointsProgram) -> list[str]:
    currency = g.business["currency"]
    spent = money(_SAMPLE * 10 ** exponent(currency), currency)
    base = program.points_per_unit * _SAMPLE
    said = [f"{name} earns {_factor(factor)}×: {_points(base * factor)}." for name, factor in multiplied]
    return [f"{spent} earns {_points(base)} in {program.name}.", *said, "The base rate is counted once."]


def _points(exact: Decimal) -> str:
    return counted(int(exact.to_integral_value(ROUND_DOWN)), "point")


def _multipliers(tier: Any) -> list[str]:
    words = []
    factor = tier.multipliers.get("points", Decimal(1))
    if factor != 1:
        words.append(f"{_factor(factor)}× points")
    if tier.birthday_bonus_multiplier:
        words.append(f"{_factor(tier.birthday_bonus_multiplier)}× birthday bonus")
    return words


def _factor(factor: Decimal) -> str:
    return f"{factor.normalize():f}"
