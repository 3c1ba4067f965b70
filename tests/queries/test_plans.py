"""How PostgreSQL answers the lists of a business with many programs: by indexes, whatever is filtered and sorted by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.lifecycle import Status
from app.factory import create_app
from app.queries.program_filters import ProgramFilter
from app.queries.program_totals import program_totals
from app.queries.programs import SORTS, deleted_page, matching_ids, program, programs_listing
from bench.shelf import fill_shelf
from bench.shop import Shop, found_shop
from tests.support.app import Client, close, settings_for
from tests.support.databases import Database, cloned_database, plain_url
from tests.support.stack import DATABASES_A_WORKER, FRESH_FROM, worker_number
from tests.support.statements import sent

PROGRAMS = 12_000
MANY = 10_000

FILTERS = {
    "everything": ProgramFilter(),
    "live ones": ProgramFilter(statuses=(Status.ACTIVE,)),
    "two statuses": ProgramFilter(statuses=(Status.PAUSED, Status.ENDED)),
    "a type": ProgramFilter(rule_type="PUNCH_CARD"),
    "a rare word": ProgramFilter(q="011999"),
    "two words": ProgramFilter(q="winter 01199"),
    "an id": ProgramFilter(q=str(UUID(int=7))),
}


@pytest.fixture(scope="module")
def shelf(services: Any) -> Iterator[tuple[Flask, Shop]]:
    """A business with 12,000 programs beside one with few, in a database whose statistics are fresh."""
    redis_url = services.valkey.url(FRESH_FROM + worker_number() * DATABASES_A_WORKER)
    with cloned_database(services, redis_url) as database:
        made = create_app(settings_for(database))
        made.test_client_class = Client
        with made.app_context():
            shop = found_shop((), 0)
            fill_shelf(shop, 0, PROGRAMS)
            fill_shelf(found_shop((), 0), 0, 500)
        _analyze(database)
        yield made, shop
        close(made)


@pytest.fixture
def scope(shelf: tuple[Flask, Shop]) -> Iterator[list[tuple[str, Any]]]:
    """The shop's unit of work; every statement in it with its values."""
    made, shop = shelf
    with made.app_context(), unit_of_work(shop.id), sent() as seen:
        yield seen


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_answered_by_an_index(scope: list[tuple[str, Any]], name: str) -> None:
    page, totals = programs_listing(FILTERS[name])
    assert page.total_count == sum(totals[status] for status in FILTERS[name].statuses or Status)
    _assert_no_long_scan(scope)


@pytest.mark.parametrize("key", [f"{sign}{key}" for key in SORTS for sign in ("", "-")])
def test_an_order_reads_no_table_from_end_to_end(scope: list[tuple[str, Any]], key: str) -> None:
    page, _ = programs_listing(ProgramFilter(), sort=key, page=3)
    assert len(page.rows) == 20
    _assert_no_long_scan(scope)


def test_one_program_the_deleted_ones_and_all_that_match(scope: list[tuple[str, Any]]) -> None:
    ids = matching_ids(ProgramFilter(statuses=(Status.ACTIVE,), rule_type="PUNCH_CARD"), limit=500)
    assert len(ids) == 500
    program(ids[0])
    deleted_page()
    _assert_no_long_scan(scope)


def test_the_kept_totals_of_many_are_those_that_counting_finds(scope: list[tuple[str, Any]]) -> None:
    kept = program_totals(ProgramFilter(), clock.now())
    ids = tuple(matching_ids(ProgramFilter(), limit=PROGRAMS * 2))
    assert kept == program_totals(ProgramFilter(ids=ids), clock.now())


def _analyze(database: Database) -> None:
    with psycopg.connect(plain_url(database.url("postgres")), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _assert_no_long_scan(seen: list[tuple[str, Any]]) -> None:
    """Ask PostgreSQL for the plan of each statement, as the business sees it."""
    statements = [each for each in seen if each[0].lstrip().upper().startswith("SELECT") and "program" in each[0]]
    assert statements
    connection = session().connection()
    large = set(
        connection.exec_driver_sql(f"SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > {MANY}").scalars()
    )
    assert {"program", "program_version", "program_stats", "program_word"} <= large
    for statement, values in statements:
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
        scanned = [node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"]
        assert large.isdisjoint(scanned), (scanned, statement)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)
