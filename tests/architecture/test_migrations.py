"""The migrations make what the models say, and can be taken back."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

import app.models  # noqa: F401 - fills the metadata
from app.core.model import Base
from tests.support.databases import Database

ROOT = Path(__file__).parents[2]
VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))


def test_the_models_and_the_migrated_database_are_the_same(owner_url: str) -> None:
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == []


def test_every_migration_can_be_taken_back_and_made_again(fresh_database: Database) -> None:
    _flask(fresh_database, "downgrade", "base")
    engine = create_engine(fresh_database.url("regulars_owner"))
    assert inspect(engine).get_table_names() == ["alembic_version"]
    _flask(fresh_database, "upgrade")
    assert set(inspect(engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    engine.dispose()


def test_migrations_are_numbered_in_one_line() -> None:
    numbers = [file.name[:4] for file in VERSIONS]
    assert numbers == [f"{number:04d}" for number in range(1, len(VERSIONS) + 1)]
    for file, number in zip(VERSIONS, numbers, strict=True):
        source = file.read_text()
        before = f'"{int(number) - 1:04d}"' if number != "0001" else "None"
        assert re.search(rf'^revision(: str)? = "{number}"$', source, re.M), file.name
        assert re.search(rf"^down_revision(: [^=]+)? = {before}$", source, re.M), file.name


def _flask(database: Database, *command: str) -> None:
    environment = os.environ | database.environment()
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", *command],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
