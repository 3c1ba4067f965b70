"""What a shop's members hold, as the books keep it, for tests that merge and undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import unit_of_work
from app.models.enrollment import Enrollment
from app.models.ledger import Lot
from app.models.member import Member
from app.models.purchase import Purchase
from app.models.tier_history import TierHistory
from app.models.voucher import Voucher
from app.queries.verification import breaks
from app.services.corrections import refund_purchase
from app.services.programs import create_program
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import activated, settle


def live_circle(shop: Shop) -> None:
    tiers = [
        {"name": "Friend", "threshold": {"type": "spending", "value": 50}},
        {"name": "Family", "threshold": {"type": "spending", "value": 100}},
    ]
    with unit_of_work(shop.id):
        body = {
            "name": "Circle",
            "ruleType": "TIER_BASED",
            "ruleConfig": {"evaluationPeriod": "yearly", "tiers": tiers},
        }
        program_id = create_program(body, actor=owner_of(shop))
    activated(shop, program_id)


def refunded(shop: Shop, purchase_id: UUID, amount_minor: int) -> None:
    with unit_of_work(shop.id):
        refund_purchase(purchase_id, amount_minor=amount_minor, items=None, reason="", actor=owner_of(shop))
    settle(shop)


def book_of(shop: Shop, member_id: UUID, kind: str = "points") -> dict[str, Any]:
    """The figures of a member's points, or of the enrollment that has a tier."""
    with unit_of_work(shop.id) as current:
        mine = select(Enrollment).where(Enrollment.member_id == member_id)
        which = Enrollment.unit == "points" if kind == "points" else Enrollment.tier.is_not(None)
        book = current.scalars(mine.where(which)).one()
        return {name: getattr(book, name) for name in ("balance", "owed", "lifetime", "tier", "state")}


def vouchers(shop: Shop, member_id: UUID) -> list[str]:
    with unit_of_work(shop.id) as current:
        return list(current.scalars(select(Voucher.status).where(Voucher.member_id == member_id).order_by(Voucher.id)))


def expiries_of(shop: Shop) -> list[Any]:
    with unit_of_work(shop.id) as current:
        open_lots = select(Lot.expires_at, Lot.remaining).where(Lot.remaining > 0)
        return sorted(tuple(row) for row in current.execute(open_lots))


def state_of(shop: Shop) -> dict[str, Any]:
    """Members, kept figures, whose purchases are whose, and who reached which tier."""
    figures = ("balance", "pending", "owed", "lifetime", "spent", "expired", "state", "issued", "forfeited")
    with unit_of_work(shop.id) as current:
        members = current.execute(
            select(Member.id, Member.name, Member.phone, Member.email, Member.birthday, Member.status).where(
                Member.erased_at.is_(None)
            )
        )
        books = current.execute(
            select(Enrollment.member_id, Enrollment.program_id, *(getattr(Enrollment, name) for name in figures))
        )
        bought = current.execute(select(Purchase.id, Purchase.member_id))
        tiers = current.execute(select(TierHistory.member_id, TierHistory.to_tier))
        return {
            "members": sorted(map(str, members)),
            "books": sorted(map(str, books)),
            "purchases": sorted(map(str, bought)),
            "tiers": sorted(map(str, tiers)),
        }


def assert_books_add_up(shop: Shop) -> None:
    with unit_of_work(shop.id) as current:
        assert list(breaks(current(), shop.id)) == []
