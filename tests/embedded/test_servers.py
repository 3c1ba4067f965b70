"""The embedded servers: roles, settings, adoption and what survives a kill."""

import psycopg
import redis

from tests.support.databases import Database, plain_url


def test_the_app_role_has_no_way_around_row_level_security(superuser_url: str) -> None:
    with psycopg.connect(plain_url(superuser_url)) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'regulars%' ORDER BY 1"
        ).fetchall()
    assert roles == [
        ("regulars_app", False, False),
        ("regulars_maintenance", False, True),
        ("regulars_owner", False, False),
    ]


def test_the_app_role_may_write_the_owners_tables_but_not_make_its_own(fresh_database: Database) -> None:
    with psycopg.connect(plain_url(fresh_database.url("regulars_owner"))) as owner:
        owner.execute("CREATE TABLE punch (id bigint GENERATED ALWAYS AS IDENTITY, cups int)")
    with psycopg.connect(plain_url(fresh_database.url("regulars_app"))) as app:
        app.execute("INSERT INTO punch (cups) VALUES (3)")
        assert app.execute("UPDATE punch SET cups = 4 RETURNING cups").fetchone() == (4,)
        try:
            app.execute("CREATE TABLE other (id int)")
        except psycopg.errors.InsufficientPrivilege:
            return
    raise AssertionError("the app role made a table")


def test_a_killed_valkey_still_knows_what_it_was_told(private_stack: Database) -> None:
    valkey = private_stack.services.valkey
    assert valkey is not None
    with redis.Redis.from_url(private_stack.redis_url) as client:
        client.set("bell", "rung")
    valkey.stop()
    valkey.start()
    with redis.Redis.from_url(private_stack.redis_url) as client:
        assert client.get("bell") == b"rung"
