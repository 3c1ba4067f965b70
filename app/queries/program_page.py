"""Reads what the page of one program shows beside the program itself: kept figures, cards by progress, who was here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true

from app.core.unit_of_work import session
from app.domain.explain import sentence
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.models.program_stats import ProgramStats
from app.models.purchase import Outcome

ACTIVE_FOR = timedelta(days=90)
_FIGURES = ("enrollments", "active_participants", "redemptions", "vouchers_issued", "issued", "outstanding", "expired")


def program_figures(program_id: UUID) -> dict[str, Any]:
    """The kept figures of a program, 0 where nothing has happened yet; ``as_of`` says how old they are, if any."""
    kept = session().scalars(select(ProgramStats).where(ProgramStats.program_id == program_id)).one_or_none()
    figures: dict[str, Any] = {name: getattr(kept, name) if kept else 0 for name in _FIGURES}
    return {**figures, "as_of": kept.as_of if kept else None}


def cards_by_progress(program_id: UUID, now: datetime) -> dict[int, int]:
    """How many members active in the last 90 days have how many punches or stamps on their running card."""
    on_card = Enrollment.state["card"].as_integer()
    rows = session().execute(
        select(on_card, func.count())
        .where(Enrollment.program_id == program_id, Enrollment.last_active_at > now - ACTIVE_FOR)
        .group_by(on_card)
    )
    return {int(card): total for card, total in rows if card is not None}


def latest_outcomes(program_id: UUID, currency: str, limit: int = 6) -> list[dict[str, Any]]:
    """The newest gain of each member who was last active in the program, with its reason in words; one statement.

    For a member with a private multiplier the reason shows no arithmetic (RULES 6).
    """
    lately = (
        select(Enrollment.id, Enrollment.member_id)
        .where(Enrollment.program_id == program_id, Enrollment.last_active_at.is_not(None))
        .order_by(Enrollment.last_active_at.desc())
        .limit(limit)
        .subquery()
    )
    newest = (
        select(Outcome)
        .where(Outcome.enrollment_id == lately.c.id, Outcome.code.is_(None))
        .order_by(Outcome.occurred_at.desc(), Outcome.order_id.desc(), Outcome.revision.desc())
        .limit(1)
        .lateral()
    )
    rows = session().execute(
        select(
            Member.id.label("member_id"),
            Member.name,
            Member.code,
            Member.private_multiplier,
            newest.c.points,
            newest.c.punches,
            newest.c.stamps,
            newest.c.visits,
            newest.c.vouchers,
            newest.c.cashback_minor.label("cashback"),
            newest.c.tier,
            newest.c.trace,
            newest.c.occurred_at.label("at"),
        )
        .join(lately, lately.c.member_id == Member.id)
        .join(newest, true())
        .where(Member.erased_at.is_(None))
        .order_by(newest.c.occurred_at.desc())
    )
    return [_outcome(dict(row._mapping), currency) for row in rows]


def _outcome(row: dict[str, Any], currency: str) -> dict[str, Any]:
    is_private = row.pop("private_multiplier") is not None
    return {**row, "explanation": sentence(row.pop("trace"), currency, hide_arithmetic=is_private)}
