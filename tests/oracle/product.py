"""The product on the judge's scenarios: the demo's eight programs, and arrivals through the services that doors use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.core import clock, serial
from app.core.unit_of_work import unit_of_work
from app.domain.actor import Actor
from app.domain.body import parsed
from app.domain.purchase_order import PurchaseBody, PurchaseOrder, purchase_order
from app.services import earning
from app.services.corrections import refund_purchase
from app.services.earning_drain import drain
from app.services.programs import create_program
from app.services.purchases import Recorded, record_purchases
from tests.factories.businesses import Shop, found_shop
from tests.oracle.model import Arrival, Purchase, Refund
from tests.oracle.scenarios import PROGRAMS, START

AT_ONCE = 1_000
FEW = 5
CLERK = Actor("import", None, "the judge's clerk")


@dataclass
class Kava:
    """One business with the eight programs; ``purchases`` are the product's ids by order id."""

    shop: Shop
    programs: dict[str, UUID]
    purchases: dict[str, UUID] = field(default_factory=dict)

    def take(self, arrivals: Sequence[Arrival]) -> None:
        """Record each arrival and settle it before the next comes."""
        for _, content in arrivals:
            if isinstance(content, Refund):
                self._refund(content)
                self._settle_few()
            else:
                self._record(content)
                self.settle() if len(content) > FEW else self._settle_few()

    def settle(self) -> None:
        """What the earning job does."""
        for _ in drain(self.shop.id):
            pass

    def _settle_few(self) -> None:
        """One batch of the job: that is all there is to do for a few purchases."""
        with unit_of_work(self.shop.id):
            earning.settle_members(earning.claim_members().members)
            assert not earning.has_waiting()

    def _record(self, purchases: Sequence[Purchase]) -> None:
        for batch in batches(purchases):
            with unit_of_work(self.shop.id):
                answers = record_purchases([_order(each) for each in batch], actor=CLERK, is_historical=True)
            for purchase, answer in zip(batch, answers, strict=True):
                assert isinstance(answer, Recorded), answer
                self.purchases[purchase.order_id] = answer.purchase_id

    def _refund(self, refund: Refund) -> None:
        items = None if refund.items is None else [(index, plain(quantity)) for index, quantity in refund.items]
        with unit_of_work(self.shop.id):
            refund_purchase(
                self.purchases[refund.order_id], amount_minor=refund.amount_minor, items=items, reason="", actor=CLERK
            )


def open_kava() -> Kava:
    """Found a business and create the eight programs, live since they are said to start."""
    shop = found_shop("Kava", "Olena")
    programs = {}
    for body in serial.loads(PROGRAMS.read_bytes())["programs"]:
        key = body.pop("key")
        with unit_of_work(shop.id):
            named = {**body, "name": key, "startsAt": START.isoformat(), "isActive": True}
            programs[key] = create_program(named, actor=CLERK)
    return Kava(shop, programs)


def batches(purchases: Sequence[Purchase]) -> Iterator[Sequence[Purchase]]:
    """As many at once as the API takes."""
    for first in range(0, len(purchases), AT_ONCE):
        yield purchases[first : first + AT_ONCE]


def sent(purchase: Purchase) -> dict[str, Any]:
    """The body of POST /purchases for one of the judge's purchases."""
    items = [
        {"category": each.category, "quantity": str(plain(each.quantity)), "unitPrice": money(each.unit_price_minor)}
        for each in purchase.items
    ]
    return {
        "orderId": purchase.order_id,
        "source": "machine",
        "member": {"externalId": purchase.member},
        "createMember": True,
        "amount": money(purchase.amount_minor),
        "occurredAt": purchase.occurred_at.isoformat(),
        "items": items,
    }


def money(minor: int) -> str:
    """Major units of a currency with two decimals."""
    return str(Decimal(minor).scaleb(-2))


def plain(number: Fraction) -> Decimal:
    """A fraction that has a finite decimal form."""
    found = Decimal(number.numerator) / Decimal(number.denominator)
    assert Fraction(found) == number
    return found


def _order(purchase: Purchase) -> PurchaseOrder:
    order, problems = purchase_order(parsed(PurchaseBody, sent(purchase)), currency="UAH", now=clock.now())
    assert order is not None, problems
    return order
