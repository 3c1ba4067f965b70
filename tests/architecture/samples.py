"""Rows of the café's whose ids are put into addresses, and bodies that are right, so that only the id can be wrong."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core.ids import new_id
from app.core.unit_of_work import unit_of_work
from app.domain.actor import Actor
from app.services.api_keys import create_api_key
from app.services.businesses import create_location
from app.services.staff import add_staff
from tests.factories.businesses import Shop, address
from tests.factories.people import PASSWORD

BODIES: dict[str, dict[str, Any]] = {
    "PATCH /api/v1/locations/<uuid:location_id>": {"name": "Another name"},
    "PATCH /api/v1/staff/<uuid:staff_id>": {"name": "Another name"},
}


def sample_ids(shop: Shop) -> dict[str, UUID]:
    """Return an id of the shop's for each name in an address; "unknown" is nobody's."""
    owner = Actor("user", shop.owner.user_id, shop.owner.name)
    with unit_of_work(shop.id):
        key_id, _ = create_api_key("sample", "staff", None, owner)
        return {
            "unknown": new_id(),
            "key_id": key_id,
            "location_id": create_location({"name": "Sample"}, owner),
            "staff_id": add_staff("Sample", address("sample"), "staff", PASSWORD, None, owner),
        }
