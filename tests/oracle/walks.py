"""Count, then owe: which vouchers are due, as a pure function of the set of counted purchases (RULES section 3).

Every walk takes the counted purchases of one member in one program with what each of them counts, sorts them by
(occurredAt, order id) and answers the list of due moments: for each voucher the purchase that makes it due.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.oracle.model import Program, Purchase, end_of_day, exact, instant, local_date, period_start

Counted = list[tuple[Purchase, int]]
COUNTING_RULES = ("PUNCH_CARD", "STAMP_CARD", "AMOUNT_SPENT", "VISIT_FREQUENCY")


@dataclass
class Voucher:
    due_at: datetime  # occurredAt of the purchase that made it due
    due_by: str  # that purchase's order id
    expires_at: datetime | None
    revoked: bool = False

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= instant(now)


def in_order(counted: Counted) -> Counted:
    return sorted(counted, key=lambda pair: pair[0].order)


def is_once_a_day(program: Program) -> bool:
    earn = program["ruleConfig"].get("stampEarnRule", {})
    return bool(program["ruleType"] == "VISIT_FREQUENCY" or earn.get("type") == "per_visit")


def firsts_of_days(counted: Counted, zone: ZoneInfo) -> Counted:
    """Of every local day only the first purchase."""
    first: dict[date, tuple[Purchase, int]] = {}
    for purchase, quantity in in_order(counted):
        first.setdefault(local_date(purchase.occurred_at, zone), (purchase, quantity))
    return list(first.values())


def card_total(program: Program, counted: Counted, zone: ZoneInfo) -> int:
    """All punches or stamps a member ever had, the endowed start of the first card included."""
    pairs = firsts_of_days(counted, zone) if is_once_a_day(program) else counted
    return int(program["ruleConfig"].get("endowedStart", 0)) + sum(quantity for _, quantity in pairs)


def card_size(program: Program) -> int:
    config = program["ruleConfig"]
    return int(config["punchesRequired"] if program["ruleType"] == "PUNCH_CARD" else config["stampsRequired"])


def due_cards(program: Program, counted: Counted, zone: ZoneInfo) -> list[Purchase]:
    pairs = firsts_of_days(counted, zone) if is_once_a_day(program) else counted
    total, due = program["ruleConfig"].get("endowedStart", 0), []
    for purchase, quantity in in_order(pairs):
        full_before = total // card_size(program)
        total += quantity
        due += [purchase] * (total // card_size(program) - full_before)
    return due


def due_spent(program: Program, counted: Counted, zone: ZoneInfo, digits: int) -> list[Purchase]:
    config = program["ruleConfig"]
    threshold = exact(config["thresholdAmount"]) * 10**digits
    sums: dict[date, int] = {}
    due = []
    for purchase, amount in in_order(counted):
        period = period_start(local_date(purchase.occurred_at, zone), config.get("resetPeriod", "lifetime"))
        before = sums.get(period, 0)
        sums[period] = before + amount
        old, new = before // threshold, sums[period] // threshold
        if not config.get("repeatable", True):
            old, new = min(old, 1), min(new, 1)
        due += [purchase] * (new - old)
    return due


def spent_in_period(program: Program, counted: Counted, day: date, zone: ZoneInfo) -> int:
    period = program["ruleConfig"].get("resetPeriod", "lifetime")
    wanted = period_start(day, period)
    return sum(q for p, q in counted if period_start(local_date(p.occurred_at, zone), period) == wanted)


def only_blackouts_between(earlier: date, later: date, program: Program) -> bool:
    days = (earlier + timedelta(days=n) for n in range(1, (later - earlier).days))
    return all(day.isoformat() in program.get("blackoutDates", []) for day in days)


def group_ending_with(day: date, unused: list[date], program: Program) -> list[date]:
    """The unused visits that count towards a voucher on this day (the day itself included if it is one of them)."""
    config = program["ruleConfig"]
    window = [d for d in unused if 0 <= (day - d).days < config["withinDays"]]
    if not config.get("consecutiveRequired", False):
        return window
    run: list[date] = []
    for d in reversed(window):
        if only_blackouts_between(d, run[-1] if run else day, program):
            run.append(d)
        else:
            break
    return run


def walk_visits(program: Program, counted: Counted, zone: ZoneInfo) -> tuple[list[Purchase], list[date]]:
    """The due vouchers and the visits that no voucher has used."""
    unused: list[date] = []
    due = []
    for purchase, _ in firsts_of_days(counted, zone):
        day = local_date(purchase.occurred_at, zone)
        unused.append(day)
        group = group_ending_with(day, unused, program)
        if len(group) >= program["ruleConfig"]["visitsRequired"]:
            due.append(purchase)
            unused = [d for d in unused if d not in group]
    return due, unused


def due_vouchers(program: Program, counted: Counted, zone: ZoneInfo, digits: int) -> list[Purchase]:
    if program["ruleType"] == "AMOUNT_SPENT":
        return due_spent(program, counted, zone, digits)
    if program["ruleType"] == "VISIT_FREQUENCY":
        return walk_visits(program, counted, zone)[0]
    return due_cards(program, counted, zone)


def expiry(program: Program, due_at: datetime, zone: ZoneInfo) -> datetime | None:
    days = program["ruleConfig"].get("rewardExpiresAfterDays")
    return None if days is None else end_of_day(local_date(due_at, zone) + timedelta(days=days), zone)


def bring_in_line(
    program: Program, vouchers: list[Voucher], due: list[Purchase], zone: ZoneInfo, refunded_at: datetime | None
) -> list[Voucher]:
    """Issue the difference where more are due than issued; revoke the newest open vouchers where fewer are.

    Answers the vouchers that were issued now. A voucher keeps the date it was issued with: what is new takes the
    newest of the due moments that no standing voucher has.
    """
    standing = [v for v in vouchers if not v.revoked]
    missing = len(due) - len(standing)
    if missing > 0:
        free = [v.due_by for v in standing]
        uncovered = []
        for purchase in due:
            if purchase.order_id in free:
                free.remove(purchase.order_id)
            else:
                uncovered.append(purchase)
        new = [Voucher(p.occurred_at, p.order_id, expiry(program, p.occurred_at, zone)) for p in uncovered[-missing:]]
        vouchers.extend(new)
        return new
    if missing < 0 and refunded_at is not None:  # a purchase that arrives never makes fewer vouchers due
        still_open = [v for v in standing if not v.expired(refunded_at)]
        for voucher in list(reversed(still_open))[:-missing]:
            voucher.revoked = True
    return []
