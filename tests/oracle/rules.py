"""What one purchase, looked at by itself, yields in one program (RULES sections 2 and 3), in exact arithmetic.

``own_yield`` answers (code, quantity): the quantity is points, punches, stamps, visits or minor units of money,
before caps and before exclusive groups; code is the gate that failed, or None.
"""

from __future__ import annotations

import math
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from tests.oracle.model import Item, Program, Purchase, exact, instant, local_date

NOTHING = "nothing_earned"  # not a code of RULES: every gate passed and the yield is 0

UNITS = {
    "POINTS_BASED": "points",
    "PUNCH_CARD": "punches",
    "STAMP_CARD": "stamps",
    "AMOUNT_SPENT": "spent_minor",
    "VISIT_FREQUENCY": "visits",
    "TIER_BASED": "metric_minor",
    "CASH_BACK": "cashback_minor",
}

Yield = tuple[str | None, int]


def same_category(left: str | None, right: str) -> bool:
    return left is not None and left.strip().lower() == right.strip().lower() != ""


def items_sum(purchase: Purchase) -> Fraction:
    return sum((item.quantity * item.unit_price_minor for item in purchase.items), Fraction(0))


def scaled_total(item: Item, purchase: Purchase) -> Fraction:
    """quantity × unitPrice; scaled by amount ÷ sum where the items sum to more than the amount (a discount)."""
    total = item.quantity * item.unit_price_minor
    whole = items_sum(purchase)
    return total * purchase.amount_minor / whole if whole > purchase.amount_minor else total


def matching(purchase: Purchase, category: str | None) -> list[Item]:
    present = [item for item in purchase.items if item.quantity > 0]
    return [item for item in present if category is None or same_category(item.category, category)]


def filtered_amount(purchase: Purchase, category: str | None) -> Fraction:
    """The amount, or with a category filter the (scaled) sum of that category's items; in minor units."""
    if category is None:
        return Fraction(purchase.amount_minor)
    return sum((scaled_total(item, purchase) for item in matching(purchase, category)), Fraction(0))


def in_hours(hour: int, start: int, end: int) -> bool:
    return start <= hour < end if start < end else hour >= start or hour < end


def rounded(value: Fraction, how: str) -> int:
    if how == "down":
        return math.floor(value)
    if how == "up":
        return math.ceil(value)
    if how == "nearest":
        return math.floor(value + Fraction(1, 2))
    raise ValueError(how)


def common_gates(program: Program, purchase: Purchase, zone: ZoneInfo) -> str | None:
    """The gates of section 2 that exist in the demo. No location, recurrence, segment or opt-in is configured there."""
    if purchase.amount_minor <= 0 and purchase.kind != "punch":
        return "zero_amount"
    start = program.get("startsAt")
    if start is not None:
        live_from = start if isinstance(start, datetime) else datetime.fromisoformat(start)
        live_from = live_from if live_from.tzinfo else live_from.replace(tzinfo=zone)
        if instant(purchase.occurred_at) < instant(live_from):
            return "program_not_live"
    if local_date(purchase.occurred_at, zone).isoformat() in program.get("blackoutDates", []):
        return "blackout_date"
    return None


def own_yield(program: Program, purchase: Purchase, tier_multiplier: Fraction, zone: ZoneInfo, digits: int) -> Yield:
    failed = common_gates(program, purchase, zone)
    if failed is not None:
        return failed, 0
    config, rule, minor = program["ruleConfig"], program["ruleType"], 10**digits
    if rule == "POINTS_BASED":
        code, quantity = points(config, purchase, tier_multiplier, minor)
    elif rule == "PUNCH_CARD":
        code, quantity = punches(config, purchase, zone, minor)
    elif rule == "STAMP_CARD":
        code, quantity = stamps(config, purchase, minor)
    elif rule == "VISIT_FREQUENCY":
        code, quantity = visit(config, purchase, minor)
    elif rule == "CASH_BACK":
        code, quantity = None, cashback(config, purchase, minor)
    else:  # AMOUNT_SPENT and TIER_BASED have no conditions of their own: the amount counts
        code, quantity = None, purchase.amount_minor
    return (NOTHING, 0) if code is None and quantity == 0 else (code, quantity)


def points(config: Program, purchase: Purchase, tier_multiplier: Fraction, minor: int) -> Yield:
    minimum = config.get("minimumPurchaseAmount")
    if minimum is not None and purchase.amount_minor < exact(minimum) * minor:
        return "below_minimum", 0
    weighted, in_items = Fraction(0), Fraction(0)
    for item in purchase.items:
        part = scaled_total(item, purchase)
        factors = [
            exact(f) for name, f in config.get("categoryMultipliers", {}).items() if same_category(item.category, name)
        ]
        weighted += part * (factors[0] if factors else 1)
        in_items += part
    weighted += purchase.amount_minor - in_items  # the rest counts with multiplier 1
    value = exact(config["pointsPerDollar"]) * weighted / minor * tier_multiplier
    return None, rounded(value, config.get("rounding", "down"))


def punches(config: Program, purchase: Purchase, zone: ZoneInfo, minor: int) -> Yield:
    till, category = purchase.kind == "punch", config.get("categoryFilter")
    if category is not None and not till and not matching(purchase, category):
        return "category_not_matched", 0
    minimum = config.get("minimumPurchaseAmount")
    if minimum is not None and not till and filtered_amount(purchase, category) < exact(minimum) * minor:
        return "below_minimum", 0
    hours = config.get("validHours")
    if hours is not None and not in_hours(purchase.occurred_at.astimezone(zone).hour, hours["start"], hours["end"]):
        return "outside_valid_hours", 0
    return None, purchase.count if till else 1


def stamps(config: Program, purchase: Purchase, minor: int) -> Yield:
    """per_visit answers the value for every qualifying purchase; the walk gives it to the first of a local day only."""
    rule, category = config["stampEarnRule"], config.get("categoryFilter")
    value, till = exact(rule["value"]), purchase.kind == "punch"
    if till:
        return None, int(value) if rule["type"] == "per_visit" else 0
    if category is not None and not matching(purchase, category):
        return "category_not_matched", 0
    if rule["type"] == "per_visit":
        return None, int(value)
    if rule["type"] == "per_item":
        one = [Item(None, Fraction(1), purchase.amount_minor)]
        items = matching(purchase, category) if purchase.items else one
        return None, math.floor(value * sum((item.quantity for item in items), Fraction(0)))
    return None, math.floor(value * filtered_amount(purchase, category) / minor)


def visit(config: Program, purchase: Purchase, minor: int) -> Yield:
    """1 for every purchase that counts; the walk makes one visit of the purchases of a local day."""
    minimum = config.get("minimumPurchaseAmount")
    if minimum is not None and purchase.amount_minor < exact(minimum) * minor:
        return "below_minimum", 0
    return None, 1


def cashback(config: Program, purchase: Purchase, minor: int) -> int:
    reached = [rate for rate in config["rates"] if purchase.amount_minor >= exact(rate["minimumAmount"]) * minor]
    money = math.floor(exact(reached[-1]["ratePercent"]) / 100 * purchase.amount_minor)
    cap = config.get("maximumPerPurchase")
    return money if cap is None else min(money, int(exact(cap) * minor))
