"""After every test the proof of the books, as `flask ledger verify` makes it; and what tests of points ask of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import NullPool, create_engine, select
from sqlalchemy.orm import Session

from app.core.unit_of_work import session, unit_of_work
from app.models.business import Business
from app.models.outbox import OutboxEvent
from app.queries.enrollments import enrollments_of
from app.queries.verification import breaks
from tests.factories.businesses import Shop
from tests.support.databases import Database

FEW = 4
"""A database of a test's own has at most so many businesses: there all are looked at, also those of its module."""

DATABASES = ("own_database", "fresh_database")


@pytest.fixture(autouse=True)
def proven(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test the books of the businesses that it worked with add up; `tampered` excuses a test from it."""
    database = _database(request)
    if database is None:
        yield
        return
    with _reading(database) as current:
        known = set(current.scalars(select(Business.id)))
    yield
    with _reading(database) as current:
        found = set(current.scalars(select(Business.id)))
        for business_id in found if len(found) <= FEW else found - known:
            assert list(breaks(current, business_id)) == []


def balance(shop: Shop, member_id: UUID) -> int:
    """The points that a member may use now."""
    with unit_of_work(shop.id):
        return sum(entry["balance"] for entry in enrollments_of(member_id) if entry["unit"] == "points")


def events(shop: Shop, kind: str) -> list[dict[str, Any]]:
    """The payloads of the events of a kind such as "points.redeemed", in their order."""
    with unit_of_work(shop.id):
        found = select(OutboxEvent.payload).where(OutboxEvent.event_type == f"loyalty.{kind}").order_by(OutboxEvent.id)
        return list(session().scalars(found))


def _database(request: pytest.FixtureRequest) -> Database | None:
    """The database that a test works on; None for one that works on none, or tampers with it."""
    if request.node.get_closest_marker("tampered"):
        return None
    asked: Sequence[str] = request.fixturenames
    own = [name for name in DATABASES if name in asked]
    if not own and "app" not in asked:
        return None
    found: Database = request.getfixturevalue(own[0] if own else "database")
    return found


@contextmanager
def _reading(database: Database) -> Iterator[Session]:
    """One moment of a database, seen as `flask ledger verify` sees it, beside whatever still runs."""
    engine = create_engine(database.url("regulars_maintenance"), poolclass=NullPool, isolation_level="REPEATABLE READ")
    with Session(engine) as opened:
        yield opened
