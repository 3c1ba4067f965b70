"""`flask ledger verify` as an operator runs it: one sentence, and an exit status that a script can read."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, text

from app.factory import create_app
from tests.factories.businesses import found_shop
from tests.ledger.history import LivedCafe, lived_through
from tests.support.app import close, settings_for
from tests.support.databases import Database


@pytest.fixture
def installation(fresh_database: Database) -> Iterator[Flask]:
    """An application on a database of its own."""
    made = create_app(settings_for(fresh_database))
    yield made
    close(made)


@pytest.fixture
def cafe(installation: Flask) -> LivedCafe:
    """Alma's café with its history, and Dora's flowers beside it."""
    with installation.app_context():
        found_shop("Dora's Flowers", "Dora")
        return lived_through()


def test_books_that_add_up_are_said_to_and_the_exit_status_is_0(installation: Flask, cafe: LivedCafe) -> None:
    answer = _verify(installation)
    assert answer.exit_code == 0
    assert answer.stdout.startswith("The books of 2 businesses add up (")
    told = json.loads(_verify(installation, "--json", "--business", cafe.shop.slug).stdout)
    assert told["ok"] is True and told["businesses"] == 1 and told["entries"] > 20


@pytest.mark.tampered
def test_the_first_break_is_told_with_its_business_check_and_row_and_the_exit_status_is_1(
    installation: Flask, cafe: LivedCafe, fresh_database: Database
) -> None:
    row = _tamper(fresh_database)
    answer = _verify(installation)
    assert answer.exit_code == 1
    assert answer.stdout.startswith(
        f"The books of {cafe.shop.slug} do not add up. kept sums are the sums of the entries"
    )
    assert f": row {row}: " in answer.stdout
    told = json.loads(_verify(installation, "--json").stdout)
    assert (told["ok"], told["business"]) == (False, cafe.shop.slug)
    assert told["found"].startswith("lifetime ")


@pytest.mark.tampered
def test_a_break_in_one_business_does_not_accuse_another(
    installation: Flask, cafe: LivedCafe, fresh_database: Database
) -> None:
    _tamper(fresh_database)
    assert _verify(installation, "--business", cafe.shop.slug).exit_code == 1
    assert _verify(installation, "--business", "dora-s-flowers").exit_code == 0


def test_an_unknown_business_is_a_mistake_of_the_caller(installation: Flask) -> None:
    answer = _verify(installation, "--business", "nobody")
    assert answer.exit_code == 2
    assert "There is no business nobody" in answer.stderr


def _verify(installation: Flask, *options: str) -> Result:
    return installation.test_cli_runner().invoke(args=["ledger", "verify", *options])


def _tamper(database: Database) -> str:
    """Change a kept sum of one enrollment, as no service would; returns its id."""
    one = "SELECT business_id, id FROM enrollment WHERE unit = 'money' LIMIT 1"
    statement = f"UPDATE enrollment SET lifetime = lifetime + 1 WHERE (business_id, id) IN ({one}) RETURNING id"
    engine = create_engine(database.url("postgres"))
    with engine.begin() as connection:
        row = str(connection.execute(text(statement)).scalar_one())
    engine.dispose()
    return row
