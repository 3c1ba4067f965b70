"""What happens behind the API: purchases that wait are settled, as the worker would."""

from __future__ import annotations

from uuid import UUID

from app.core.unit_of_work import unit_of_work
from app.services import earning


def settle(business_id: UUID) -> None:
    """Settle everything that waits in one business."""
    while True:
        with unit_of_work(business_id):
            members = earning.claim_members().members
            if not members:
                return
            earning.settle_members(members)
