"""The books are only added to, by one service, and the database itself refuses everything else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, text

from tests.support.databases import Database

ROOT = Path(__file__).parents[2]
APPEND_ONLY = {"audit_log", "ledger_entry", "outcome", "program_version"}
BOOKS = {"LedgerEntry", "Lot", "Allocation"}
KEEPER = "app/services/ledger.py"
WRITING = {"insert_rows", "update_rows", "insert", "update", "delete"}


@pytest.fixture
def connection(superuser_url: str) -> Iterator[Connection]:
    engine = create_engine(superuser_url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_the_tables_that_refuse_a_change_are_those_of_the_list(connection: Connection) -> None:
    guarded = connection.execute(
        text(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'append_only%'"
            " AND tgenabled = 'O' GROUP BY 1 HAVING count(*) = 2"
        )
    )
    assert set(guarded.scalars()) == APPEND_ONLY


@pytest.mark.parametrize("name", sorted(APPEND_ONLY))
def test_no_role_of_ours_has_the_right_to_change_them(name: str, connection: Connection) -> None:
    granted = connection.execute(
        text(
            "SELECT grantee, privilege_type FROM information_schema.role_table_grants WHERE table_name = :name"
            " AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE') AND grantee NOT IN ('regulars_owner', 'postgres')"
        ),
        {"name": name},
    )
    assert granted.all() == []


@pytest.mark.parametrize("name", sorted(APPEND_ONLY))
def test_not_even_their_owner_empties_them(name: str, database: Database) -> None:
    owner = database.url("regulars_owner").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(owner) as opened, pytest.raises(psycopg.errors.InsufficientPrivilege, match="is append-only"):
        opened.execute(f"TRUNCATE {name} CASCADE")


def test_the_books_are_written_by_one_service() -> None:
    writers = {file for file, call in _calls() if _called(call) in WRITING and _first_name(call) in BOOKS}
    makers = {file for file, call in _calls() if _called(call) in BOOKS}
    assert writers == {KEEPER}
    assert makers == set()


def test_queries_write_nothing_and_only_core_commits() -> None:
    outside_core = [(file, call) for file, call in _calls() if not file.startswith("app/core/")]
    writing = {
        f for f, call in outside_core if f.startswith("app/queries/") and getattr(call.func, "id", "") in WRITING
    }
    committing = {file for file, call in outside_core if _called(call) == "commit"}
    assert (writing, committing) == (set(), set())


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield str(file.relative_to(ROOT)), node


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _first_name(call: ast.Call) -> str:
    return getattr(call.args[0], "id", "") if call.args else ""
