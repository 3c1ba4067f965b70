"""The judge's entry: ``compute(arrivals, programs, clock)`` -> {member: {program key: figures}}.

Each member is worked through alone. The member's arrivals are put into steps (one purchase or one refund each); a
step settles the purchase or re-evaluates the refunded one, then every voucher list is recomputed from the whole set
of counted purchases. At the end the figures are read off at the clock instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle import rules, tiers, walks
from tests.oracle.figures import figures
from tests.oracle.model import (
    Arrival,
    Program,
    Purchase,
    Refund,
    add_months,
    end_of_day,
    instant,
    local_date,
    reduced,
    start_of_day,
)

Step = Purchase | Refund


@dataclass
class Outcome:
    """What one purchase did in one program."""

    code: str | None  # the gate that failed when it was settled
    granted: int  # as settled, after caps
    counts: int  # what it counts now, after refunds (visits and per_visit stamps: whether it counts for its day)
    now: int  # what is left of ``granted`` after refunds
    uncapped: int  # as settled, before caps
    vouchers: int = 0  # issued when it was settled
    taken_after_expiry: int = 0  # points refunded when the lot had already expired: counted as taken
    lot: int = 0  # points that its lot still holds (or held when it expired)


@dataclass
class Settled:
    original: Purchase
    current: Purchase  # reduced by the refunds so far
    tier_multiplier: Fraction
    outcomes: dict[str, Outcome] = field(default_factory=dict)


@dataclass
class MemberBook:
    """Everything that is known of one member so far."""

    programs: list[Program]
    zone: ZoneInfo
    digits: int
    settled: dict[str, Settled] = field(default_factory=dict)
    refunds: list[Refund] = field(default_factory=list)
    vouchers: dict[str, list[walks.Voucher]] = field(default_factory=dict)

    def counted(self, program: Program) -> walks.Counted:
        """The purchases that count in the program as they stand now, in order."""
        pairs = [(s.current, s.outcomes[program["key"]].counts) for s in self.settled.values()]
        return walks.in_order([pair for pair in pairs if pair[1] > 0])

    def tier_book(self, program: Program) -> tiers.TierBook:
        """The tier metric's sources: purchases in full; their refunds count from their own instants on."""
        passed = [s.original for s in self.settled.values() if s.outcomes[program["key"]].code in (None, rules.NOTHING)]
        return tiers.TierBook(passed, self.refunds)

    def lot_dates(self, program: Program, purchase: Purchase) -> tuple[datetime, datetime | None]:
        """(available from, expires at) of the points that the purchase earned."""
        config, day = program["ruleConfig"], local_date(purchase.occurred_at, self.zone)
        pending, months = config.get("pendingDays", 0), config.get("expirationMonths")
        available = start_of_day(day + timedelta(days=pending), self.zone)
        return available, None if months is None else end_of_day(add_months(day, months), self.zone)


def compute(
    arrivals: Sequence[Arrival],
    programs: Sequence[Program],
    clock: datetime,
    timezone: str = "Europe/Kyiv",
    digits: int = 2,
) -> dict[str, dict[str, dict[str, Any]]]:
    """``digits``: decimals of the currency. ``programs``: as in demo_programs.json, each with ``startsAt``."""
    zone = ZoneInfo(timezone)
    ordered = sorted(programs, key=lambda program: program["priority"])  # stable: ties by creation
    check_supported(ordered)
    result = {}
    for member, steps in steps_by_member(arrivals).items():
        book = MemberBook(ordered, zone, digits, vouchers={program["key"]: [] for program in ordered})
        for step in steps:
            if isinstance(step, Purchase):
                settle(book, step)
            else:
                refund(book, step)
        result[member] = {program["key"]: figures(book, program, clock) for program in ordered}
    return result


def check_supported(programs: Sequence[Program]) -> None:
    for program in programs:
        awkward = program["ruleType"] == "TIER_BASED" or walks.is_once_a_day(program) or program.get("caps")
        if program.get("exclusiveGroup") and awkward:
            raise ValueError(f"{program['key']}: not modelled in an exclusive group")
        for cap in program.get("caps", []):
            if (cap["unit"], cap["per"], program["ruleType"]) != ("points", "day", "POINTS_BASED"):
                raise ValueError(f"{program['key']}: only caps of points per day are modelled")


def steps_by_member(arrivals: Sequence[Arrival]) -> dict[str, list[Step]]:
    """What happens to each member, in order: inside a batch the waiting purchases by (occurredAt, order id); a refund
    that arrives before its purchase waits for it; a purchase that is delivered twice happens once."""
    arrived: list[Step] = []
    for _, content in arrivals:
        if isinstance(content, Refund):
            arrived.append(content)
        else:
            batch = sorted(content, key=lambda p: p.order)
            arrived.extend(batch)
    purchases: dict[str, Purchase] = {}
    waiting: list[Refund] = []
    steps: dict[str, list[Step]] = {}
    for step in arrived:
        if isinstance(step, Refund) and step.order_id in purchases:
            steps[purchases[step.order_id].member].append(step)
        elif isinstance(step, Refund):
            waiting.append(step)
        elif step.order_id not in purchases:
            purchases[step.order_id] = step
            ready = [r for r in waiting if r.order_id == step.order_id]
            waiting = [r for r in waiting if r.order_id != step.order_id]
            steps.setdefault(step.member, []).extend([step, *ready])
    if waiting:
        raise ValueError(f"refunds of unknown purchases: {[r.order_id for r in waiting]}")
    return steps


def tier_multiplier(book: MemberBook, purchase: Purchase) -> Fraction:
    """The largest points multiplier of the tiers held just before the purchase, in tier programs live at that time."""
    factors = [Fraction(1)]
    for program in book.programs:
        live = rules.common_gates(program, purchase, book.zone) != "program_not_live"
        if program["ruleType"] == "TIER_BASED" and live:
            held = tiers.held_before(program, book.tier_book(program), purchase, book.zone, book.digits)
            factors.append(tiers.points_multiplier(program, held))
    return max(factors)


def room_under_caps(book: MemberBook, program: Program, purchase: Purchase) -> int | None:
    """How many points the member may still earn on the purchase's local day; None without a cap."""
    if not program.get("caps"):
        return None
    day = local_date(purchase.occurred_at, book.zone)
    same_day = [s for s in book.settled.values() if local_date(s.original.occurred_at, book.zone) == day]
    earned = sum(s.outcomes[program["key"]].now for s in same_day if program["key"] in s.outcomes)
    return max(0, min(int(cap["max"]) for cap in program["caps"]) - earned)


def evaluate(book: MemberBook, purchase: Purchase, multiplier: Fraction) -> dict[str, rules.Yield]:
    """Each program's (code, quantity) before caps; of an exclusive group only the first that yields."""
    yields: dict[str, rules.Yield] = {}
    groups_taken: set[str] = set()
    for program in book.programs:
        code, quantity = rules.own_yield(program, purchase, multiplier, book.zone, book.digits)
        group = program.get("exclusiveGroup")
        if code is None and group in groups_taken:
            code, quantity = "excluded_by_priority", 0
        if quantity > 0 and group is not None:
            groups_taken.add(group)
        yields[program["key"]] = (code, quantity)
    return yields


def settle(book: MemberBook, purchase: Purchase) -> None:
    multiplier = tier_multiplier(book, purchase)
    yields = evaluate(book, purchase, multiplier)
    outcomes = {}
    for program in book.programs:
        code, quantity = yields[program["key"]]
        granted, room = quantity, room_under_caps(book, program, purchase)
        if room is not None and quantity > room:
            granted, code = room, "member_cap_reached" if room == 0 else code
        outcome = Outcome(code, granted, granted, granted, quantity, lot=granted)
        if walks.is_once_a_day(program) and visited_before(book, program, purchase):
            outcome.granted = outcome.now = 0
            outcome.code = code or rules.NOTHING
        outcomes[program["key"]] = outcome
    book.settled[purchase.order_id] = Settled(purchase, purchase, multiplier, outcomes)
    recount(book, purchase.order_id, None)


def visited_before(book: MemberBook, program: Program, purchase: Purchase) -> bool:
    """Whether a purchase that counts was already settled on the same local day."""
    day = local_date(purchase.occurred_at, book.zone)
    return any(local_date(other.occurred_at, book.zone) == day for other, _ in book.counted(program))


def refund(book: MemberBook, event: Refund) -> None:
    """The refunded purchase is evaluated again at its reduced amount, under the multipliers it was settled with."""
    entry = book.settled[event.order_id]
    entry.current = reduced(entry.current, event)
    book.refunds.append(event)
    yields = evaluate(book, entry.current, entry.tier_multiplier)
    for program in book.programs:
        outcome, (_, quantity) = entry.outcomes[program["key"]], yields[program["key"]]
        if program["ruleType"] == "POINTS_BASED":
            left = min(outcome.now, quantity)  # what the first grant lost to a cap is taken back first
            take_points(book, program, entry, outcome.now - left, instant(event.at))
            outcome.now = outcome.counts = left
        elif program["ruleType"] == "CASH_BACK":  # cancelled in proportion, rounded down to a minor unit
            share = Fraction(entry.current.amount_minor, entry.original.amount_minor)
            outcome.now = int(outcome.granted * share)
            outcome.counts = quantity  # the other reading: the rule again at the reduced amount
        else:
            outcome.counts = quantity
            outcome.now = min(outcome.granted, quantity) if walks.is_once_a_day(program) else quantity
    recount(book, None, event.at)


def take_points(book: MemberBook, program: Program, refunded: Settled, amount: int, at: datetime) -> None:
    """Of its own expired lot they count as taken already; else pending points first (its own, then others soonest to
    expire), then its own lot, then the others. No scenario leaves anything to owe, so that is refused here."""
    key = program["key"]
    if is_expired(book, program, refunded, at):
        refunded.outcomes[key].taken_after_expiry += amount
        return
    pending: list[tuple[tuple[Any, ...], Outcome]] = []
    active: list[tuple[tuple[Any, ...], Outcome]] = []
    for entry in book.settled.values():
        available_from, expires_at = book.lot_dates(program, entry.original)
        if not is_expired(book, program, entry, at):
            place = (entry is not refunded, expires_at is None, expires_at or at, *entry.original.order)
            (active if available_from <= at else pending).append((place, entry.outcomes[key]))
    if draw(active, draw(pending, amount)):
        raise ValueError(f"{refunded.original.order_id}: points would be owed, which is not modelled")


def is_expired(book: MemberBook, program: Program, entry: Settled, at: datetime) -> bool:
    """Whether the purchase's lot has run out by an instant."""
    expires_at = book.lot_dates(program, entry.original)[1]
    return expires_at is not None and expires_at <= at


def draw(lots: list[tuple[tuple[Any, ...], Outcome]], amount: int) -> int:
    """Take from the lots in their order; what they do not cover is returned."""
    for _, outcome in sorted(lots, key=lambda lot: lot[0]):
        taken = min(amount, outcome.lot)
        outcome.lot -= taken
        amount -= taken
    return amount


def recount(book: MemberBook, settled_now: str | None, refunded_at: datetime | None) -> None:
    """Count, then owe: every voucher list again, from the whole set of counted purchases."""
    for program in book.programs:
        if program["ruleType"] not in walks.COUNTING_RULES:
            continue
        due = walks.due_vouchers(program, book.counted(program), book.zone, book.digits)
        new = walks.bring_in_line(program, book.vouchers[program["key"]], due, book.zone, refunded_at)
        if settled_now is not None:
            book.settled[settled_now].outcomes[program["key"]].vouchers = len(new)
