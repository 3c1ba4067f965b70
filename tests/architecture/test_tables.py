"""Every table is either on the platform list or guarded, in its keys and by the database (ARCHITECTURE 3, C-61)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Table, UniqueConstraint, create_engine, text

import app.models  # noqa: F401 - fills the metadata
from app.core.model import Base, Platform, TenantOwned

PLATFORM = {
    "business",
    "user_account",
    "membership",
    "user_session",
    "api_key",
    "device",
    "idempotency",
    "due",
    "platform_reward",
    "join_link",
}

TENANT = sorted(
    table.name
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, TenantOwned) and isinstance(table := mapper.local_table, Table)
)


@pytest.fixture
def connection(superuser_url: str) -> Iterator[Connection]:
    engine = create_engine(superuser_url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_every_model_is_a_business_s_or_on_the_platform_list() -> None:
    platform = {m.local_table.name for m in Base.registry.mappers if issubclass(m.class_, Platform)}  # type: ignore[attr-defined]
    assert platform == PLATFORM
    assert set(Base.metadata.tables) == PLATFORM | set(TENANT)


def test_every_table_with_a_business_is_guarded_with_force(connection: Connection) -> None:
    rows = connection.execute(
        text(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS is_forced,"
            "  (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid"
            "     AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL AND p.polcmd = '*') AS policies"
            "  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
        )
    )
    found = {row.relname: (row.is_forced, row.policies) for row in rows}
    assert set(found) == PLATFORM | set(TENANT) | {"alembic_version"}
    assert {name for name in TENANT if found[name] != (True, 1)} == set()
    assert {name for name in PLATFORM if found[name][0]} == set()


def test_there_is_no_view_that_would_run_as_its_owner(connection: Connection) -> None:
    views = connection.execute(
        text(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
            " AND c.relkind IN ('v', 'm') AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false)"
        )
    )
    assert views.all() == []


def test_the_app_role_owns_nothing_and_passes_no_guard(connection: Connection) -> None:
    role = connection.execute(
        text("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'regulars_app'")
    )
    assert role.one() == (False, False, False, False)
    owned = connection.execute(text("SELECT relname FROM pg_class WHERE relowner = 'regulars_app'::regrole"))
    assert owned.all() == []


@pytest.mark.parametrize("name", TENANT)
def test_a_business_s_table_has_the_business_in_every_key(name: str) -> None:
    table = Base.metadata.tables[name]
    assert next(iter(table.primary_key.columns)).name == "business_id"
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            assert "business_id" in constraint.columns, constraint.name
    for index in table.indexes:
        if index.unique:
            assert "business_id" in index.columns, index.name


@pytest.mark.parametrize("name", TENANT)
def test_a_reference_between_businesses_rows_contains_the_business(name: str) -> None:
    table = Base.metadata.tables[name]
    for key in table.foreign_key_constraints:
        target = key.referred_table.name
        assert key.ondelete == "RESTRICT", key.name
        if target in TENANT:
            pairs = {(element.parent.name, element.column.name) for element in key.elements}
            assert ("business_id", "business_id") in pairs, key.name


@pytest.mark.parametrize("name", TENANT)
def test_the_business_of_every_row_is_proven_by_a_reference(name: str) -> None:
    """Directly, or through the composite key to a row that has one."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        found = waiting.pop()
        if found == "business":
            return
        seen.add(found)
        keys = Base.metadata.tables[found].foreign_key_constraints
        waiting += [key.referred_table.name for key in keys if _is_certain(key)]
        waiting = [other for other in waiting if other not in seen]
    pytest.fail(f"{name}: nothing proves that the business exists")


def _is_certain(key: object) -> bool:
    """Say whether no column of the key may be null, so that it always holds."""
    return "business_id" in key.column_keys and not any(e.parent.nullable for e in key.elements)  # type: ignore[attr-defined]
