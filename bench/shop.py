"""A business to measure with: made by the product's own services, its purchases recorded as an import records them."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.core import serial
from app.core.bulk import insert_rows
from app.core.ids import code, new_id, token
from app.core.unit_of_work import unit_of_work
from app.domain.actor import Actor
from app.domain.member_ref import MemberRef
from app.domain.purchase_order import PurchaseOrder
from app.embedded.paths import PROJECT
from app.models.member import Member
from app.services.api_keys import create_api_key
from app.services.businesses import create_business
from app.services.programs import create_program
from app.services.purchases import record_purchases

DEMO = serial.loads((PROJECT / "data" / "demo_programs.json").read_bytes())["programs"]
PASSWORD = "measured, never guessed"
CHUNK = 1000
FIRST_DAY = datetime(2024, 3, 1, tzinfo=UTC)
CATEGORIES = ("latte", "americano_with_milk", "espresso", "cappuccino", "cocoa")


@dataclass
class Shop:
    """One business, its owner, members and programs; `day` moves on with every backlog: purchases come in order."""

    id: UUID
    actor: Actor
    members: list[UUID]
    day: int = 0
    programs: list[UUID] = field(default_factory=list)

    def record_backlog(self, number: int) -> None:
        """Record purchases to settle, each member's a day apart: the same for every run of the same size."""
        chosen = random.Random(number + self.day)
        orders = [self._order(place, chosen) for place in range(number)]
        for first in range(0, number, CHUNK):
            with unit_of_work(self.id):
                record_purchases(orders[first : first + CHUNK], actor=self.actor)
        self.day += -(-number // len(self.members))

    def api_key(self) -> str:
        """A key with a manager's permissions."""
        with unit_of_work(self.id):
            return create_api_key("bench", "manager", None, self.actor)[1]

    def create_programs(self, bodies: Sequence[dict[str, object]]) -> list[UUID]:
        """Create programs, in one transaction."""
        with unit_of_work(self.id):
            return [create_program(body, actor=self.actor) for body in bodies]

    def _order(self, place: int, chosen: random.Random) -> PurchaseOrder:
        days, member = divmod(place, len(self.members))
        category, price = chosen.choice(CATEGORIES), chosen.randrange(1800, 9000)
        occurred_at = FIRST_DAY + timedelta(days=self.day + days, hours=7, seconds=member)
        return PurchaseOrder(
            order_id=f"{self.day}-{place}",
            source="bench",
            kind="sale",
            count=1,
            member=MemberRef(member_id=self.members[member]),
            create_member=False,
            amount_minor=price,
            items=[[category, "1", price, None, None]],
            occurred_at=occurred_at,
            location_id=None,
            status="completed",
            referral_code=None,
            sent={"amount": price},
        )


def found_shop(rule_types: Collection[str], members: int, *, has_caps: bool = True) -> Shop:
    """Found a business with the demo's programs of these rule types, and so many members."""
    business_id = new_id()
    with unit_of_work(business_id):
        email = f"{token(64)}@example.com".lower()
        _, user_id = create_business("Measured", email, PASSWORD, "Europe/Kyiv", "UAH", "coffee")
    shop = Shop(business_id, Actor("user", user_id, "Owner"), [new_id() for _ in range(members)])
    shop.programs = shop.create_programs(
        [program_body(p, has_caps=has_caps) for p in DEMO if p["ruleType"] in rule_types]
    )
    for first in range(0, members, CHUNK):
        with unit_of_work(business_id):
            insert_rows(Member, [_member(each) for each in shop.members[first : first + CHUNK]])
    return shop


def program_body(told: dict[str, object], *, has_caps: bool = True) -> dict[str, object]:
    """A program of the demo as the API takes it, live since before the first purchase."""
    body = {key: value for key, value in told.items() if key != "key" and (has_caps or key != "caps")}
    return body | {"name": told["key"], "startsAt": FIRST_DAY - timedelta(days=1), "isActive": True}


def _member(member_id: UUID) -> dict[str, object]:
    return {
        "id": member_id,
        "name": f"Member {code(6)}",
        "code": code(12),
        "referral_code": code(12),
        "status": "active",
        "metadata": {},
        "joined_at": FIRST_DAY,
        "event_sequence": 0,
        "version": 1,
    }
