"""What the settings of a business may be and what they come to: its points programs, and whether it has sold."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from app.core import clock
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.business import Business
from app.models.program import Program
from app.models.purchase import Purchase

ACTIVITY_PROGRAM = "activityProgramId"
"""The setting that names the program whose points activities and achievements grant (PRODUCT 3)."""

_MOST_PROGRAMS = 200


def has_purchases() -> bool:
    """Say whether the business in scope has any purchase: from then on its currency is fixed."""
    return session().scalar(select(select(Purchase.id).exists())) or False


def points_programs() -> list[tuple[UUID, str]]:
    """Return (id, name) of the points programs that are not deleted, the oldest first; 200 at most."""
    rows = session().execute(
        select(Program.id, Program.name)
        .where(Program.rule_type == "POINTS_BASED", Program.deleted_at.is_(None))
        .order_by(Program.created_at, Program.id)
        .limit(_MOST_PROGRAMS)
    )
    return [(row.id, row.name) for row in rows]


def activity_program_id() -> UUID | None:
    """Return the program whose points activities and achievements grant: the chosen one, else the oldest live one.

    None means that they grant XP alone (PRODUCT 3).
    """
    settings = session().scalars(select(Business.settings).where(Business.id == current_business_id())).one()
    chosen = settings.get(ACTIVITY_PROGRAM)
    if chosen is not None and any(str(found) == chosen for found, _ in points_programs()):
        return UUID(chosen)
    now = clock.now()
    return session().scalar(
        select(Program.id)
        .where(Program.rule_type == "POINTS_BASED", Program.deleted_at.is_(None), Program.state == "active")
        .where(Program.starts_at <= now, or_(Program.ends_at.is_(None), Program.ends_at > now))
        .order_by(Program.created_at, Program.id)
        .limit(1)
    )
