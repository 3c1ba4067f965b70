"""The figures of one member in one program, read off a worked-through book at the clock instant."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tests.oracle import rules, tiers, walks
from tests.oracle.model import Program, instant, local_date

if TYPE_CHECKING:
    from tests.oracle.oracle import MemberBook


def figures(book: MemberBook, program: Program, clock: datetime) -> dict[str, Any]:
    rule = program["ruleType"]
    if rule == "POINTS_BASED":
        values = points(book, program, clock)
    elif rule == "TIER_BASED":
        values = tier(book, program, clock)
    elif rule == "CASH_BACK":
        values = cashback(book, program)
    else:
        values = counting(book, program, clock)
    return {"rule": rule, **values, "purchases": per_purchase(book, program)}


def per_purchase(book: MemberBook, program: Program) -> dict[str, dict[str, Any]]:
    """{order id: what the purchase granted in this program, or the code of the gate that failed}, in order."""
    rows = {}
    for entry in sorted(book.settled.values(), key=lambda s: s.original.order):
        outcome = entry.outcomes[program["key"]]
        rows[entry.original.order_id] = {
            "unit": rules.UNITS[program["ruleType"]],
            "code": outcome.code,
            "granted": outcome.granted,
            "uncapped": outcome.uncapped,
            "now": outcome.now,
            "vouchers": outcome.vouchers,
            "tier_multiplier": entry.tier_multiplier,
        }
    return rows


def points(book: MemberBook, program: Program, clock: datetime) -> dict[str, Any]:
    """Every purchase's points are one lot; a refund takes pending points first. Nothing is ever owed here."""
    now = instant(clock)
    active = pending = expired = granted = lifetime = taken_after_expiry = 0
    for entry in book.settled.values():
        outcome = entry.outcomes[program["key"]]
        lot = outcome.lot
        available_from, expires_at = book.lot_dates(program, entry.original)
        if expires_at is not None and expires_at <= now:
            expired += lot
        elif available_from <= now:
            active += lot
        else:
            pending += lot
        granted += outcome.granted
        lifetime += outcome.now
        taken_after_expiry += outcome.taken_after_expiry
    return {
        "active": active,
        "pending": pending,
        "expired": expired,
        "owed": 0,
        "lifetime": lifetime,  # granted less what refunds took back
        "granted": granted,  # gross
        "taken_after_expiry": taken_after_expiry,
    }


def tier(book: MemberBook, program: Program, clock: datetime) -> dict[str, Any]:
    sources = book.tier_book(program)
    changes = tiers.history(program, sources, clock, book.zone, book.digits)
    end = (instant(clock), "\U0010ffff")  # after every order id of that instant
    return {
        "tier": tiers.tier_name(changes),
        "metric": tiers.metric(program, sources, clock, end, book.zone),
        "history": [(change.at.astimezone(book.zone), change.tier) for change in changes],
        "reasons": [change.reason for change in changes],
    }


def cashback(book: MemberBook, program: Program) -> dict[str, Any]:
    outcomes = [entry.outcomes[program["key"]] for entry in book.settled.values()]
    earned = sum(outcome.granted for outcome in outcomes)
    pending = sum(outcome.now for outcome in outcomes)
    return {
        "earned": earned,
        "cancelled": earned - pending,
        "paid": 0,
        "pending": pending,
        "pending_if_reevaluated": sum(outcome.counts for outcome in outcomes),
    }


def counting(book: MemberBook, program: Program, clock: datetime) -> dict[str, Any]:
    counted, today = book.counted(program), local_date(clock, book.zone)
    vouchers = book.vouchers[program["key"]]
    standing = [v for v in vouchers if not v.revoked]
    due = walks.due_vouchers(program, counted, book.zone, book.digits)
    over_issued = len(standing) - len(due)  # above 0: vouchers that could not be revoked, to be worked off
    values: dict[str, Any] = {
        "issued": len(vouchers),
        "revoked": len(vouchers) - len(standing),
        "expired": sum(v.expired(clock) for v in standing),
        "open": sum(not v.expired(clock) for v in standing),
        "due": len(due),
        # by the walk alone, whatever was issued when: the same for every order of arrival
        "due_expired": sum(expired_by(program, book, p.occurred_at, clock) for p in due),
        "vouchers": [
            (v.due_by, v.due_at, v.expires_at, "revoked" if v.revoked else "expired" if v.expired(clock) else "open")
            for v in vouchers
        ],
    }
    if program["ruleType"] == "AMOUNT_SPENT":
        values["spent"] = walks.spent_in_period(program, counted, today, book.zone)
    elif program["ruleType"] == "VISIT_FREQUENCY":
        required = program["ruleConfig"]["visitsRequired"]
        values["visit_days"] = len(walks.firsts_of_days(counted, book.zone))
        values["unused"] = max(0, unused_visits(book, program, counted, today) - over_issued * required)
        values["unused_at_last_visit"] = max(0, unused_visits(book, program, counted, None) - over_issued * required)
    else:
        inside = walks.card_total(program, counted, book.zone) - len(standing) * walks.card_size(program)
        name = "punches" if program["ruleType"] == "PUNCH_CARD" else "stamps"
        values[name] = max(0, inside)
        values[f"{name}_inside"] = inside
        values[f"{name}_counted"] = walks.card_total(program, counted, book.zone)
    return values


def expired_by(program: Program, book: MemberBook, due_at: datetime, clock: datetime) -> bool:
    expires_at = walks.expiry(program, due_at, book.zone)
    return expires_at is not None and expires_at <= instant(clock)


def unused_visits(book: MemberBook, program: Program, counted: walks.Counted, today: date | None) -> int:
    """Unused visits in the window that ends today (None: with the member's last visit). A run of successive days
    that reaches to yesterday is alive today."""
    days = [local_date(purchase.occurred_at, book.zone) for purchase, _ in counted]
    if not days:
        return 0
    unused = walks.walk_visits(program, counted, book.zone)[1]
    end = max(days) if today is None else today
    return len(walks.group_ending_with(end, unused, program))
