"""A small language for the engine's tests: versions, purchases, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.history import recount
from app.domain.localtime import local_day
from app.domain.preview import Preview, preview
from app.domain.program import ProgramVersion
from app.domain.purchase import Item, Purchase, category_key
from app.domain.rule_type import Counted
from app.domain.standing import MemberFacts, Outcome

CURRENCY = "USD"
KYIV = "Europe/Kyiv"
ANYBODY = MemberFacts()
REWARD = {"rewardType": "free_item", "rewardValue": "coffee", "rewardDescription": "A coffee"}
_MADE = datetime(2024, 1, 1, tzinfo=UTC)


def version(
    rule_type: str, config: Mapping[str, Any], *, number: int = 1, place: int = 1, currency: str = CURRENCY, **said: Any
) -> ProgramVersion:
    """A version of program ``place`` with a config in JSON's words; ``said`` are further keys of the snapshot."""
    snapshot = {"ruleType": rule_type, "ruleConfig": dict(config), "timezone": KYIV, **said}
    program_id = UUID(int=place)
    return ProgramVersion.compile(
        snapshot,
        id=UUID(int=place * 100 + number),
        program_id=program_id,
        number=number,
        created_order=(_MADE, program_id),
        currency=currency,
    )


def sale(
    amount: str, at: str = "2026-03-10T12:00", *items: tuple[Any, ...], order: str = "", zone: str = KYIV
) -> Purchase:
    """A sale in major units at a local wall time; items are (category, quantity, unit price)."""
    occurred_at = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    basket = tuple(Item(category_key(name), Fraction(str(count)), minor(price)) for name, count, price in items)
    return Purchase(UUID(int=0), "sale", 1, minor(amount), basket, occurred_at, order or at, None)


def punch(at: str = "2026-03-10T12:00", count: int = 1) -> Purchase:
    """Punches given at the till."""
    return replace(sale("0", at), kind="punch", count=count)


def minor(amount: str) -> int:
    """Minor units of a decimal text in a currency with two decimals."""
    return int(Decimal(amount) * 100)


def settled(version: ProgramVersion, *purchases: Purchase, **options: Any) -> Preview:
    """The purchases through the engine, for a new member unless ``options`` say otherwise."""
    options.setdefault("facts", ANYBODY)
    options.setdefault("now", max((one.occurred_at for one in purchases), default=_MADE))
    return preview(version, purchases, **options)


def only(version: ProgramVersion, purchase: Purchase, **options: Any) -> Outcome:
    """The outcome of a single purchase."""
    return settled(version, purchase, **options).outcomes[0]


def due(version: ProgramVersion, purchases: Sequence[Purchase]) -> int:
    """Vouchers due after walking what the purchases add, in whatever order they are given."""
    return recount([(version, counted(version, one)) for one in purchases if only(version, one).adds], version).due


def counted(version: ProgramVersion, purchase: Purchase) -> Counted:
    """The purchase as count-then-owe walks it."""
    day = local_day(purchase.occurred_at, version.zone)
    return Counted(purchase.occurred_at, purchase.order_id, day, only(version, purchase).adds)


@dataclass(frozen=True)
class Vector:
    """One line of a table: purchases, and what each of them is expected to yield or the code of the gate."""

    says: str
    config: Mapping[str, Any]
    purchases: Sequence[Purchase]
    expected: Sequence[int | str]
    due: int = 0
    snapshot: Mapping[str, Any] | None = None
    currency: str = CURRENCY

    def __str__(self) -> str:
        return self.says


def results(outcomes: Sequence[Outcome], unit: str) -> list[int | str]:
    """What each purchase yielded in its unit, or its code where that is nothing."""
    return [getattr(outcome, unit) or outcome.code or 0 for outcome in outcomes]
