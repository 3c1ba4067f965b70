"""Whether another live program has the same rule type, which is allowed and worth a word."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from app.core.unit_of_work import session
from app.models.program import Program


def live_twin(rule_type: Any, besides: Any, now: Any) -> Select[UUID]:
    """The first live program of a rule type besides one; each may be a column or a parameter.

    The order is that of ix_program_live: without it a table of which much is live is read from its beginning.
    """
    twin = aliased(Program)
    return (
        select(twin.id)
        .where(
            twin.rule_type == rule_type,
            twin.id != besides,
            twin.state == "active",
            twin.deleted_at.is_(None),
            or_(twin.ends_at.is_(None), twin.ends_at > now),
        )
        .order_by(twin.rule_type, twin.id)
        .limit(1)
    )


def has_live_twin(rule_type: str, *, besides: UUID | None, now: datetime) -> bool:
    """Whether one exists; ``besides`` is the program that asks, if it is stored."""
    return session().scalar(live_twin(rule_type, besides or UUID(int=0), now)) is not None
