"""A statement that is built once serves every business: its condition asks, each time it runs, whose scope is open."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.core.tenancy import ForeignBusiness, NoBusinessInScope
from app.core.unit_of_work import platform_session, session, unit_of_work
from app.models.business import Business
from app.models.location import Location
from tests.factories.businesses import Shop
from tests.support.statements import sent

NAMES = select(Location.name).order_by(Location.name)
BUSINESSES = select(Business.id)


def _place(shop: Shop, name: str) -> None:
    with unit_of_work(shop.id):
        session().add(Location(id=new_id(), name=name, created_at=clock.now()))


def test_one_statement_names_each_business_in_its_own_scope(cafe: Shop, florist: Shop) -> None:
    _place(cafe, "Bar")
    _place(florist, "Glasshouse")
    for shop, name in ((cafe, "Bar"), (florist, "Glasshouse"), (cafe, "Bar")):
        with sent() as statements, unit_of_work(shop.id):
            assert name in session().scalars(NAMES).all()
        statement, parameters = next(each for each in statements if "FROM location" in each[0])
        assert "location.business_id = " in statement
        assert {cafe.id, florist.id} & set(parameters.values()) == {shop.id}


def test_threads_that_share_a_statement_see_their_own_rows(in_app: Flask, cafe: Shop, florist: Shop) -> None:
    _place(cafe, "Bar")
    _place(florist, "Glasshouse")
    start = Barrier(8)

    def look(shop: Shop) -> set[tuple[str, ...]]:
        start.wait()
        found = set()
        with in_app.app_context():
            for _ in range(30):
                with unit_of_work(shop.id):
                    found.add(tuple(session().scalars(NAMES)))
        return found

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(look, [cafe, florist] * 4))
    assert all(len(answer) == 1 for answer in answers)
    assert {("Bar" in names, "Glasshouse" in names) for (names,) in answers[::2]} == {(True, False)}
    assert {("Bar" in names, "Glasshouse" in names) for (names,) in answers[1::2]} == {(False, True)}


def test_a_kept_statement_still_raises_where_no_business_is_in_scope(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        session().scalars(NAMES).all()
    with platform_session():
        with pytest.raises(NoBusinessInScope):
            session().scalars(NAMES)
        assert cafe.id in session().scalars(BUSINESSES).all()


def test_a_session_is_of_no_use_in_another_scope(cafe: Shop, florist: Shop) -> None:
    with unit_of_work(cafe.id):
        outer = session()
        with unit_of_work(florist.id), pytest.raises(ForeignBusiness):
            outer.scalars(NAMES)


def test_a_statement_that_nobody_keeps_is_forgotten(cafe: Shop) -> None:
    with unit_of_work(cafe.id):
        built = select(Location.id).where(Location.name == "Bar")
        session().scalars(built).all()
    gone = weakref.ref(built)
    del built
    gc.collect()
    assert gone() is None
