"""A unit of work is one transaction, whoever writes in it, and it is never called committed when it was not."""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from app.core import clock
from app.core.bulk import insert_rows
from app.core.faults import fault
from app.core.hot_statements import fetch
from app.core.ids import new_id
from app.core.unit_of_work import after_commit, session, unit_of_work
from app.models.location import Location
from tests.core.test_scopes import kill_connections
from tests.factories.businesses import Shop

NAMES = select(Location.name)
DEATH = select(func.pg_terminate_backend(func.pg_backend_pid()))


def test_rows_of_the_session_and_rows_sent_past_it_are_committed_together(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        insert_rows(Location, [_row("Past")])
        session().add(Location(**_row("Through")))
        insert_rows(Location, [_row("After")])
    assert {"Past", "Through", "After"} <= _names(cafe)


def test_an_error_undoes_both(cafe: Shop) -> None:
    with pytest.raises(LookupError), unit_of_work(cafe.id):
        insert_rows(Location, [_row("Past")])
        session().add(Location(**_row("Through")))
        session().flush()
        raise LookupError
    assert not {"Past", "Through"} & _names(cafe)


def test_what_a_savepoint_undid_leaves_the_rest(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        insert_rows(Location, [_row("Kept")])
        row = _row("Twice")
        with suppress(IntegrityError), session().begin_nested():
            insert_rows(Location, [row])
            insert_rows(Location, [row])
    assert "Kept" in _names(cafe)
    assert "Twice" not in _names(cafe)


def test_an_error_of_the_database_that_is_passed_over_does_not_end_as_a_success(cafe: Shop) -> None:
    told: list[str] = []
    with pytest.raises(DBAPIError, match="undone"), unit_of_work(cafe.id):
        insert_rows(Location, [_row("Lost")])
        after_commit(lambda: told.append("committed"))
        row = _row("Twice")
        with suppress(IntegrityError):
            insert_rows(Location, [row, row])
    assert "Lost" not in _names(cafe)
    assert told == []


@pytest.mark.parametrize("after", ["nothing more", "a statement through the session", "a statement past it"])
@pytest.mark.parametrize("way", ["through the session", "past it"])
def test_a_lost_connection_does_not_end_as_a_success(cafe: Shop, way: str, after: str) -> None:
    with pytest.raises(DBAPIError) as lost, unit_of_work(cafe.id):
        insert_rows(Location, [_row("Lost")])
        with suppress(DBAPIError):
            fetch(DEATH) if way == "past it" else session().execute(DEATH)
        if after == "a statement past it":
            with suppress(DBAPIError):
                insert_rows(Location, [_row("Late")])
        elif after == "a statement through the session":
            with suppress(SQLAlchemyError):
                session().execute(insert(Location).values(business_id=cafe.id, **_row("Late")))
    assert fault(lost.value) == "read_only"
    assert lost.value.connection_invalidated
    assert not {"Lost", "Late"} & _names(cafe)


def test_a_connection_lost_without_anybody_s_notice_is_told_at_the_commit(cafe: Shop, superuser_url: str) -> None:
    with pytest.raises(OperationalError) as lost, unit_of_work(cafe.id):
        insert_rows(Location, [_row("Lost")])
        kill_connections(superuser_url)
    assert fault(lost.value) == "read_only"
    assert "Lost" not in _names(cafe)


def _row(name: str) -> dict[str, object]:
    return {"id": new_id(), "name": name, "created_at": clock.now()}


def _names(shop: Shop) -> set[str]:
    with unit_of_work(shop.id):
        return {row.name for row in fetch(NAMES)}
