"""What a new business has done so far, read from its books."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.business import Business
from app.models.member import Member
from app.models.program import Program
from app.models.purchase import Purchase

FIRST_CUSTOMERS = 10


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """One truth for each task of the setup list, and whether the owner has put the list away."""

    has_activated: bool
    has_sold: bool
    has_customers: bool
    is_dismissed: bool


def setup_facts() -> SetupFacts:
    """Read them for the business in scope; one statement, which counts ten members at most."""
    first_members = select(Member.id).where(Member.erased_at.is_(None)).limit(FIRST_CUSTOMERS).subquery()
    row = (
        session()
        .execute(
            select(
                select(Program.id).where(Program.first_activated_at.is_not(None)).exists().label("has_activated"),
                select(Purchase.id).exists().label("has_sold"),
                select(func.count() >= FIRST_CUSTOMERS).select_from(first_members).scalar_subquery().label("enough"),
                Business.settings["setupDismissed"].as_boolean().label("is_dismissed"),
            ).where(Business.id == current_business_id())
        )
        .one()
    )
    return SetupFacts(row.has_activated, row.has_sold, row.enough, bool(row.is_dismissed))
