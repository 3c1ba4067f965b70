"""`flask ledger verify` on books that somebody with all rights has tampered with: each of the corruptions is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from app.embedded.services import Services
from app.factory import create_app
from app.queries.verification import CHECKS, breaks
from tests.factories.businesses import found_shop
from tests.factories.programs import punch_card
from tests.ledger.history import lived_through
from tests.support.app import close, settings_for
from tests.support.databases import Database, cloned_database

SEAL = "entries follow one another, sealed by their hashes"
LIFT_CONSTRAINTS = """
    DO $$ DECLARE found record; BEGIN
      FOR found IN SELECT conrelid::regclass AS name, conname FROM pg_constraint
                   WHERE contype IN ('c', 'u') AND conrelid = ANY (ARRAY['enrollment', 'ledger_entry', 'lot',
                         'allocation', 'voucher', 'tier_history']::regclass[])
      LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', found.name, found.conname); END LOOP;
    END $$
"""
ONE_EARNED = "(SELECT id FROM ledger_entry WHERE kind = 'earn' AND number = 1 AND unit = 'points' LIMIT 1)"
OPEN_LOT = "(SELECT id FROM lot WHERE remaining > 0 LIMIT 1)"
POINTS_BOOK = "(SELECT id FROM enrollment WHERE unit = 'points' AND owed = 0 ORDER BY entry_count DESC LIMIT 1)"
TIERED = "(SELECT id FROM enrollment WHERE tier = 'Family')"

CORRUPTIONS = {
    "an entry changed": (f"UPDATE ledger_entry SET trace = '[]', occurred_at = now() WHERE id = {ONE_EARNED}", SEAL),
    "a transfer without its other side": (
        f"UPDATE ledger_entry SET kind = 'transfer' WHERE id = {ONE_EARNED}",
        "what one account carries over another one gets",
    ),
    "an entry missing": (
        "DELETE FROM ledger_entry WHERE id = (SELECT id FROM ledger_entry ORDER BY number DESC LIMIT 1)",
        "an enrollment remembers its last entry",
    ),
    "an entry missing in the middle": (
        f"DELETE FROM ledger_entry WHERE number = 2 AND enrollment_id = {POINTS_BOOK}",
        SEAL,
    ),
    "a lot's remaining": (
        f"UPDATE lot SET remaining = remaining - 1 WHERE id = {OPEN_LOT}",
        "what a lot holds is what it got less what was taken",
    ),
    "an allocation missing": (
        "DELETE FROM allocation WHERE id = (SELECT id FROM allocation LIMIT 1)",
        "what a lot holds is what it got less what was taken",
    ),
    "an allocation to another enrollment's lot": (
        """UPDATE allocation SET lot_id = (SELECT o.id FROM lot o, lot l WHERE l.id = allocation.lot_id
             AND o.enrollment_id <> l.enrollment_id LIMIT 1) WHERE id = (SELECT id FROM allocation LIMIT 1)""",
        "a debit takes from its own enrollment's lots, and no more than it is",
    ),
    "a balance": (
        f"UPDATE enrollment SET balance = balance + 1 WHERE id = {POINTS_BOOK}",
        "matured lots hold the balance, the others what is pending",
    ),
    "what is pending": (
        f"UPDATE enrollment SET pending = pending + 1 WHERE id = {POINTS_BOOK}",
        "matured lots hold the balance, the others what is pending",
    ),
    "what is owed": (
        "UPDATE enrollment SET owed = owed - 1 WHERE owed > 0",
        "what debits could not take is owed",
    ),
    "balance and owed together": (
        f"UPDATE enrollment SET balance = balance + 1, owed = owed + 1 WHERE id = {POINTS_BOOK}",
        "what debits could not take is owed",
    ),
    "a duplicate key": (
        f"""UPDATE ledger_entry e SET source_key = f.source_key FROM ledger_entry f
            WHERE e.enrollment_id = {POINTS_BOOK} AND f.enrollment_id = e.enrollment_id AND e.number = 2
              AND f.number = 1""",
        "a business key is used once",
    ),
    "a reversal over its entry": (
        """UPDATE ledger_entry SET amount = -1000
           WHERE id = (SELECT id FROM ledger_entry WHERE kind = 'reversal' LIMIT 1)""",
        "reversals of an entry stay within it",
    ),
    "a hash": (f"UPDATE ledger_entry SET hash = sha256('anything') WHERE id = {ONE_EARNED}", SEAL),
    "the order": (
        f"UPDATE ledger_entry SET number = 3 - number WHERE number IN (1, 2) AND enrollment_id = {POINTS_BOOK}",
        SEAL,
    ),
    "a version of another business": (
        f"""UPDATE ledger_entry SET version_id = (SELECT v.id FROM program_version v
            WHERE v.business_id <> ledger_entry.business_id LIMIT 1) WHERE id = {ONE_EARNED}""",
        "an entry's version is its program's",
    ),
    "a voucher without a grant": (
        """INSERT INTO voucher SELECT (jsonb_populate_record(v, jsonb_build_object('id', gen_random_uuid(),
             'code', 'FORGED'))).* FROM voucher v LIMIT 1""",
        "every voucher was granted by a purchase",
    ),
    "a tier without its history": (
        f"DELETE FROM tier_history WHERE enrollment_id = {TIERED}",
        "a tier has its history",
    ),
    "a tier without its last rise": (
        f"DELETE FROM tier_history WHERE to_tier = 'Family' AND enrollment_id = {TIERED}",
        "a tier has its history",
    ),
    "a tier's first rise missing": (
        f"DELETE FROM tier_history WHERE to_tier = 'Friend' AND enrollment_id = {TIERED}",
        "no row of a tier's history is missing",
    ),
}


@dataclass(frozen=True)
class Archive:
    """The café's books in a database of their own, opened as its superuser."""

    engine: Engine
    database: Database
    business_id: UUID


@pytest.fixture(scope="module")
def archive(services: Services, redis_url: str) -> Iterator[Archive]:
    """Books that the services wrote; beside them a business that has nothing to do with them."""
    with cloned_database(services, redis_url) as database:
        app = create_app(settings_for(database))
        try:
            with app.app_context():
                cafe = lived_through()
                punch_card(found_shop("Dora's Flowers", "Dora"))
        finally:
            close(app)
        engine = create_engine(database.url("postgres"))
        yield Archive(engine, database, cafe.shop.id)
        engine.dispose()


def test_untouched_books_are_clean_and_have_everything_in_them(archive: Archive) -> None:
    with archive.engine.connect() as connection, Session(connection) as session:
        assert list(breaks(session, archive.business_id)) == []
        counts = connection.execute(
            text("""SELECT count(*) FILTER (WHERE kind = 'earn'), count(*) FILTER (WHERE kind = 'reversal'),
                count(*) FILTER (WHERE kind = 'expire'), count(*) FILTER (WHERE kind = 'redeem'),
                (SELECT count(*) FROM enrollment WHERE owed > 0), (SELECT count(*) FROM enrollment WHERE pending > 0),
                (SELECT count(*) FROM enrollment WHERE balance > 0), (SELECT count(*) FROM tier_history),
                (SELECT count(*) FROM voucher WHERE status = 'revoked'),
                (SELECT count(*) FROM voucher WHERE status = 'available') FROM ledger_entry""")
        ).one()
        assert all(counts), counts


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_corruption_is_found_by_the_check_that_looks_for_it(archive: Archive, name: str) -> None:
    statement, check = CORRUPTIONS[name]
    with archive.engine.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(LIFT_CONSTRAINTS))
        assert connection.execute(text(statement)).rowcount > 0
        with Session(connection) as session:
            found = list(breaks(session, archive.business_id))
        connection.rollback()
    assert check in {each.check for each in found}, found


def test_no_check_stands_without_a_corruption_that_it_finds(archive: Archive) -> None:
    tried = {check for _, check in CORRUPTIONS.values()}
    untried = {
        "entries sum to balance + pending - owed",
        "every credit has its lot",
        "kept sums are the sums of the entries",
        "vouchers that were not revoked are counted",
        "a granted purchase has its entry",
    }
    assert set(CHECKS) - tried == untried, "each of these has its own test below"


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        (
            f"UPDATE enrollment SET balance = balance - 1 WHERE id = {POINTS_BOOK}",
            "entries sum to balance + pending - owed",
        ),
        (f"DELETE FROM lot WHERE id = {OPEN_LOT}", "every credit has its lot"),
        ("UPDATE enrollment SET lifetime = lifetime + 1 WHERE unit = 'money'", "kept sums are the sums of the entries"),
        ("UPDATE enrollment SET issued = issued + 1", "vouchers that were not revoked are counted"),
        ("UPDATE outcome SET points = points + 1 WHERE points > 0", "a granted purchase has its entry"),
    ],
)
def test_figures_beside_the_ledger_are_proved_too(archive: Archive, statement: str, check: str) -> None:
    with archive.engine.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(LIFT_CONSTRAINTS))
        assert connection.execute(text(statement)).rowcount > 0
        with Session(connection) as session:
            assert check in {each.check for each in breaks(session, archive.business_id)}
        connection.rollback()
