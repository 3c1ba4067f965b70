"""Reads what the pages of members show beside the members themselves."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from app.adapters.phones import country_guess, example
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.models.business import Business
from app.models.member import Member
from app.models.purchase import Purchase


def members_total() -> int:
    """How many members there are."""
    return session().scalar(select(func.count()).where(Member.erased_at.is_(None))) or 0


def spent_by_member(member_ids: Collection[UUID]) -> dict[UUID, int]:
    """What each of these members has spent in all, less what was given back, in minor units; by their index."""
    spent = (
        select(Purchase.member_id, func.sum(Purchase.amount_minor - Purchase.refunded_minor))
        .where(Purchase.member_id.in_(member_ids), Purchase.status == "completed")
        .group_by(Purchase.member_id)
    )
    return {row[0]: int(row[1]) for row in session().execute(spent)}


def lately_here(limit: int = 5) -> list[UUID]:
    """Who bought something last, the latest first; the beginning of an index."""
    latest = (
        select(Member.id)
        .where(Member.last_purchase_at.is_not(None), Member.erased_at.is_(None))
        .order_by(Member.last_purchase_at.desc())
        .limit(limit)
    )
    return list(session().scalars(latest))


def phone_example() -> str:
    """A phone number as people of this business's country write theirs."""
    business = session().get_one(Business, current_business_id())
    return example(country_guess(business.timezone, business.currency))
