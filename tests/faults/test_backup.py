"""A backup, taken and restored with the commands of the runbook, is the same shop: its books, its roles, its doors."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.domain.purchase_order import read_order
from app.embedded.postgres import ROLES, Postgres
from app.embedded.services import Services
from app.factory import create_app
from app.services.earning_drain import drain
from app.services.purchases import record_purchase
from tests.factories.programs import owner_of
from tests.faults.counter import AMOUNT, Counter
from tests.support.app import close, settings_for
from tests.support.databases import Database, plain_url

COUNTED = (
    "business",
    "user_account",
    "member",
    "purchase",
    "outcome",
    "ledger_entry",
    "lot",
    "voucher",
    "outbox",
    "due",
)


@pytest.fixture
def postgres(own_services: Services) -> Postgres:
    """The PostgreSQL of these tests, with its programs."""
    assert own_services.postgres is not None
    return own_services.postgres


@pytest.fixture
def empty_database(own_database: Database, postgres: Postgres) -> Iterator[Database]:
    """What roles.sql makes on a new server: the roles, and a database without a table."""
    name = f"restored_{uuid4().hex[:12]}"
    postgres.run_sql(ROLES, name)
    yield Database(name, own_database.services, own_database.redis_url)
    with psycopg.connect(plain_url(own_database.services.superuser_url("postgres")), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_restored_backup_has_the_same_rows_clean_books_and_goes_on_working(
    counter: Counter, empty_database: Database, postgres: Postgres, tmp_path: Path
) -> None:
    for number in range(12):
        _sell(counter, f"order {number}", number)
    counter.assert_exact()
    backup = tmp_path / "regulars.dump"
    _run(postgres, "pg_dump", "--format=custom", f"--file={backup}", counter.database.url("regulars_maintenance"))
    restore = ("--no-owner", "--exit-on-error", "--single-transaction", str(backup))
    _run(postgres, "pg_restore", f"--dbname={plain_url(empty_database.url('regulars_owner'))}", *restore)

    restored = Counter(counter.shop, empty_database, counter.members, sold=dict(counter.sold))
    for table in COUNTED:
        count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)).as_string()
        assert restored.ask(count) == counter.ask(count), table
    revived = create_app(settings_for(empty_database))
    with revived.app_context():
        restored.assert_exact()
        _sell(restored, "after the restore", 3)
        restored.assert_exact()
    close(revived)


def _sell(counter: Counter, order_id: str, number: int) -> None:
    """Sell and let it earn in this process, on the application whose context is open."""
    member_id = counter.members[number % len(counter.members)]
    body = {"orderId": order_id, "memberId": str(member_id), "amount": Decimal(AMOUNT)}
    with unit_of_work(counter.shop.id):
        order = read_order(body, currency=counter.shop.currency, now=clock.now())
        record_purchase(order, actor=owner_of(counter.shop))
    assert sum(drain(counter.shop.id)) == 1
    counter.sold[order_id] = member_id


def _run(postgres: Postgres, program: str, *arguments: str) -> None:
    command = [str(postgres.bin / program), *(plain_url(argument) for argument in arguments)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
