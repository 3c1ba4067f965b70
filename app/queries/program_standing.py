"""Where the members of a program stand, all of them, for whoever is about to change it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.core.unit_of_work import session
from app.models.enrollment import Enrollment


def cards_of_all(program_id: UUID) -> dict[int, int]:
    """How many members have how many punches or stamps on their running card; one statement over the enrollments."""
    on_card = Enrollment.state["card"].as_integer()
    rows = session().execute(
        select(on_card, func.count()).where(Enrollment.program_id == program_id).group_by(on_card).order_by(on_card)
    )
    return {int(card): total for card, total in rows if card is not None}


def spent_at_least(program_id: UUID, minor: int) -> int:
    """How many members have spent so much that no reward has used yet, in minor units."""
    unused = Enrollment.state["rest"].as_integer()
    return session().scalar(select(func.count()).where(Enrollment.program_id == program_id, unused >= minor)) or 0


def members_by_tier(program_id: UUID) -> dict[str, int]:
    """How many members hold each tier; by the index of tiers."""
    rows = session().execute(
        select(Enrollment.tier, func.count())
        .where(Enrollment.program_id == program_id, Enrollment.tier.is_not(None))
        .group_by(Enrollment.tier)
    )
    return {str(tier): total for tier, total in rows}
