"""What a new business has done so far, read from its books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.business import Business
from app.models.invitation import Invitation
from app.models.member import Member
from app.models.membership import Membership
from app.models.program import Program
from app.models.purchase import Purchase

FIRST_CUSTOMERS = 10


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """One truth for each task of the setup list, and whether the owner has put the list away."""

    has_activated: bool
    has_poster: bool
    has_tried_till: bool
    has_brand: bool
    has_staff: bool
    has_customers: bool
    is_dismissed: bool


def founded_at() -> datetime:
    """When the business in scope was founded."""
    return session().execute(select(Business.created_at).where(Business.id == current_business_id())).scalar_one()


def newest_draft() -> UUID | None:
    """The draft that was made last; None when there is none."""
    drafts = select(Program.id).where(Program.state == "draft", Program.deleted_at.is_(None))
    return session().scalar(drafts.order_by(Program.created_at.desc(), Program.id.desc()).limit(1))


def setup_facts() -> SetupFacts:
    """Read them for the business in scope; one statement, which counts ten members at most."""
    first_members = select(Member.id).where(Member.erased_at.is_(None)).limit(FIRST_CUSTOMERS).subquery()
    colleague = select(Membership.id).where(
        Membership.business_id == current_business_id(), Membership.role != "owner", Membership.ended_at.is_(None)
    )
    row = (
        session()
        .execute(
            select(
                select(Program.id).where(Program.first_activated_at.is_not(None)).exists().label("has_activated"),
                Business.settings["posterOpenedAt"].is_not(None).label("has_poster"),
                select(Purchase.id).where(Purchase.source == "till").exists().label("has_tried_till"),
                or_(Business.brand_color.is_not(None), Business.logo_key.is_not(None)).label("has_brand"),
                or_(colleague.exists(), select(Invitation.id).exists()).label("has_staff"),
                select(func.count() >= FIRST_CUSTOMERS).select_from(first_members).scalar_subquery().label("enough"),
                Business.settings["setupDismissed"].as_boolean().label("is_dismissed"),
            ).where(Business.id == current_business_id())
        )
        .one()
    )
    facts = (row.has_activated, row.has_poster, row.has_tried_till, row.has_brand, row.has_staff, row.enough)
    return SetupFacts(*facts, bool(row.is_dismissed))
