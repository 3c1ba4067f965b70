"""Programs of a shop, made by the product's own services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.domain.actor import Actor
from app.services.programs import create_program
from tests.factories.businesses import Shop

PUNCH_CONFIG: Mapping[str, Any] = {
    "punchesRequired": 3,
    "rewardType": "free_item",
    "rewardValue": "free_coffee",
    "rewardDescription": "A coffee on the house",
}


def owner_of(shop: Shop) -> Actor:
    """The shop's owner as an actor."""
    return Actor("user", shop.owner.user_id, shop.owner.name)


def punch_card(shop: Shop, **fields: Any) -> UUID:
    """Make a punch card of three; ``fields`` are of the body, in camelCase."""
    body = {"name": "Coffee card", "ruleType": "PUNCH_CARD", "ruleConfig": dict(PUNCH_CONFIG), **fields}
    with unit_of_work(shop.id):
        return create_program(body, actor=owner_of(shop))
