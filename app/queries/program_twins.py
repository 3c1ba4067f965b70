"""Whether another live program has the same rule type, which is allowed and worth a word."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from app.core.unit_of_work import session
from app.models.program import Program


def live_twins(rule_type: Any, besides: Any, now: Any) -> Select[UUID]:
    """The live programs of a rule type besides one; each may be a column or a parameter."""
    twin = aliased(Program)
    return select(twin.id).where(
        twin.rule_type == rule_type,
        twin.id != besides,
        twin.state == "active",
        twin.deleted_at.is_(None),
        or_(twin.ends_at.is_(None), twin.ends_at > now),
    )


def has_live_twin(rule_type: str, *, besides: UUID | None, now: datetime) -> bool:
    """Whether one exists; ``besides`` is the program that asks, if it is stored."""
    return session().scalar(live_twins(rule_type, besides or UUID(int=0), now).limit(1)) is not None
