"""What tests of points ask of the books: a balance, the events, and after every test the proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.tenancy import unscoped
from app.core.unit_of_work import session, unit_of_work
from app.models.outbox import OutboxEvent
from app.queries.enrollments import enrollments_of
from app.queries.verification import breaks
from tests.factories.businesses import Shop


@pytest.fixture(autouse=True)
def proven(cafe: Shop) -> Iterator[None]:
    """After every test of a module that imports this, the café's books add up."""
    yield
    with unscoped("test") as opened:
        assert list(breaks(opened, cafe.id)) == []


def balance(shop: Shop, member_id: UUID) -> int:
    """The points that a member may use now."""
    with unit_of_work(shop.id):
        return sum(entry["balance"] for entry in enrollments_of(member_id) if entry["unit"] == "points")


def events(shop: Shop, kind: str) -> list[dict[str, Any]]:
    """The payloads of the events of a kind such as "points.redeemed", in their order."""
    with unit_of_work(shop.id):
        found = select(OutboxEvent.payload).where(OutboxEvent.event_type == f"loyalty.{kind}").order_by(OutboxEvent.id)
        return list(session().scalars(found))
