"""Random lives of one enrollment in the real database, held against the shadow after every step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select, text

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.ledger import LotView, spend_order
from app.domain.refunds import take_back
from app.models.member import Member
from app.queries.enrollments import enrollment
from app.queries.verification import breaks
from app.services.expiry import expire_points
from app.services.ledger import Journal, Posting
from app.services.lots import bring_up_to_date
from app.services.member_rows import insert_members, new_row
from app.services.passbook import OpenLot, Passbook
from app.services.programs import create_program
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of
from tests.ledger.history import locked_book
from tests.ledger.shadow import Shadow

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
QUICK = settings(max_examples=12, stateful_step_count=14, derandomize=True)
LONG = settings(max_examples=120, stateful_step_count=30)
LEFT_OUT = [HealthCheck.too_slow, HealthCheck.data_too_large]
LAPSED = """
    SELECT coalesce(sum(a.amount), 0) FROM allocation a
    JOIN ledger_entry e ON e.business_id = a.business_id AND e.id = a.entry_id AND e.kind = 'expire'
    WHERE a.lot_id = :lot_id"""


@dataclass
class Credit:
    """One credit of the life, and what refunds did to it."""

    entry_id: UUID
    lot_id: UUID
    counted: int = 0
    refunds: int = 0


@dataclass
class Account:
    """One member's points in one business, moved as the services of earning, redeeming and refunding move them."""

    shop: Shop
    program_id: UUID
    card: str
    enrollment_id: UUID
    credits: list[Credit] = field(default_factory=list)
    spendings: int = 0

    @contextmanager
    def opened(self, now: datetime) -> Iterator[tuple[Journal, Passbook]]:
        """The book under its member's lock; written at the end."""
        with clock.frozen(now), unit_of_work(self.shop.id):
            book, journal = locked_book(self.card, self.program_id), Journal(now)
            yield journal, book
            journal.write([book])

    def earn(self, now: datetime, amount: int, usable_at: datetime, gone_at: datetime | None) -> None:
        """As granting posts a purchase's points."""
        with self.opened(now) as (journal, book):
            entry_id = journal.credit(
                book,
                Posting("earn", f"earned:{len(self.credits)}", now),
                amount,
                is_pending=usable_at > now,
                available_at=usable_at,
                expires_at=gone_at,
            )
            self.credits.append(Credit(entry_id, next(reversed(book.lots))))

    def spend(self, now: datetime, amount: int) -> None:
        """As redeeming takes points."""
        with self.opened(now) as (journal, book):
            bring_up_to_date(journal, book, now)
            usable = spend_order([view(lot) for lot in book.lots.values() if lot.is_matured and lot.remaining])
            self.spendings += 1
            posting = Posting("redeem", f"spent:{self.spendings}", now)
            journal.debit(book, posting, amount, _parts(amount, usable))
            book.spent += amount

    def refund(self, now: datetime, place: int, amount: int) -> None:
        """As a correction takes points back (services.correcting)."""
        credit = self.credits[place]
        with self.opened(now) as (journal, book):
            swept = bring_up_to_date(journal, book, now).get(credit.lot_id, 0)
            lapsed = int(session().execute(text(LAPSED), {"lot_id": credit.lot_id}).scalar_one()) + swept
            views = [view(lot) for lot in book.lots.values()]
            taking = take_back(amount, views, credit.lot_id, now, lapsed - credit.counted)
            credit.counted += taking.expired_counted
            credit.refunds += 1
            debit = taking.taken + taking.owed
            if debit:
                key = f"refund:{place}:{credit.refunds}"
                posting = Posting("reversal", key, now, reverses_entry_id=credit.entry_id)
                journal.debit(book, posting, debit, taking.allocations)
                book.lifetime -= debit


class Life(RuleBasedStateMachine):
    """Earning, spending, refunding and waiting in any order."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        self.shadow = Shadow()

    @property
    def now(self) -> datetime:
        return FIRST + timedelta(days=self.shadow.today)

    @rule(amount=st.integers(1, 60), wait=st.integers(0, 3), lasts=st.none() | st.integers(1, 6))
    def earn(self, amount: int, wait: int, lasts: int | None) -> None:
        gone_at = None if lasts is None else self.now + timedelta(days=lasts)
        self.account.earn(self.now, amount, self.now + timedelta(days=wait), gone_at)
        self.shadow.earn(amount, wait, lasts)

    @precondition(lambda self: self.shadow.active() > 0)
    @rule(data=st.data())
    def spend(self, data: st.DataObject) -> None:
        amount = data.draw(st.integers(1, self.shadow.active()))
        self.account.spend(self.now, amount)
        self.shadow.spend(amount)

    @precondition(lambda self: any(lot["free"] for lot in self.shadow.lots))
    @rule(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from([n for n, lot in enumerate(self.shadow.lots) if lot["free"]]))
        amount = data.draw(st.integers(1, self.shadow.lots[place]["free"]))
        self.account.refund(self.now, place, amount)
        self.shadow.take_back(place, amount)

    @rule(days=st.integers(1, 4))
    def sleep(self, days: int) -> None:
        self.shadow.sleep(days)

    @rule()
    def let_the_expiry_job_run(self) -> None:
        with clock.frozen(self.now), unit_of_work(self.account.shop.id):
            expire_points()

    @invariant()
    def the_books_say_what_the_shadow_says(self) -> None:
        with clock.frozen(self.now), unit_of_work(self.account.shop.id):
            said = enrollment(self.account.enrollment_id)
        shadow = self.shadow
        expected = [shadow.active(), shadow.pending(), shadow.owed, shadow.lifetime, shadow.spent, shadow.expired]
        assert [said[name] for name in ("balance", "pending", "owed", "lifetime", "spent", "expired")] == expected

    def teardown(self) -> None:
        with unit_of_work(self.account.shop.id) as current:
            assert list(breaks(current(), self.account.shop.id)) == []


@pytest.mark.parametrize("chosen", [QUICK, pytest.param(LONG, marks=pytest.mark.long)], ids=["quick", "long"])
def test_any_life_of_an_enrollment_leaves_books_that_add_up(cafe: Shop, chosen: settings) -> None:
    with clock.frozen(FIRST), unit_of_work(cafe.id):
        config = {"pointsPerDollar": 1, "redemptionRate": 50}
        body = {"name": "Points", "ruleType": "POINTS_BASED", "ruleConfig": config, "isActive": True}
        program_id = create_program(body, actor=owner_of(cafe))
    chosen = settings(chosen, deadline=None, database=None, suppress_health_check=LEFT_OUT)

    class LifeInCafe(Life):
        def __init__(self) -> None:
            super().__init__(opened_account(cafe, program_id))

    run_state_machine_as_test(LifeInCafe, settings=chosen)


def opened_account(shop: Shop, program_id: UUID) -> Account:
    """A new member who has just joined."""
    with clock.frozen(FIRST), unit_of_work(shop.id):
        card = f"life-{session().scalar(select(func.count()).select_from(Member))}"
        row = new_row(external_id=card)
        insert_members([row])
        book = Passbook.opened(row["id"], program_id, "points", FIRST)
        Journal(FIRST).write([book])
    return Account(shop, program_id, card, book.id)


def view(lot: OpenLot) -> LotView:
    """A lot as the rules see it."""
    return LotView(lot.id, lot.remaining, lot.earned_at, lot.available_at or lot.earned_at, lot.expires_at)


def _parts(amount: int, lots: list[LotView]) -> list[tuple[UUID, int]]:
    parts = []
    for lot in lots:
        part = min(amount, lot.remaining)
        amount -= part
        if part:
            parts.append((lot.id, part))
    assert amount == 0
    return parts
