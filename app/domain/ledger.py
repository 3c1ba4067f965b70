"""The arithmetic of the books: which lot is spent first, how debts are repaid, and the hash that chains the entries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from json import JSONEncoder
from typing import Any
from uuid import UUID

FIRST_HASH = bytes(32)
_NEVER = datetime.max.replace(tzinfo=UTC)
_JSON = JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


@dataclass(frozen=True, slots=True)
class LotView:
    """What is left of points that were earned together."""

    id: UUID
    remaining: int
    earned_at: datetime
    available_at: datetime
    expires_at: datetime | None


def spend_order(lots: Sequence[LotView]) -> list[LotView]:
    """Soonest to expire first, never last, then earned first (PRODUCT 2); the id decides what is still equal."""
    return sorted(lots, key=_spending_place)


def repay_owed(owed: int, amount: int) -> tuple[int, int]:
    """(repaid, kept) of newly earned points: what is owed is taken from the next points earned (RULES 4)."""
    repaid = min(owed, amount)
    return repaid, amount - repaid


def entry_hash(previous: bytes | None, entry: Mapping[str, Any]) -> bytes:
    """The seal of a ledger entry: sha256 over the seal before it and one canonical line of the SEALED fields.

    The fields stand in that order, joined by U+001F. An identifier is written as 32 hex digits, an instant in UTC with
    microseconds, bytes in hex, null as the empty text, JSON with sorted keys; U+001F and the backslash in a text are
    escaped, so that no two entries share a line.
    """
    line = "\x1f".join(["" if (value := entry[name]) is None else write(value) for name, write in SEALED.items()])
    return sha256((previous or FIRST_HASH) + line.encode()).digest()


def _spending_place(lot: LotView) -> tuple[bool, datetime, datetime, UUID]:
    return (lot.expires_at is None, lot.expires_at or _NEVER, lot.earned_at, lot.id)


def _identifier(value: UUID) -> str:
    return value.hex


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\x1f", "\\x1f")


def _instant(value: datetime) -> str:
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")


def _json(value: object) -> str:
    return _text(_JSON.encode(value))


SEALED: Mapping[str, Callable[[Any], str]] = {
    "id": _identifier,
    "enrollment_id": _identifier,
    "member_id": _identifier,
    "program_id": _identifier,
    "version_id": _identifier,
    "number": str,
    "unit": _text,
    "kind": _text,
    "amount": str,
    "balance_after": str,
    "purchase_id": _identifier,
    "source_key": _text,
    "reverses_entry_id": _identifier,
    "staff_id": _identifier,
    "location_id": _identifier,
    "occurred_at": _instant,
    "recorded_at": _instant,
    "trace": _json,
    "note_digest": bytes.hex,
}
"""The fields of an entry that its hash covers, and how each is written: all but the hashes and the business."""
