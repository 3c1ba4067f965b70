"""Plain data (purchases, refunds, arrivals) and the few calendar helpers that the judge needs."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

Program = dict[str, Any]


class Item(NamedTuple):
    category: str | None
    quantity: Fraction
    unit_price_minor: int


@dataclass(frozen=True)
class Purchase:
    order_id: str
    occurred_at: datetime
    member: str
    amount_minor: int
    items: tuple[Item, ...] = ()
    kind: Literal["purchase", "punch"] = "purchase"
    count: int = 0  # a till punch: 1..5

    @property
    def order(self) -> tuple[datetime, str]:
        """The order in which purchases are walked: (occurredAt, order id as text)."""
        return (instant(self.occurred_at), self.order_id)


@dataclass(frozen=True)
class Refund:
    order_id: str
    at: datetime
    amount_minor: int
    items: tuple[tuple[int, Fraction], ...] | None = None  # (index, quantity taken back)


Arrival = tuple[Literal["purchases"], list[Purchase]] | tuple[Literal["refund"], Refund]


def exact(value: Any) -> Fraction:
    """A configured number exactly as written: 0.07 is 7/100, whether it was read as Decimal, str, int or float."""
    return Fraction(str(value))


def instant(moment: datetime) -> datetime:
    """As UTC, so that comparing and sorting is about instants and never about wall clocks."""
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime: {moment}")
    return moment.astimezone(UTC)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    return instant(datetime.combine(day, time(0), zone))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Half-open: the end of a local day is the start of the next."""
    return start_of_day(day + timedelta(days=1), zone)


def add_months(day: date, months: int) -> date:
    """Calendar months; 31 January + 1 month is the last of February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


PERIOD_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


def period_start(day: date, period: str) -> date:
    """First day of the calendar period that holds the day. A lifetime has one period, which starts at date.min."""
    if period == "lifetime":
        return date.min
    months = PERIOD_MONTHS[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_period_start(day: date, period: str) -> date:
    return add_months(period_start(day, period), PERIOD_MONTHS[period])


def reduced(purchase: Purchase, refund: Refund) -> Purchase:
    """The purchase as it stands after one more refund.

    With items: those quantities are taken out, the amount falls by the refunded amount. Without: every quantity (and
    so every item's total) shrinks in the proportion in which the amount shrinks.
    """
    amount = purchase.amount_minor - refund.amount_minor
    if refund.amount_minor <= 0 or amount < 0:
        raise ValueError(f"{refund.order_id}: refund of {refund.amount_minor} on {purchase.amount_minor}")
    quantities = [item.quantity for item in purchase.items]
    if refund.items is None:
        quantities = [quantity * Fraction(amount, purchase.amount_minor) for quantity in quantities]
    else:
        for index, taken in refund.items:
            quantities[index] -= taken
            if quantities[index] < 0:
                raise ValueError(f"{refund.order_id}: more of item {index} refunded than was bought")
    items = tuple(item._replace(quantity=left) for item, left in zip(purchase.items, quantities, strict=True))
    return replace(purchase, amount_minor=amount, items=items)
