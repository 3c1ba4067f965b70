"""Scopes: without one nothing is reachable, and nothing of one stays for the next."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.core.ids import new_id
from app.core.tenancy import NoBusinessInScope, business_scope, current_business_id, db, platform_scope, unscoped
from app.core.unit_of_work import after_commit, platform_session, session, unit_of_work
from app.factory import create_app
from app.models.business import Business
from app.models.location import Location
from tests.factories.businesses import Shop
from tests.support.app import close, settings_for
from tests.support.databases import Database


def test_without_a_scope_there_is_no_session(in_app: Flask) -> None:
    with pytest.raises(NoBusinessInScope):
        session()
    with pytest.raises(NoBusinessInScope):
        current_business_id()


def test_the_platform_scope_raises_on_a_business_s_table_and_shows_no_rows_of_it(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        session().add(Location(id=new_id(), name="Main", created_at=clock.now()))
    with platform_session():
        with pytest.raises(NoBusinessInScope):
            session().scalars(select(Location))
        assert session().execute(text("SELECT count(*) FROM location")).scalar_one() == 0
        with pytest.raises(NoBusinessInScope):
            session().add(Location(id=new_id(), name="Main", created_at=clock.now()))


def test_scopes_have_sessions_of_their_own_and_an_object_does_not_cross(cafe: Shop) -> None:
    with business_scope(cafe.id):
        outer = session()
        with platform_scope():
            assert session() is not outer
        assert session() is outer


def test_an_error_rolls_back_and_hooks_do_not_run(cafe: Shop) -> None:
    ran: list[str] = []
    with pytest.raises(LookupError), unit_of_work(cafe.id):
        session().add(Location(id=new_id(), name="Never", created_at=clock.now()))
        session().flush()
        after_commit(lambda: ran.append("hook"))
        raise LookupError
    with unit_of_work(cafe.id):
        assert session().scalars(select(Location).where(Location.name == "Never")).first() is None
    assert ran == []


def test_hooks_run_after_the_commit_and_their_errors_change_nothing(cafe: Shop) -> None:
    seen: list[int] = []

    def look() -> None:
        with unit_of_work(cafe.id):
            seen.append(len(session().scalars(select(Location)).all()))

    with unit_of_work(cafe.id):
        session().add(Location(id=new_id(), name="Main", created_at=clock.now()))
        after_commit(lambda: 1 / 0)
        after_commit(look)
    assert seen == [1]


@pytest.mark.parametrize("ending", ["commit", "rollback", "savepoint"])
def test_a_pooled_connection_keeps_nothing_of_the_business_before(ending: str, cafe: Shop, database: Database) -> None:
    made = create_app(settings_for(database, pool_size=1))
    with made.app_context():
        with unit_of_work(cafe.id):
            session().add(Location(id=new_id(), name="Main", created_at=clock.now()))
        _use(cafe, ending)
        with platform_session():
            assert session().scalar(text("SELECT current_setting('app.business_id', true)")) == ""
            assert session().scalar(text("SELECT count(*) FROM location")) == 0
        with unit_of_work(new_id()):
            assert session().scalar(text("SELECT count(*) FROM location")) == 0
    close(made)


def _use(cafe: Shop, ending: str) -> None:
    try:
        with unit_of_work(cafe.id):
            if ending == "savepoint":
                with session().begin_nested():
                    assert session().scalar(text("SELECT count(*) FROM location")) == 1
            assert session().scalar(text("SELECT count(*) FROM location")) == 1
            if ending == "rollback":
                raise LookupError
    except LookupError:
        pass


def test_a_connection_that_died_in_the_pool_is_replaced_before_any_work(cafe: Shop, superuser_url: str) -> None:
    with unit_of_work(cafe.id):
        session().scalar(select(Business.name))
    kill_connections(superuser_url)
    with unit_of_work(cafe.id):
        assert session().scalar(select(Business.name).where(Business.id == cafe.id)) == cafe.name
    kill_connections(superuser_url)
    with platform_session():
        assert session().scalar(select(Business.name).where(Business.id == cafe.id)) == cafe.name
    db.engine.dispose()  # those that nobody asked for again are dead too, and wait in the pool for another test


def test_a_thread_starts_without_a_scope(cafe: Shop) -> None:
    found: list[type[BaseException]] = []

    def look() -> None:
        try:
            current_business_id()
        except NoBusinessInScope as error:
            found.append(type(error))

    with business_scope(cafe.id):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert found == [NoBusinessInScope]


def test_the_maintenance_role_sees_every_business_and_the_app_role_is_bound(
    cafe: Shop, florist: Shop, in_app: Flask
) -> None:
    for shop in (cafe, florist):
        with unit_of_work(shop.id):
            session().add(Location(id=new_id(), name="Main", created_at=clock.now()))
    with unscoped("test") as maintenance:
        owners = set(maintenance.scalars(text("SELECT business_id FROM location")))
        assert {cafe.id, florist.id} <= owners
        with pytest.raises(DBAPIError):
            maintenance.execute(text("DELETE FROM location"))
        maintenance.rollback()
    with db.engine.connect() as connection:
        bound = connection.execute(text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"))
        assert bound.one() == (False, False)


def kill_connections(superuser_url: str) -> None:
    engine = create_engine(superuser_url)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                " WHERE application_name = 'regulars test' AND datname = current_database()"
            )
        )
    engine.dispose()
