"""Every path by which one business's row could be reached from another's scope (RELIABILITY 4.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, exists, func, insert, select, text, union_all, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased
from sqlalchemy.orm.exc import StaleDataError

from app.core import clock
from app.core.bulk import insert_rows, update_rows
from app.core.ids import new_id
from app.core.tenancy import ForeignBusiness
from app.core.unit_of_work import session, unit_of_work
from app.models.location import Location
from tests.factories.businesses import Shop

CANARY = "Dora's back room"
TABLE: Any = Location.__table__


@dataclass(frozen=True)
class Prey:
    """Dora's row, and an object of it from her own scope that a careless caller kept."""

    id: UUID
    business_id: UUID
    kept: Location


@pytest.fixture
def prey(florist: Shop) -> Prey:
    """A location of Dora's."""
    with unit_of_work(florist.id):
        row = Location(id=new_id(), name=CANARY, created_at=clock.now())
        session().add(row)
        session().flush()
        session().expunge(row)
    return Prey(row.id, florist.id, row)


def _names(found: Any) -> list[str]:
    return [row if isinstance(row, str) else getattr(row, "name", str(row)) for row in found]


def _all(statement: Any) -> list[Any]:
    return list(session().scalars(statement))


def _union() -> list[Any]:
    one = select(Location.name)
    return _all(union_all(one, one).subquery().select())


def _cte() -> list[Any]:
    rows = select(Location).cte()
    return _all(select(rows.c.name))


def _exists() -> list[Any]:
    return [CANARY] if session().scalar(select(exists(select(Location.id).where(Location.name == CANARY)))) else []


def _count() -> list[Any]:
    return [CANARY] * (session().scalar(select(func.count()).select_from(Location).where(Location.name == CANARY)) or 0)


def _scalar_subquery() -> list[Any]:
    return [session().scalar(select(select(Location.name).where(Location.name == CANARY).scalar_subquery())) or ""]


def _from_text() -> list[Any]:
    return _all(select(Location).from_statement(text("SELECT * FROM location")))


def _connection() -> list[Any]:
    return [row.name for row in session().connection().execute(select(Location.__table__))]


def _driver() -> list[Any]:
    return [row.name for row in session().connection().exec_driver_sql("SELECT name FROM location")]


READS: dict[str, Callable[[Prey], list[Any]]] = {
    "select the entity": lambda prey: _all(select(Location)),
    "select a column": lambda prey: _all(select(Location.name)),
    "select by id": lambda prey: _all(select(Location).where(Location.id == prey.id)),
    "count": lambda prey: _count(),
    "aliased": lambda prey: _all(select(aliased(Location))),
    "exists": lambda prey: _exists(),
    "cte": lambda prey: _cte(),
    "union": lambda prey: _union(),
    "scalar subquery": lambda prey: _scalar_subquery(),
    "legacy query": lambda prey: session().query(Location).all(),
    "get with her key": lambda prey: [session().get(Location, (prey.business_id, prey.id)) or ""],
    "core table": lambda prey: [row.name for row in session().execute(select(Location.__table__))],
    "from_statement(text)": lambda prey: _from_text(),
    "text()": lambda prey: [row.name for row in session().execute(text("SELECT name FROM location"))],
    "session.connection()": lambda prey: _connection(),
    "driver's SQL": lambda prey: _driver(),
}


@pytest.mark.parametrize("path", READS)
def test_no_read_reaches_another_business(path: str, cafe: Shop, prey: Prey) -> None:
    with unit_of_work(cafe.id):
        assert CANARY not in _names(READS[path](prey))


def _hold(prey: Prey) -> None:
    session().add(prey.kept)


def _merge(prey: Prey) -> None:
    session().merge(prey.kept)
    session().flush()


def _refresh(prey: Prey) -> None:
    session().add(prey.kept)
    session().refresh(prey.kept)


def _get_held(prey: Prey) -> None:
    session().add(prey.kept)
    session().get(Location, (prey.business_id, prey.id))


def _insert_object(prey: Prey) -> None:
    session().add(Location(id=new_id(), business_id=prey.business_id, name="x", created_at=clock.now()))
    session().flush()


def _move_object(prey: Prey) -> None:
    row = Location(id=new_id(), name="x", created_at=clock.now())
    session().add(row)
    session().flush()
    row.business_id = prey.business_id
    session().flush()


def _row(prey: Prey) -> dict[str, Any]:
    return {"id": new_id(), "business_id": prey.business_id, "name": "x", "created_at": clock.now()}


WRITES: dict[str, Callable[[Prey], Any]] = {
    "hold her object": _hold,
    "merge her object": _merge,
    "refresh her object": _refresh,
    "get her object from the identity map": _get_held,
    "insert an object": _insert_object,
    "move an object": _move_object,
    "bulk insert": lambda prey: session().execute(insert(Location), [_row(prey)]),
    "insert values": lambda prey: session().execute(insert(Location).values(**_row(prey))),
    "core insert": lambda prey: session().execute(insert(TABLE).values(**_row(prey))),
    "core.bulk insert": lambda prey: insert_rows(Location, [_row(prey)]),
    "core.bulk update": lambda prey: update_rows(
        Location, [{"business_id": prey.business_id, "id": prey.id, "name": "x"}], set_=("name",)
    ),
    "bulk update by primary keys": lambda prey: session().execute(
        update(Location), [{"business_id": prey.business_id, "id": prey.id, "name": "x"}]
    ),
    "legacy bulk insert": lambda prey: session().bulk_insert_mappings(Location, [_row(prey)]),
}


@pytest.mark.parametrize("path", WRITES)
def test_no_write_reaches_another_business_and_each_is_an_error(path: str, cafe: Shop, prey: Prey) -> None:
    with pytest.raises((ForeignBusiness, DBAPIError, StaleDataError)), unit_of_work(cafe.id):
        WRITES[path](prey)
    assert _her_locations(prey) == [CANARY]


SILENT: dict[str, Callable[[Prey], Any]] = {
    "update": lambda prey: session().execute(update(Location).where(Location.id == prey.id).values(name="x")),
    "delete": lambda prey: session().execute(delete(Location).where(Location.id == prey.id)),
    "core update": lambda prey: session().execute(update(TABLE).values(name="x")),
    "core delete": lambda prey: session().execute(delete(TABLE)),
    "text update": lambda prey: session().execute(text("UPDATE location SET name = 'x'")),
    "core.bulk update of her id": lambda prey: update_rows(Location, [{"id": prey.id, "name": "x"}], set_=("name",)),
}


@pytest.mark.parametrize("path", SILENT)
def test_no_change_by_condition_touches_another_business(path: str, cafe: Shop, prey: Prey) -> None:
    with unit_of_work(cafe.id):
        SILENT[path](prey)
    assert _her_locations(prey) == [CANARY]


def test_the_database_refuses_a_child_of_another_business(cafe: Shop, prey: Prey, in_app: Flask) -> None:
    row = {"id": new_id(), "business_id": cafe.id, "name": "till", "secret_hash": b"1", "paired_by": cafe.owner.user_id}
    statement = text(
        "INSERT INTO device (id, business_id, location_id, name, secret_hash, paired_by, paired_at) "
        "VALUES (:id, :business_id, :location_id, :name, :secret_hash, :paired_by, now())"
    )
    with pytest.raises(DBAPIError, match="fk_device"), unit_of_work(cafe.id):
        session().execute(statement, row | {"location_id": prey.id})


def _her_locations(prey: Prey) -> list[str]:
    with unit_of_work(prey.business_id):
        return [row.name for row in session().scalars(select(Location).where(Location.id == prey.id))]
