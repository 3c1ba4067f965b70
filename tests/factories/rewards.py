"""Rewards of a shop, and members with points to turn into them, made by the product's own services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.queries.redemptions import redemption
from app.services.redemption_moves import move_redemption
from app.services.redemptions import request_redemption
from app.services.rewards import add_reward
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, sell


def free_coffee(shop: Shop, **fields: Any) -> UUID:
    """Add a reward of 40 points; ``fields`` are of the body, in camelCase."""
    body = {"name": "A free coffee", "rewardType": "free_product", "pointsCost": 40, **fields}
    with unit_of_work(shop.id):
        return add_reward(body, actor=owner_of(shop))


def saver(shop: Shop, name: str = "Cleo", *, points: int = 100, program_id: UUID | None = None, **fields: Any) -> UUID:
    """Make a member who has earned so many points, two for each unit spent."""
    if program_id is None:
        live_points(shop)
    member_id = join(shop, name, **fields)
    if points:
        sell(shop, member_id, f"{points / 2:.2f}")
    return member_id


def redeem(shop: Shop, member_id: UUID, reward_id: UUID, **options: Any) -> UUID:
    """Redeem a reward as the owner."""
    with unit_of_work(shop.id):
        return request_redemption(member_id, reward_id, actor=owner_of(shop), **options)


def moved(shop: Shop, redemption_id: UUID, status: str, **options: Any) -> dict[str, Any]:
    """Move a redemption and read it."""
    with unit_of_work(shop.id):
        move_redemption(redemption_id, status, actor=owner_of(shop), **options)
    return read(shop, redemption_id)


def read(shop: Shop, redemption_id: UUID) -> dict[str, Any]:
    """The redemption as it stands."""
    with unit_of_work(shop.id):
        return redemption(redemption_id)
