"""How PostgreSQL answers the list of a business with 100,000 members: no filter reads a table from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import event, select

from app.core import clock
from app.core.tenancy import db
from app.core.unit_of_work import session, unit_of_work
from app.factory import create_app
from app.jobs import runtime
from app.models.tag import Tag
from app.queries.member_desk import alike
from app.queries.member_list import MOST_COUNTED, members_page
from app.queries.member_search import MemberFilter
from app.queries.members import member
from app.services.member_tags import tag_members
from tests.factories.businesses import Shop, found_shop
from tests.factories.programs import owner_of
from tests.factories.trade import join, live_points, live_punch_card, sell
from tests.support.app import close, settings_for
from tests.support.databases import Database, cloned_database, plain_url
from tests.support.stack import DATABASES_A_WORKER, FRESH_FROM, worker_number

MEMBERS = 100_000
MOST_READ = MOST_COUNTED + 1
"""Rows of one table that one node of a plan may read without an index: the total is counted no further."""

pytestmark = [pytest.mark.timeout(600), pytest.mark.tampered]

FILTERS = {
    "everybody": MemberFilter(),
    "a rare word": MemberFilter(q="guest 77777"),
    "the end of a number": MemberFilter(q="077777"),
    "suspended": MemberFilter(status="suspended"),
    "new": MemberFilter(segment="new"),
    "a tag": MemberFilter(tag_id=UUID(int=1)),
    "seen this week": MemberFilter(last_visit="week"),
    "not seen for 90 days": MemberFilter(last_visit="not-90"),
    "never seen": MemberFilter(last_visit="never"),
    "a month of birth": MemberFilter(birth_month=3),
    "a tier": MemberFilter(tier="Gold"),
    "a reward to use": MemberFilter(has_unredeemed=True),
    "several at once": MemberFilter(q="guest", birth_month=3, last_visit="week"),
}


@pytest.fixture(scope="module")
def crowd(app: Flask, services: Any) -> Iterator[tuple[Flask, Shop]]:
    """A café with 100,000 members: two who have lived here, and copies of them."""
    redis_url = services.valkey.url(FRESH_FROM + worker_number() * DATABASES_A_WORKER)
    with cloned_database(services, redis_url) as database:
        made = create_app(settings_for(database))
        runtime.serve(made)
        with made.app_context():
            shop = _opened()
        _copied(database)
        yield made, shop
        close(made)
        runtime.serve(app)


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_reads_no_table_from_end_to_end(crowd: tuple[Flask, Shop], name: str) -> None:
    made, shop = crowd
    wanted = FILTERS[name]
    with made.app_context(), unit_of_work(shop.id):
        if wanted.tag_id:
            wanted = MemberFilter(tag_id=session().scalars(select(Tag.id)).one())
        with _noted() as seen:
            page = members_page(wanted)
        assert page.members.rows or name in ("a tier", "suspended"), "the filter finds somebody"
        _assert_short_scans(seen)


def test_who_looks_alike_is_looked_up(crowd: tuple[Flask, Shop]) -> None:
    made, shop = crowd
    with made.app_context(), unit_of_work(shop.id):
        one = members_page(MemberFilter(q="guest 77777")).members.rows[0]
        with _noted() as seen:
            alike(member(one["id"]))
        _assert_short_scans(seen)


def _opened() -> Shop:
    shop = found_shop("Café Alma", "Alma")
    long_ago = clock.now() - timedelta(days=200)
    live_points(shop, startsAt=long_ago.isoformat())
    live_punch_card(shop, startsAt=long_ago.isoformat())
    regular = join(shop, "Guest", phone="+380670000001", email="guest@example.com", birthday="1990-03-08")
    with clock.frozen(long_ago + timedelta(days=1)):
        for _ in range(3):
            sell(shop, regular, "10.00")
    with unit_of_work(shop.id):
        tag_members([regular], "VIP", actor=owner_of(shop))
    return shop


def _copied(database: Database) -> None:
    with psycopg.connect(plain_url(database.url("postgres")), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, changes, every in _COPIES:
            columns = connection.execute(_COLUMNS, [table]).fetchall()
            names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in columns)
            copy = sql.SQL(_COPY).format(table=sql.Identifier(table), columns=names, changes=sql.SQL(changes))
            connection.execute(copy, {"every": every, "members": MEMBERS})
        connection.execute("VACUUM ANALYZE")


_COLUMNS: LiteralString = """
SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'
"""
_COPY: LiteralString = """
INSERT INTO {table} ({columns})
SELECT {columns} FROM (
  SELECT r.* FROM (SELECT * FROM {table} LIMIT 1) o, generate_series(1, %(members)s) n,
    LATERAL jsonb_populate_record(NULL::{table}, to_jsonb(o) || {changes}) r
  WHERE n %% %(every)s = 0
) copies
"""
_ID: LiteralString = "md5('member' || n)::uuid"
_COPIES: tuple[tuple[LiteralString, LiteralString, int], ...] = (
    (
        "member",
        f"""jsonb_build_object('id', {_ID}, 'name', 'Guest ' || n, 'code', 'C' || n, 'referral_code', 'R' || n,
        'email', 'guest.' || n || '@example.com', 'phone', '+38050' || lpad(n::text, 7, '0'), 'external_id', NULL,
        'birthday', date '1960-01-01' + n %% 10000, 'joined_at', now() - make_interval(mins => n * 10),
        'last_purchase_at', CASE WHEN n %% 10 = 0 THEN NULL ELSE now() - make_interval(mins => n * 3) END)""",
        1,
    ),
    ("member_word", f"jsonb_build_object('member_id', {_ID}, 'word', n::text)", 1),
    ("member_word", f"jsonb_build_object('member_id', {_ID}, 'word', 'guest')", 1),
    ("enrollment", f"jsonb_build_object('id', md5('book' || n)::uuid, 'member_id', {_ID})", 1),
    ("member_tag", f"jsonb_build_object('member_id', {_ID})", 500),
    (
        "voucher",
        f"""jsonb_build_object('id', md5('voucher' || n)::uuid, 'code', 'V' || n, 'member_id', {_ID},
        'status', 'available')""",
        200,
    ),
)


@contextmanager
def _noted() -> Iterator[list[tuple[str, Any]]]:
    """The statements that reach the database inside, with their values."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _assert_short_scans(seen: list[tuple[str, Any]]) -> None:
    """Have PostgreSQL run each statement again and say how many rows it read without an index."""
    asked = [each for each in seen if each[0].lstrip().upper().startswith("SELECT") and "member" in each[0]]
    assert asked
    connection = session().connection()
    for statement, values in asked:
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar_one()
        for node in _nodes(plan[0]["Plan"]):
            if node["Node Type"] == "Seq Scan":
                read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
                assert read <= MOST_READ, (node["Relation Name"], read, statement)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)
