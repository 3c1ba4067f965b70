"""A small but real history, made by the product's services: points that wait, expire, are spent, owed and repaid;
a card with a voucher that was taken back, a tier, cashback."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.unit_of_work import session, unit_of_work
from app.domain.actor import Actor
from app.domain.body import parsed
from app.domain.purchase_order import PurchaseBody, purchase_order
from app.models.enrollment import Enrollment
from app.models.member import Member
from app.services.corrections import refund_purchase
from app.services.earning_drain import drain
from app.services.expiry import expire_points
from app.services.ledger import Journal, Posting
from app.services.lots import bring_up_to_date, load_debts, load_lots
from app.services.member_locks import lock_members
from app.services.passbook import COLUMNS, Passbook
from app.services.programs import create_program
from app.services.purchases import Recorded, record_purchases
from tests.factories.businesses import Shop, found_shop

CLERK = Actor("system", None, "a clerk")
FIRST_DAY = datetime(2026, 1, 5, 10, tzinfo=UTC)
FREE = {"rewardType": "free_item", "rewardValue": "free_coffee", "rewardDescription": "A coffee"}
HALF_MORE = {"points": Decimal("1.5")}
PROGRAMS: dict[str, tuple[str, dict[str, Any]]] = {
    "points": ("POINTS_BASED", {"pointsPerDollar": 1, "redemptionRate": 50, "expirationMonths": 1, "pendingDays": 2}),
    "card": ("PUNCH_CARD", {"punchesRequired": 3, **FREE}),
    "circle": (
        "TIER_BASED",
        {
            "evaluationPeriod": "yearly",
            "tiers": [
                {
                    "name": "Friend",
                    "threshold": {"type": "spending", "value": 50},
                    "multipliers": {"points": Decimal("1.5")},
                },
                {"name": "Family", "threshold": {"type": "spending", "value": 100}, "multipliers": {"points": 2}},
            ],
        },
    ),
    "change": ("CASH_BACK", {"rates": [{"minimumAmount": 0, "ratePercent": 5}]}),
}


@dataclass
class LivedCafe:
    """A business whose days are gone through one after the other; ``day`` counts from the first."""

    shop: Shop
    programs: dict[str, UUID] = field(default_factory=dict)
    purchases: dict[str, UUID] = field(default_factory=dict)

    def open(self) -> None:
        """Create the four programs, live since long ago."""
        for name, (rule_type, config) in PROGRAMS.items():
            body = {"name": name, "ruleType": rule_type, "ruleConfig": config, "isActive": True}
            with unit_of_work(self.shop.id):
                self.programs[name] = create_program({**body, "startsAt": "2025-01-01T00:00:00Z"}, actor=CLERK)

    def sell(self, day: int, order_id: str, card: str, amount: str) -> None:
        """Record and settle a purchase on its day."""
        at = FIRST_DAY + timedelta(days=day)
        body = {
            "orderId": order_id,
            "member": {"externalId": card},
            "createMember": True,
            "amount": amount,
            "occurredAt": at.isoformat(),
        }
        with clock.frozen(at), unit_of_work(self.shop.id):
            order, problems = purchase_order(parsed(PurchaseBody, body), currency=self.shop.currency, now=at)
            assert order is not None, problems
            (answer,) = record_purchases([order], actor=CLERK)
            assert isinstance(answer, Recorded)
            self.purchases[order_id] = answer.purchase_id
        self._settle(at)

    def refund(self, day: int, order_id: str, amount_minor: int) -> None:
        """Refund a part of a purchase and settle that."""
        at = FIRST_DAY + timedelta(days=day)
        with clock.frozen(at), unit_of_work(self.shop.id):
            refund_purchase(self.purchases[order_id], amount_minor=amount_minor, items=None, reason="", actor=CLERK)
        self._settle(at)

    def spend(self, day: int, card: str, points: int) -> None:
        """Take points as redeeming does: out of the usable lots, the soonest to expire first."""
        at = FIRST_DAY + timedelta(days=day)
        with clock.frozen(at), unit_of_work(self.shop.id):
            book = locked_book(card, self.programs["points"])
            journal = Journal(at)
            bring_up_to_date(journal, book, at)
            taken, left = [], points
            usable = [lot for lot in book.lots.values() if lot.is_matured and lot.remaining]
            for lot in sorted(usable, key=lambda lot: (lot.expires_at or at, lot.earned_at)):
                part = min(left, lot.remaining)
                taken.append((lot.id, part))
                left -= part
            assert left == 0, f"{card} has {points - left} points on day {day}"
            journal.debit(book, Posting("redeem", f"spent:{day}", at), points, [each for each in taken if each[1]])
            book.spent += points
            journal.write([book])

    def expire(self, day: int) -> None:
        """Let the expiry job run."""
        with clock.frozen(FIRST_DAY + timedelta(days=day)), unit_of_work(self.shop.id):
            expire_points()

    def _settle(self, at: datetime) -> None:
        with clock.frozen(at):
            for _ in drain(self.shop.id):
                pass


def lived_through() -> LivedCafe:
    """Alma's café after seven weeks, in which everything that the ledger knows has happened."""
    with clock.frozen(FIRST_DAY - timedelta(days=30)):
        cafe = LivedCafe(found_shop("Café Alma", "Alma"))
        cafe.open()
    cafe.sell(0, "A", "cleo", "40.00")
    cafe.sell(1, "B", "cleo", "30.00")
    cafe.sell(2, "C", "cleo", "20.00")  # the third punch, and points × 1.5
    cafe.sell(2, "M", "mia", "60.00")
    cafe.spend(6, "cleo", 75)
    cafe.refund(7, "C", 2000)  # the voucher goes back, and points that are spent already
    cafe.sell(8, "D", "cleo", "10.00")  # repays what is owed
    cafe.spend(9, "mia", 55)
    cafe.refund(10, "M", 4000)  # mia goes on owing
    cafe.sell(11, "N", "nils", "33.00")
    cafe.sell(12, "O", "nils", "33.00")
    cafe.sell(13, "P", "nils", "44.00")  # a voucher that stays, and the second tier
    cafe.refund(14, "O", 1100)
    cafe.expire(45)
    cafe.sell(46, "Q", "nils", "12.00")
    cafe.expire(49)  # what the last one earned may be used by now
    cafe.sell(49, "R", "nils", "9.00")  # still pending
    return cafe


def locked_book(card: str, program_id: UUID) -> Passbook:
    """The enrollment of a card with its lots and debts, under the lock of its member."""
    member_id = session().scalars(select(Member.id).where(Member.external_id == card)).one()
    assert lock_members(Member.id == member_id, 1) == [member_id]
    columns = [getattr(Enrollment, name) for name in COLUMNS]
    row = session().execute(
        select(*columns).where(Enrollment.member_id == member_id, Enrollment.program_id == program_id)
    )
    book = Passbook(*row.one())
    load_lots([book])
    load_debts([book])
    return book
