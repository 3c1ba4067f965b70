"""Who is to be told something."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.membership import Membership


def owner_ids() -> list[UUID]:
    """The users who own the business in scope now."""
    owners = select(Membership.user_id).where(
        Membership.business_id == current_business_id(), Membership.role == "owner", Membership.ended_at.is_(None)
    )
    return list(session().scalars(owners))
