"""When tiers move: by purchases at once, and down at the end of a period, if at all."""

from __future__ import annotations

from datetime import datetime

from app.domain.program import ProgramVersion
from app.domain.tiers import next_fall_at
from app.web.support.formatting import long_date
from app.web.support.words import counted

_EVALUATED = {"monthly": "every month", "quarterly": "every quarter", "yearly": "every year"}


def fall_words(version: ProgramVersion, now: datetime) -> list[str]:
    """Return the rules of falling in sentences, the next evaluation with its day."""
    terms = version.terms
    if not terms.can_fall:
        return ["Tiers are never lost in this program."]
    words = [f"Looked at {_EVALUATED[terms.evaluation_period]}. The next time is {_next(version, now)}."]
    if terms.grace_months:
        words.append(f"Whoever misses a tier keeps it {counted(terms.grace_months, 'month')} longer.")
    if terms.inactivity_months is not None:
        words.append(f"{counted(terms.inactivity_months, 'month')} without a purchase cost one tier.")
    return words


def move_words(version: ProgramVersion, now: datetime) -> dict[str, str]:
    """Return when whoever {up, down} does so."""
    down = f"on {_next(version, now)} at the earliest, unless they reach it before" if version.terms.can_fall else ""
    return {"up": "with their next purchase", "down": down}


def _next(version: ProgramVersion, now: datetime) -> str:
    return long_date(next_fall_at(version.terms, now, version.zone).astimezone(version.zone).date())
