"""`flask ledger verify` on redemptions that somebody with all rights has tampered with: each corruption is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.embedded.services import Services
from app.factory import create_app
from app.queries.verification import breaks
from app.queries.verification_redemptions import REDEMPTION_CHECKS
from app.services.adjustments import adjust_points
from app.services.redemptions import Delivery
from tests.factories.businesses import Shop, found_shop
from tests.factories.programs import owner_of
from tests.factories.rewards import free_coffee, moved, redeem
from tests.factories.trade import join, live_points
from tests.support.app import close, settings_for
from tests.support.databases import cloned_database

LIFT_CONSTRAINTS = """
    DO $$ DECLARE found record; BEGIN
      FOR found IN SELECT conrelid::regclass AS name, conname FROM pg_constraint
                   WHERE contype IN ('c', 'u') AND conrelid = ANY (ARRAY['redemption', 'reward', 'voucher',
                         'ledger_entry']::regclass[])
      LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', found.name, found.conname); END LOOP;
    END $$
"""
CORRUPTIONS = {
    "a redemption without its debit": (
        """INSERT INTO redemption SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),
             'voucher_id', null))).* FROM redemption r WHERE status = 'pending' LIMIT 1""",
        "every redemption has its debit",
    ),
    "a redemption of fewer points": (
        "UPDATE redemption SET points_redeemed = points_redeemed - 1 WHERE status = 'pending'",
        "every redemption has its debit",
    ),
    "a debit without its redemption": (
        "DELETE FROM redemption WHERE status = 'pending'",
        "every debit for a reward has its redemption",
    ),
    "points that never came back": (
        "UPDATE redemption SET status = 'cancelled', points_returned = points_redeemed WHERE status = 'pending'",
        "a cancelled redemption gave back what it says",
    ),
    "half of the points came back": (
        "UPDATE redemption SET points_returned = points_returned / 2 WHERE status = 'cancelled'",
        "a cancelled redemption gave back what it says",
    ),
    "a unit too many": (
        "UPDATE reward SET quantity_remaining = quantity_remaining + 1 WHERE quantity_available IS NOT NULL",
        "the stock is what redemptions have left of it",
    ),
    "a unit that was never taken": (
        "UPDATE redemption SET holds_stock = false WHERE holds_stock",
        "the stock is what redemptions have left of it",
    ),
    "a voucher that outlives its redemption": (
        "UPDATE voucher SET status = 'available' WHERE status = 'revoked'",
        "a voucher ends with its redemption",
    ),
    "somebody else's voucher": (
        "UPDATE redemption SET voucher_id = (SELECT id FROM voucher WHERE status = 'revoked') WHERE status = 'pending'",
        "a voucher ends with its redemption",
    ),
    "a voucher redeemed twice": (
        """INSERT INTO outbox SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(),
             'sequence', 9999))).*
           FROM outbox o WHERE event_type = 'loyalty.voucher.redeemed' LIMIT 1""",
        "a voucher is redeemed once",
    ),
    "a voucher redeemed by nobody": (
        "UPDATE voucher SET status = 'redeemed' WHERE status = 'available'",
        "a voucher is redeemed once",
    ),
}


@pytest.fixture(scope="module")
def archive(services: Services, redis_url: str) -> Iterator[tuple[Engine, Shop]]:
    """A café with a pending, a cancelled, a redeemed and a shipped redemption, in a database of its own."""
    with cloned_database(services, redis_url) as database:
        app = create_app(settings_for(database))
        try:
            with app.app_context():
                cafe = redeemed_cafe()
        finally:
            close(app)
        engine = create_engine(database.url("postgres"))
        yield engine, cafe
        engine.dispose()


def redeemed_cafe() -> Shop:
    cafe = found_shop("Café Alma", "Alma")
    program_id = live_points(cafe)
    member_id = join(cafe, "Cleo")
    with unit_of_work(cafe.id):
        adjust_points(member_id, program_id, 400, "A gift", owner_of(cafe))
    reward_id = free_coffee(cafe, quantityAvailable=9)
    redeem(cafe, member_id, reward_id)
    moved(cafe, redeem(cafe, member_id, reward_id), "cancelled")
    moved(cafe, redeem(cafe, member_id, reward_id), "redeemed")
    sent = redeem(cafe, member_id, reward_id, delivery=Delivery("shipping", "1 Main St"))
    for status in ("approved", "shipped"):
        moved(cafe, sent, status)
    return cafe


def test_untouched_books_are_clean(archive: tuple[Engine, Shop]) -> None:
    engine, cafe = archive
    with engine.connect() as connection, Session(connection) as session:
        assert list(breaks(session, cafe.id)) == []
        counts = connection.execute(text("SELECT count(*), count(*) FILTER (WHERE holds_stock) FROM redemption")).one()
    assert tuple(counts) == (4, 3)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_corruption_is_found_by_the_check_that_looks_for_it(archive: tuple[Engine, Shop], name: str) -> None:
    statement, check = CORRUPTIONS[name]
    engine, cafe = archive
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(LIFT_CONSTRAINTS))
        assert connection.execute(text(statement)).rowcount > 0
        with Session(connection) as session:
            found = list(breaks(session, cafe.id))
        connection.rollback()
    assert check in {each.check for each in found}, found


def test_no_check_stands_without_a_corruption_that_it_finds() -> None:
    assert {check for _, check in CORRUPTIONS.values()} == set(REDEMPTION_CHECKS)
