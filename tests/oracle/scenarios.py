"""What arrives, in three forms: the real purchases, the same with disturbances, and the same in a random order.

Everything is plain (tuples, dataclasses of ``model``) so that the same purchases and refunds can be fed to the
product. Deterministic: one ``random.Random(seed)`` for each scenario, choices only from sorted lists.
"""

from __future__ import annotations

import csv
import json
import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.model import Arrival, Item, Program, Purchase, Refund, instant, reduced
from tests.oracle.rules import scaled_total

DATA = Path(__file__).parents[2] / "data"
PURCHASES = DATA / "coffee_purchases.csv"
PROGRAMS = DATA / "demo_programs.json"
ZONE = ZoneInfo("Europe/Kyiv")
START = datetime(2024, 3, 1, tzinfo=ZONE)
CLOCK = datetime(2025, 3, 24, tzinfo=ZONE)
DIGITS = 2

BASKETS, LATE, REFUNDS = 300, 50, 200


def load_programs(path: Path = PROGRAMS) -> list[Program]:
    """The demo programs with their numbers read as Decimal, each live from 2024-03-01T00:00 local."""
    programs: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["programs"]
    return [{**program, "startsAt": START} for program in programs]


def load_purchases(path: Path = PURCHASES) -> list[Purchase]:
    """The card purchases in file order: one item each, quantity 1, unit price = amount."""
    purchases = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["card"]:
                continue  # cash: no member
            amount = Decimal(row["amount"]) * 10**DIGITS
            if amount != int(amount):
                raise ValueError(f"{row['order_id']}: {row['amount']} has too many decimals")
            category = row["item"].lower().replace(" ", "_") or None
            purchases.append(
                Purchase(
                    order_id=row["order_id"],
                    occurred_at=datetime.fromisoformat(row["occurred_at_local"]).replace(tzinfo=ZONE),
                    member=row["card"],
                    amount_minor=int(amount),
                    items=(Item(category, Fraction(1), int(amount)),),
                )
            )
    return purchases


def base(path: Path = PURCHASES) -> list[Arrival]:
    """The 3,547 purchases in file order as one batch."""
    return [("purchases", load_purchases(path))]


def shuffled(n: int, path: Path = PURCHASES) -> list[Arrival]:
    """The base purchases arriving in a random order, one by one or in batches of up to five."""
    dice = random.Random(n)
    waiting = load_purchases(path)
    dice.shuffle(waiting)
    arrivals: list[Arrival] = []
    while waiting:
        size = dice.choice([1, 1, 1, 2, 3, 5])
        arrivals.append(("purchases", waiting[:size]))
        waiting = waiting[size:]
    return arrivals


@dataclass(frozen=True)
class Pool:
    """What the generator draws from: the real cards, the real (category, price) pairs, the real opening minutes."""

    members: list[str]
    priced: list[tuple[str, int]]
    minutes: list[int]
    first_day: datetime
    days: int


def pool_of(purchases: list[Purchase]) -> Pool:
    first, last = purchases[0].occurred_at, purchases[-1].occurred_at
    return Pool(
        members=sorted(p.member for p in purchases),  # with repetition: frequent customers are drawn more often
        priced=sorted({(p.items[0].category or "", p.amount_minor) for p in purchases}),
        minutes=sorted({p.occurred_at.hour * 60 + p.occurred_at.minute for p in purchases}),
        first_day=datetime(first.year, first.month, first.day, tzinfo=ZONE),
        days=(last.date() - first.date()).days + 1,
    )


def some_time(dice: random.Random, pool: Pool) -> datetime:
    """A minute of the data's year at which somebody once bought a coffee."""
    day = pool.first_day.replace(tzinfo=None) + timedelta(days=dice.randrange(pool.days))
    return (day + timedelta(minutes=dice.choice(pool.minutes))).replace(tzinfo=ZONE)


def basket(dice: random.Random, pool: Pool, number: int) -> Purchase:
    """Three items; in turn as priced, with a discount (the items sum to more) or with something not itemised."""
    items = []
    for _ in range(3):
        category, price = dice.choice(pool.priced)
        items.append(Item(category, Fraction(dice.randint(1, 3)), price))
    total = int(sum(item.quantity * item.unit_price_minor for item in items))
    amount = [
        total,
        total - total * dice.randint(5, 40) // 100,
        total + dice.randint(100, 6000),
    ][number % 3]
    return Purchase(f"BK-{number:05d}", some_time(dice, pool), dice.choice(pool.members), amount, tuple(items))


def late_purchase(dice: random.Random, pool: Pool, number: int) -> Purchase:
    category, price = dice.choice(pool.priced)
    items = (Item(category, Fraction(1), price),)
    return Purchase(f"LT-{number:05d}", some_time(dice, pool), dice.choice(pool.members), price, items)


def some_amount(dice: random.Random, below: int) -> int:
    """A part of an amount: a tenth to nine tenths of it, at least one minor unit."""
    return max(1, below * dice.randint(10, 90) // 100)


def item_refund(dice: random.Random, purchase: Purchase) -> Refund:
    """Takes back some of one item, for what was paid for it: its scaled price, rounded up to a minor unit."""
    index = dice.choice([i for i, item in enumerate(purchase.items) if item.quantity >= 1])
    item = purchase.items[index]
    quantity = Fraction(dice.randint(1, int(item.quantity)))
    paid = math.ceil(scaled_total(item, purchase) * quantity / item.quantity)
    return Refund(purchase.order_id, CLOCK, min(paid, purchase.amount_minor), ((index, quantity),))


def refunds_of(dice: random.Random, purchase: Purchase, kind: str) -> list[Refund]:
    full = Refund(purchase.order_id, CLOCK, purchase.amount_minor)
    if kind == "full":
        return [full]
    if kind in ("item", "item_item", "item_amount", "item_rest"):
        first = item_refund(dice, purchase)
        left = reduced(purchase, first)
        if kind == "item" or left.amount_minor == 0:
            return [first]
        if kind == "item_item" and any(item.quantity >= 1 for item in left.items):
            return [first, item_refund(dice, left)]
        amount = left.amount_minor if kind == "item_rest" else some_amount(dice, left.amount_minor)
        return [first, Refund(purchase.order_id, CLOCK, amount)]
    first = Refund(purchase.order_id, CLOCK, some_amount(dice, purchase.amount_minor))
    left_minor = purchase.amount_minor - first.amount_minor
    if kind == "amount" or left_minor == 0:
        return [first]
    amount = left_minor if kind == "amount_rest" else some_amount(dice, left_minor)
    return [first, Refund(purchase.order_id, CLOCK, amount)]


SINGLE_KINDS = ["full", "full", "amount", "amount", "amount", "amount_amount", "amount_rest"]
BASKET_KINDS = ["full", "amount", "item", "item", "item", "item_item", "item_amount", "item_rest", "amount_amount"]


def some_refunds(dice: random.Random, purchases: list[Purchase]) -> list[Refund]:
    """Exactly REFUNDS refunds, the two of one purchase not necessarily next to each other."""
    baskets = [p for p in purchases if p.order_id.startswith("BK-")]
    others = [p for p in purchases if not p.order_id.startswith("BK-")]
    chosen = [(p, BASKET_KINDS) for p in dice.sample(baskets, 70)] + [
        (p, SINGLE_KINDS) for p in dice.sample(others, 130)
    ]
    dice.shuffle(chosen)
    first_rounds: list[Refund] = []
    second_rounds: list[Refund] = []
    for purchase, kinds in chosen:
        both = refunds_of(dice, purchase, dice.choice(kinds))
        if len(first_rounds) + len(second_rounds) + len(both) <= REFUNDS:
            first_rounds.append(both[0])
            second_rounds += both[1:]
    return first_rounds + second_rounds


def disturbed(seed: int = 20250324, path: Path = PURCHASES) -> list[Arrival]:
    """One batch of the base and 300 baskets, then 50 late purchases one by one, then 200 refunds at the clock."""
    dice = random.Random(seed)
    real = load_purchases(path)
    pool = pool_of(real)
    batch = real + [basket(dice, pool, number) for number in range(1, BASKETS + 1)]
    late = [late_purchase(dice, pool, number) for number in range(1, LATE + 1)]
    refunds = some_refunds(dice, sorted(batch + late, key=lambda p: (instant(p.occurred_at), p.order_id)))
    arrivals: list[Arrival] = [("purchases", batch)]
    arrivals += [("purchases", [purchase]) for purchase in late]
    arrivals += [("refund", refund) for refund in refunds]
    return arrivals


ORDER_FREE = ("issued", "revoked", "due", "due_expired", "punches", "stamps", "spent", "visit_days", "unused", "tier",
              "metric", "history", "earned", "paid", "pending")  # fmt: skip
POINTS = ("active", "pending", "expired", "owed", "lifetime")


def order_free(result: dict[str, dict[str, dict[str, Any]]]) -> dict[str, dict[str, dict[str, Any]]]:
    """The figures that must not depend on the order of arrival, as long as nothing is refunded.

    Points only of members who never held a tier: a purchase that is settled before the one that lifted the tier was
    there is evaluated once, without the multiplier. Left out: the expired vouchers (an issued voucher keeps its date;
    ``due_expired`` is the order-free count) and what a single purchase triggered.
    """
    view: dict[str, dict[str, dict[str, Any]]] = {}
    for member, programs in sorted(result.items()):
        had_tier = any(values.get("history") for values in programs.values())
        view[member] = {}
        for key, values in programs.items():
            points = () if had_tier else POINTS
            names = points if values["rule"] == "POINTS_BASED" else ORDER_FREE
            view[member][key] = {name: values[name] for name in names if name in values}
    return view
