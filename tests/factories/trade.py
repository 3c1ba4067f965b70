"""Members of a shop, what they buy, and the settling of it in this process."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import unit_of_work
from app.domain.body import parsed
from app.domain.lifecycle import Action
from app.domain.purchase_order import PurchaseBody, purchase_order
from app.jobs.earning import settle_purchases
from app.services.members import create_member
from app.services.program_lifecycle import move_program
from app.services.program_stats import fold_program_stats
from app.services.programs import create_program
from app.services.purchases import record_purchase
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of, punch_card

POINTS_CONFIG = {"pointsPerDollar": Decimal(2), "redemptionRate": 50}


def join(shop: Shop, name: str, **fields: Any) -> UUID:
    """Make a member."""
    with unit_of_work(shop.id):
        return create_member({"name": name, **fields}, actor=owner_of(shop))


def live_punch_card(shop: Shop, **fields: Any) -> UUID:
    """Make a punch card of three and activate it."""
    return activated(shop, punch_card(shop, **fields))


def live_points(shop: Shop, **fields: Any) -> UUID:
    """Make a points program, two for each unit spent, fifty worth one, and activate it."""
    body = {"name": "Bean points", "ruleType": "POINTS_BASED", "ruleConfig": dict(POINTS_CONFIG), **fields}
    with unit_of_work(shop.id):
        program_id = create_program(body, actor=owner_of(shop))
    return activated(shop, program_id)


def live_tiers(shop: Shop, **fields: Any) -> UUID:
    """Make Silver from 50 and Gold from 100 a year, with half as many points again, and activate it."""
    tiers = [
        {"name": "Silver", "threshold": {"type": "spending", "value": 50}},
        {"name": "Gold", "threshold": {"type": "spending", "value": 100}, "multipliers": {"points": "1.5"}},
    ]
    config = {"tiers": tiers, "evaluationPeriod": "yearly", "degradationRules": {"enabled": True}}
    body = {"name": "The circle", "ruleType": "TIER_BASED", "ruleConfig": config, **fields}
    with unit_of_work(shop.id):
        program_id = create_program(body, actor=owner_of(shop))
    return activated(shop, program_id)


def activated(shop: Shop, program_id: UUID) -> UUID:
    """Activate a draft."""
    with unit_of_work(shop.id):
        move_program(program_id, Action.ACTIVATE, actor=owner_of(shop))
    return program_id


def sell(shop: Shop, member_id: UUID, amount: str = "42.50", **fields: Any) -> UUID:
    """Record a sale and settle what waits."""
    body = {"orderId": str(new_id()), "memberId": str(member_id), "amount": Decimal(amount), **fields}
    with unit_of_work(shop.id):
        order, problems = purchase_order(parsed(PurchaseBody, body), currency=shop.currency, now=clock.now())
        assert order is not None, problems
        purchase_id = record_purchase(order, actor=owner_of(shop)).purchase_id
    settle(shop)
    return purchase_id


def settle(shop: Shop) -> None:
    """Do what the workers would: settle what waits and fold the figures."""
    settle_purchases(str(shop.id))
    with unit_of_work(shop.id):
        fold_program_stats()
