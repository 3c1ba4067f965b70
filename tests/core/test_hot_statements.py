"""Hot statements go round the ORM, not round the guards: they reach the rows of the scope's business and no other."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import bindparam, delete, select, update

from app.core import clock
from app.core.hot_statements import fetch, run
from app.core.ids import new_id
from app.core.tenancy import ForeignBusiness, NoBusinessInScope
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.models.location import Location
from tests.factories.businesses import Shop

NAMES = select(Location.id, Location.name)
NAMED = update(Location).where(Location.id == bindparam("at")).values(name=bindparam("called"))
GIVEN_AWAY = update(Location).values(business_id=bindparam("business_id"))
CLOSED = delete(Location).where(Location.id == bindparam("at"))


def test_another_business_s_rows_are_neither_read_nor_changed_nor_deleted(cafe: Shop, florist: Shop) -> None:
    ours, theirs = _location(cafe), _location(florist)
    with unit_of_work(cafe.id):
        assert [row.id for row in fetch(NAMES) if row.id in (ours, theirs)] == [ours]
        for at, changed in ((ours, 1), (theirs, 0)):
            assert run(NAMED, {"at": at, "called": "Yard"}) == changed
            assert run(CLOSED, {"at": at}) == changed
    with unit_of_work(florist.id):
        assert [row.name for row in fetch(NAMES) if row.id == theirs] == ["Main"]


def test_a_row_is_not_given_away(cafe: Shop, florist: Shop) -> None:
    _location(cafe)
    with unit_of_work(cafe.id), pytest.raises(ForeignBusiness):
        run(GIVEN_AWAY, {"business_id": florist.id})


def test_outside_a_business_there_are_no_rows_but_an_error(cafe: Shop) -> None:
    _location(cafe)
    with platform_session(), pytest.raises(Exception, match="No business is in scope") as refused:
        fetch(NAMES)
    assert isinstance(refused.value.__cause__ or refused.value, NoBusinessInScope)


def test_what_the_session_was_given_before_is_there(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        made = Location(id=new_id(), name="Yard", created_at=clock.now())
        session().add(made)
        assert made.id in {row.id for row in fetch(NAMES)}


def _location(shop: Shop) -> UUID:
    with unit_of_work(shop.id):
        made = Location(id=new_id(), name="Main", created_at=clock.now())
        session().add(made)
        return made.id
