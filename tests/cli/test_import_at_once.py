"""The same file imported by two processes at the same time is recorded once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.embedded.paths import PROJECT
from app.factory import create_app
from app.queries.verification import breaks
from tests.factories.businesses import Shop, found_shop
from tests.factories.programs import punch_card
from tests.support.app import close, settings_for
from tests.support.databases import Database

CALL = [sys.executable, "-m", "flask", "--app", "wsgi", "purchases", "import", "data/coffee_purchases.csv", "--settle"]
MAPPING = ("order_id=order_id", "occurred_at=occurred_at_local", "member=card", "amount=amount", "item=item")


@pytest.fixture
def shop(fresh_database: Database) -> Iterator[Shop]:
    """A café with a punch card, in a database of its own."""
    made: Flask = create_app(settings_for(fresh_database))
    with made.app_context():
        cafe = found_shop("Café Alma", "Alma")
        punch_card(cafe, isActive=True, startsAt="2024-01-01T00:00:00Z")
    yield cafe
    close(made)


@pytest.mark.timeout(400)
def test_two_processes_with_one_file_record_every_sale_once(
    shop: Shop, fresh_database: Database, tmp_path: Path
) -> None:
    running = [_start(shop, fresh_database, tmp_path / f"{number}.csv") for number in (1, 2)]
    told = [process.communicate(timeout=180)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], told
    recorded, known = (sum(int(_number(pattern, text)) for text in told) for pattern in ("recorded", "known before"))
    assert (recorded, known) == (3547, 3547)
    engine = create_engine(fresh_database.url("postgres"))
    with engine.connect() as connection, Session(connection) as session:
        counts = connection.execute(
            text("SELECT count(*), count(DISTINCT order_id), count(*) FILTER (WHERE waiting) FROM purchase")
        )
        assert tuple(counts.one()) == (3547, 3547, 0)
        assert connection.execute(text("SELECT count(*) FROM member")).scalar_one() == 1316
        assert list(breaks(session, shop.id)) == []
    engine.dispose()


def _start(shop: Shop, database: Database, rejects: Path) -> subprocess.Popen[str]:
    options = [part for each in MAPPING for part in ("--map", each)]
    call = [*CALL, "--business", shop.slug, "--source", "machine", "--reject-file", str(rejects), *options]
    environment = os.environ | database.environment()
    return subprocess.Popen(call, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)


def _number(word: str, text: str) -> str:
    found = re.search(rf"([\d,]+) (?:purchases )?{word}", text)
    assert found, text
    return found.group(1).replace(",", "")
