"""The product's figures in the judge's words, worked out from its tables and from what its API reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from tests.oracle.model import instant, period_start
from tests.oracle.product_books import Books

Figures = dict[str, Any]
LADDER = ("Regular", "Friend", "Family")


def figures_of(books: Books, card: str, key: str, clock: datetime) -> Figures:
    """What the product says of a card in a program; empty where it is not enrolled."""
    standing = books.standings.get((card, key))
    return {} if standing is None else _READERS[key](books, standing, instant(clock))


def points(books: Books, standing: Figures, now: datetime) -> Figures:
    """From the lots by the clock; the reader that the API uses must say the same."""
    lots = books.lots[standing["id"]]
    lapsed = sum(lot.remaining for lot in lots if lot.expires_at and lot.expires_at <= now)
    pending = sum(lot.remaining for lot in lots if lot.available_at > now and not _is_over(lot, now))
    active = sum(lot.remaining for lot in lots) - lapsed - pending
    entries = books.entries[standing["id"]]
    expired = lapsed - sum(entry.amount for entry in entries if entry.kind == "expire")
    assert (standing["balance"], standing["pending"], standing["expired"]) == (active, pending, expired)
    return {
        "active": active,
        "pending": pending,
        "expired": expired,
        "owed": standing["owed"],
        "lifetime": sum(entry.amount for entry in entries if entry.kind in ("earn", "reversal")),
        "granted": sum(entry.amount for entry in entries if entry.kind == "earn"),
    }


def cashback(books: Books, standing: Figures, _now: datetime) -> Figures:
    """Pending until it is paid, and nothing pays yet."""
    entries = books.entries[standing["id"]]
    return {
        "earned": sum(entry.amount for entry in entries if entry.kind == "earn"),
        "cancelled": -sum(entry.amount for entry in entries if entry.kind == "reversal"),
        "paid": standing["progress"]["paid"],
        "pending": standing["pending"],
    }


def tier(books: Books, standing: Figures, _now: datetime) -> Figures:
    """The tier, its metric, and the history as it reads: rows that raise nothing are dropped."""
    changes = _taken(books.tiers[standing["id"]])
    return {
        "tier": standing["tier"],
        "metric": standing["progress"]["metric"],
        "history": [(change.effective_at.astimezone(UTC), change.to_tier) for change in changes],
        "reasons": [change.reason for change in changes],
    }


def punch(books: Books, standing: Figures, now: datetime) -> Figures:
    """Vouchers and the card."""
    return vouchers(books, standing["id"], now) | {"punches": standing["progress"]["punches"]}


def stamp(books: Books, standing: Figures, now: datetime) -> Figures:
    """Vouchers, the card, and every stamp there is."""
    collected = sum(row.adds for row in books.outcomes[standing["id"]])
    progress = standing["progress"]["stamps"]
    return vouchers(books, standing["id"], now) | {"stamps": progress, "stamps_counted": collected}


def spent(books: Books, standing: Figures, now: datetime) -> Figures:
    """Vouchers and what was spent in the quarter of the clock."""
    quarter = period_start(now.date(), "quarterly")
    rows = [row for row in books.outcomes[standing["id"]] if row.local_day >= quarter]
    return vouchers(books, standing["id"], now) | {"spent": sum(row.adds for row in rows)}


def visits(books: Books, standing: Figures, now: datetime) -> Figures:
    """Vouchers, the days of visits, and those that no voucher has used."""
    days: set[date] = {row.local_day for row in books.outcomes[standing["id"]] if row.adds}
    unused = standing["progress"]["visits"]
    return vouchers(books, standing["id"], now) | {"visit_days": len(days), "unused": unused}


def vouchers(books: Books, enrollment_id: UUID, now: datetime) -> Figures:
    """Counts of vouchers by what became of them."""
    rows = books.vouchers[enrollment_id]
    standing = [row for row in rows if row.status != "revoked"]
    expired = sum(_is_over(row, now) for row in standing)
    return {
        "issued": len(rows),
        "revoked": len(rows) - len(standing),
        "expired": expired,
        "open": len(standing) - expired,
    }


_READERS: dict[str, Callable[[Books, Figures, datetime], Figures]] = {
    "points": points,
    "punch": punch,
    "stamp": stamp,
    "spent": spent,
    "visits": visits,
    "streak": visits,
    "tier": tier,
    "cashback": cashback,
}


def _is_over(row: Row[Any], now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def _taken(history: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Walk rows in the order in which they are effective: a rise counts only above what is held, a fall always."""
    held, taken = -1, []
    for row in history:
        place = -1 if row.to_tier is None else LADDER.index(row.to_tier)
        if place > held or row.reason in ("period_end", "inactivity"):
            held = place
            taken.append(row)
    return taken
