"""How far the owner has come with a draft."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.core.unit_of_work import session
from app.domain.wizard import WizardState
from app.models.location import Location
from app.models.program import Program
from app.models.purchase import Purchase

_LATEST = 200


def wizard_state(program_id: UUID) -> WizardState:
    """The state of one draft; every step is open where nothing is kept. One statement."""
    return WizardState.from_json(session().scalar(select(Program.wizard).where(Program.id == program_id)))


def open_locations() -> list[tuple[str, str]]:
    """(id, name) of the business's open locations by name."""
    rows = session().execute(select(Location.id, Location.name).where(Location.is_active).order_by(Location.name))
    return [(str(row.id), row.name) for row in rows]


def usual_purchase() -> int | None:
    """What the latest sales came to on average, in minor units; None before the first sale."""
    sales = select(Purchase.amount_minor).where(Purchase.amount_minor > 0)
    latest = sales.order_by(Purchase.occurred_at.desc()).limit(_LATEST).subquery()
    average = session().scalar(select(func.avg(latest.c.amount_minor)))
    return None if average is None else round(average)
